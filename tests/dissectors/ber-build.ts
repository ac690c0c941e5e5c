/** BER for tests: an element around its contents. */
export function ber(tag: number, ...contents: (Buffer | string | number[])[]): Buffer {
  const inside = Buffer.concat(
    contents.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from(part))),
  );
  const length = inside.length < 0x80 ? [inside.length] : [0x82, inside.length >>> 8, inside.length & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), inside]);
}
