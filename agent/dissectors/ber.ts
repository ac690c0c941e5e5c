/** ASN.1 basic encoding: one element at a time, bounds checked, no recursion. ITU-T X.690 clause 8. */

/** Longest object identifier turned into text, in bytes; longer ones are not wanted anywhere here. */
const MAX_OID_BYTES = 64;
/** Length octets read; a longer form claims more than any packet holds. */
const MAX_LENGTH_BYTES = 4;

/** An element: its tag byte and where its contents lie. */
export interface Element {
  tag: number;
  from: number;
  end: number;
}

export const TAG = { integer: 0x02, octets: 0x04, null: 0x05, oid: 0x06, sequence: 0x30 } as const;

/**
 * The element at `at`; undefined when its head is cut, uses a multi-byte tag or the indefinite length, or
 * its contents run past `end`.
 */
export function elementAt(bytes: Buffer, at: number, end: number): Element | undefined {
  if (at + 2 > end) return undefined;
  const tag = bytes[at]!;
  if ((tag & 0x1f) === 0x1f) return undefined;
  let length = bytes[at + 1]!;
  let from = at + 2;
  if (length >= 0x80) {
    const count = length & 0x7f;
    if (count === 0 || count > MAX_LENGTH_BYTES || from + count > end) return undefined;
    length = bytes.readUIntBE(from, count);
    from += count;
  }
  return from + length > end ? undefined : { tag, from, end: from + length };
}

/** As elementAt, when the tag is this one. */
export function expectAt(bytes: Buffer, at: number, end: number, tag: number): Element | undefined {
  const element = elementAt(bytes, at, end);
  return element !== undefined && element.tag === tag ? element : undefined;
}

/** A whole number of at most six bytes; undefined for longer ones. X.690 8.3. */
export function integerOf(bytes: Buffer, { from, end }: Element): number | undefined {
  const length = end - from;
  return length < 1 || length > 6 ? undefined : bytes.readIntBE(from, length);
}

/** Dotted text; undefined when empty, unfinished or too long. X.690 8.19. */
export function oidText(bytes: Buffer, { from, end }: Element): string | undefined {
  if (end <= from || end - from > MAX_OID_BYTES || (bytes[end - 1]! & 0x80) !== 0) return undefined;
  const first = bytes[from]!;
  if (first >= 0x80) return undefined;
  const parts = [Math.min(2, Math.floor(first / 40))];
  parts.push(first - parts[0]! * 40);
  let value = 0;
  for (let at = from + 1; at < end; at++) {
    value = value * 128 + (bytes[at]! & 0x7f);
    if (value > 0xffff_ffff) return undefined;
    if ((bytes[at]! & 0x80) !== 0) continue;
    parts.push(value);
    value = 0;
  }
  const text = parts.join(".");
  return text.length > 256 ? undefined : text;
}
