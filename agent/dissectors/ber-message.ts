/** BER messages on a stream, and members of a sequence by their tag: what LDAP and Kerberos need besides ber.ts. ITU-T X.690 8.1. */
import { type Element, elementAt, integerOf } from "./ber.ts";

/** Siblings stepped over in search of one. */
const MAX_SIBLINGS = 32;
const MAX_LENGTH_BYTES = 4;

/** Bytes of the element that begins the payload, its head included; 0 when more are needed, -1 when it is none. */
export function berMessageLength(payload: Buffer, tag: number): number {
  if (payload[0] !== tag) return -1;
  if (payload.length < 2) return 0;
  const first = payload[1]!;
  if (first < 0x80) return 2 + first;
  const count = first & 0x7f;
  if (count === 0 || count > MAX_LENGTH_BYTES) return -1;
  return payload.length < 2 + count ? 0 : 2 + count + payload.readUIntBE(2, count);
}

/** The first element with this tag directly within `from` and `end`. */
export function findTag(bytes: Buffer, from: number, end: number, tag: number): Element | undefined {
  for (let at = from, steps = 0; at < end && steps < MAX_SIBLINGS; steps++) {
    const element = elementAt(bytes, at, end);
    if (element === undefined || element.tag === tag) return element;
    at = element.end;
  }
  return undefined;
}

/** The one element inside an explicitly tagged member `[n]` of a sequence. */
export function member(bytes: Buffer, sequence: Element, n: number): Element | undefined {
  const tagged = findTag(bytes, sequence.from, sequence.end, 0xa0 + n);
  return tagged === undefined ? undefined : elementAt(bytes, tagged.from, tagged.end);
}

export function memberNumber(bytes: Buffer, sequence: Element, n: number): number | undefined {
  const inner = member(bytes, sequence, n);
  return inner === undefined ? undefined : integerOf(bytes, inner);
}
