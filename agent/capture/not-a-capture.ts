/** Says in a word what a file is that was taken for a capture, so that its owner sees the mistake at once. */

const STARTS: readonly (readonly [hex: string, name: string])[] = [
  ["1f8b", "gzip data"],
  ["28b52ffd", "zstd data: unpack it first"],
  ["fd377a585a00", "xz data: unpack it first"],
  ["425a68", "bzip2 data: unpack it first"],
  ["504b0304", "a zip archive: unpack it first"],
  ["736e6f6f70000000", "a snoop capture: convert it with `editcap -F pcap`"],
  ["474d4255", "a Network Monitor capture: convert it with `editcap -F pcap`"],
  ["52545353", "a Network Monitor capture: convert it with `editcap -F pcap`"],
  ["7f454c46", "a program"],
  ["25504446", "a PDF document"],
  ["53514c69746520", "an SQLite database"],
  ["89504e47", "a picture"],
  ["ffd8ff", "a picture"],
];
const LOOKED_AT = 512;

export const describeBytes = (bytes: Buffer): string => {
  const start = bytes.toString("hex", 0, 16);
  const known = STARTS.find(([hex]) => start.startsWith(hex));
  if (known !== undefined) return known[1];
  return isText(bytes.subarray(0, LOOKED_AT)) ? "text" : "data of an unknown kind";
};

const isText = (bytes: Buffer): boolean =>
  bytes.every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d) &&
  !bytes.toString("utf8").slice(0, -4).includes("\ufffd");
