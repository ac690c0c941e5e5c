/** BER elements as LDAP, Kerberos and SNMP write them: tag, definite length, contents. ITU-T X.690 8.1. */

/** An element's place in the bytes. `to` may lie past the end of what has arrived: `whole` says so. */
export interface BerElement {
  /** The identifier octet: class, constructed bit, number. */
  tag: number;
  /** First and one past the last octet of the contents. */
  from: number;
  to: number;
  whole: boolean;
}

/** Octets of a long length that are believed: 2^32 - 1 is more than any message. */
const MAX_LENGTH_OCTETS = 4;

/**
 * The element at `at`, which must begin before `end`. undefined: cut within tag or length, a tag of
 * several octets, or an indefinite length (none of the protocols that use this allow either).
 * Nested elements are stepped into by the caller, so depth is bounded by its code and not by the bytes.
 */
export function berAt(bytes: Buffer, at: number, end: number = bytes.length): BerElement | undefined {
  const limit = Math.min(end, bytes.length);
  if (at < 0 || at + 2 > limit) return undefined;
  const tag = bytes[at]!;
  if ((tag & 0x1f) === 0x1f) return undefined;
  const first = bytes[at + 1]!;
  if (first < 0x80) return { tag, from: at + 2, to: at + 2 + first, whole: at + 2 + first <= limit };
  const octets = first & 0x7f;
  if (octets === 0 || octets > MAX_LENGTH_OCTETS || at + 2 + octets > limit) return undefined;
  const length = bytes.readUIntBE(at + 2, octets);
  const from = at + 2 + octets;
  return { tag, from, to: from + length, whole: from + length <= limit };
}

/** The element at `at` if it is whole and has this tag. */
export function berExpect(bytes: Buffer, at: number, end: number, tag: number): BerElement | undefined {
  const element = berAt(bytes, at, end);
  return element?.whole === true && element.tag === tag ? element : undefined;
}

/** The first whole element with this tag among at most `most` siblings between `from` and `to`. */
export function berFind(bytes: Buffer, from: number, to: number, tag: number, most = 32): BerElement | undefined {
  for (let at = from, steps = 0; at < to && steps < most; steps++) {
    const element = berAt(bytes, at, to);
    if (element === undefined || !element.whole) return undefined;
    if (element.tag === tag) return element;
    at = element.to;
  }
  return undefined;
}

/** A whole INTEGER or ENUMERATED of at most four octets as a signed number. */
export function berNumber(bytes: Buffer, element: BerElement | undefined): number | undefined {
  if (element === undefined || !element.whole) return undefined;
  const length = element.to - element.from;
  return length < 1 || length > 4 ? undefined : bytes.readIntBE(element.from, length);
}
