/** Addresses as words and as text: MAC (IEEE 802, lower case), IPv4, IPv6 (RFC 4291, written by RFC 5952). */

/** A MAC address: upper 16 bits, and lower 32 bits as a signed word. */
export interface MacWords {
  high: number;
  low: number;
}

/** An IP address in the form Packet uses: four signed words, IPv4 in the last one. */
export interface IpWords {
  version: 4 | 6;
  words: [number, number, number, number];
}

const HEX = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, "0"));
const MAC_SHAPE =
  /^([0-9a-f]{2})[:-]([0-9a-f]{2})[:-]([0-9a-f]{2})[:-]([0-9a-f]{2})[:-]([0-9a-f]{2})[:-]([0-9a-f]{2})$/i;
const IPV4_SHAPE = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/;
/** Longest text form of an IPv6 address, with IPv4 digits at its end. Longer text is no address. */
const MAX_IPV6_TEXT = 45;

/** "00:03:b1:b5:b6:48". */
export const macText = (high: number, low: number): string =>
  `${HEX[(high >>> 8) & 255]}:${HEX[high & 255]}:${HEX[low >>> 24]}:${HEX[(low >>> 16) & 255]}:${HEX[(low >>> 8) & 255]}:${HEX[low & 255]}`;

/** "10.0.0.155". */
export const ipv4Text = (word: number): string =>
  `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;

/** RFC 5952: lower case, no leading zeros, the first longest run of two or more zero groups as "::". */
export function ipv6Text(w0: number, w1: number, w2: number, w3: number): string {
  // Section 5: IPv4-mapped addresses show their IPv4 digits.
  if (w0 === 0 && w1 === 0 && w2 === 0xffff) return `::ffff:${ipv4Text(w3)}`;
  const groups = [w0 >>> 16, w0 & 0xffff, w1 >>> 16, w1 & 0xffff, w2 >>> 16, w2 & 0xffff, w3 >>> 16, w3 & 0xffff];
  let bestAt = -1;
  let bestLength = 1;
  for (let at = 0; at < 8; at++) {
    let length = 0;
    while (at + length < 8 && groups[at + length] === 0) length++;
    if (length > bestLength) {
      bestAt = at;
      bestLength = length;
    }
    at += length;
  }
  const hex = (part: number[]) => part.map((group) => group.toString(16)).join(":");
  if (bestAt < 0) return hex(groups);
  return `${hex(groups.slice(0, bestAt))}::${hex(groups.slice(bestAt + bestLength))}`;
}

/** Text of an address in Packet's words; "" for a version that is neither 4 nor 6. */
export function ipText(version: number, w0: number, w1: number, w2: number, w3: number): string {
  if (version === 4) return ipv4Text(w3);
  return version === 6 ? ipv6Text(w0, w1, w2, w3) : "";
}

/** Reads six hex pairs parted by ":" or "-"; undefined for anything else. */
export function parseMac(text: string): MacWords | undefined {
  const match = MAC_SHAPE.exec(text);
  if (!match) return undefined;
  const pair = (index: number) => Number.parseInt(match[index]!, 16);
  return {
    high: (pair(1) << 8) | pair(2),
    low: (pair(3) << 24) | (pair(4) << 16) | (pair(5) << 8) | pair(6),
  };
}

/** Reads dotted decimal without leading zeros; undefined for anything else. */
export function parseIpv4(text: string): number | undefined {
  const match = IPV4_SHAPE.exec(text);
  if (!match) return undefined;
  let word = 0;
  for (let index = 1; index <= 4; index++) {
    const part = Number(match[index]);
    if (part > 255) return undefined;
    word = (word << 8) | part;
  }
  return word;
}

/** Reads any text form of RFC 4291 2.2, without zone or prefix; undefined for anything else. */
export function parseIpv6(text: string): [number, number, number, number] | undefined {
  if (text.length > MAX_IPV6_TEXT) return undefined;
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const front = groupsOf(halves[0]!, halves.length === 1);
  const back = halves.length === 2 ? groupsOf(halves[1]!, true) : [];
  if (!front || !back) return undefined;
  const missing = 8 - front.length - back.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...front, ...new Array<number>(missing).fill(0), ...back];
  const word = (index: number) => (groups[index]! << 16) | groups[index + 1]!;
  return [word(0), word(2), word(4), word(6)];
}

/** Reads an IPv4 or IPv6 address; undefined for anything else. */
export function parseIp(text: string): IpWords | undefined {
  const word = parseIpv4(text);
  if (word !== undefined) return { version: 4, words: [0, 0, 0, word] };
  const words = parseIpv6(text);
  return words && { version: 6, words };
}

/** The group bit of IEEE 802: multicast and broadcast. */
export const isMulticastMac = (high: number): boolean => (high & 0x0100) !== 0;

export const isBroadcastMac = (high: number, low: number): boolean => high === 0xffff && low === -1;

export const isZeroMac = (high: number, low: number): boolean => high === 0 && low === 0;

/** The local bit of IEEE 802c: not assigned by a maker; phones make such addresses at random. */
export const isLocalMac = (high: number): boolean => (high & 0x0200) !== 0;

/** 224.0.0.0/4. */
export const isMulticastIpv4 = (word: number): boolean => word >>> 28 === 14;

/** ff00::/8, from the first word. */
export const isMulticastIpv6 = (w0: number): boolean => w0 >>> 24 === 255;

/** Multicast, or IPv4's limited broadcast. Directed broadcasts can't be known from the address alone. */
export const isToManyIp = (version: number, w0: number, w3: number): boolean =>
  version === 4 ? isMulticastIpv4(w3) || w3 === -1 : version === 6 && isMulticastIpv6(w0);

/** Groups of one side of "::"; dotted IPv4 counts for two and may only stand last. */
function groupsOf(text: string, mayEndInIpv4: boolean): number[] | undefined {
  if (text === "") return [];
  const parts = text.split(":");
  const groups: number[] = [];
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index]!;
    if (/^[0-9a-f]{1,4}$/i.test(part)) {
      groups.push(Number.parseInt(part, 16));
      continue;
    }
    const word = mayEndInIpv4 && index === parts.length - 1 ? parseIpv4(part) : undefined;
    if (word === undefined) return undefined;
    groups.push(word >>> 16, word & 0xffff);
  }
  return groups;
}
