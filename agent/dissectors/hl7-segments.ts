/** HL7 v2 encoding: segments, fields and components found by position, so that only fields asked for are ever read. HL7 v2.8.2 chapter 2.5. */

const CR = 0x0d;
const LF = 0x0a;
const SUBCOMPONENT_DEFAULT = 0x26;

export interface Separators {
  field: number;
  component: number;
  repetition: number;
  escape: number;
  subcomponent: number;
}

/** A stretch of the message's bytes. */
export interface Span {
  from: number;
  to: number;
}

/**
 * Separators from MSH-1 and MSH-2 of the segment at `at`; undefined when they aren't punctuation or
 * repeat each other, which no HL7 sender does.
 */
export function readSeparators(bytes: Buffer, at: number): Separators | undefined {
  if (at + 7 > bytes.length) return undefined;
  const field = bytes[at + 3]!;
  const set = [field];
  for (
    let index = at + 4;
    index < at + 8 && index < bytes.length && bytes[index] !== field && bytes[index] !== CR;
    index++
  ) {
    set.push(bytes[index]!);
  }
  if (set.length < 4 || new Set(set).size !== set.length || !set.every(isPunctuation)) return undefined;
  return {
    field,
    component: set[1]!,
    repetition: set[2]!,
    escape: set[3]!,
    subcomponent: set[4] ?? SUBCOMPONENT_DEFAULT,
  };
}

/** Calls `visit` for every segment between `from` and `to`; senders end them with CR, some with LF or both. */
export function eachSegment(bytes: Buffer, from: number, to: number, visit: (segment: Span) => void): void {
  let start = from;
  for (let at = from; at <= to; at++) {
    if (at < to && bytes[at] !== CR && bytes[at] !== LF) continue;
    if (at > start) visit({ from: start, to: at });
    start = at + 1;
  }
}

/** True when the segment's three-letter name is `name` and a field separator or nothing follows. */
export function isSegment(bytes: Buffer, { from, to }: Span, name: string, separators: Separators): boolean {
  if (to - from < 3 || (to - from > 3 && bytes[from + 3] !== separators.field)) return false;
  return (
    bytes[from] === name.charCodeAt(0) &&
    bytes[from + 1] === name.charCodeAt(1) &&
    bytes[from + 2] === name.charCodeAt(2)
  );
}

/** The n-th stretch between separators, from 0; empty when there are fewer. Field n of a segment is part n. */
export function part(bytes: Buffer, span: Span, separator: number, n: number): Span {
  let { from } = span;
  for (let skipped = 0; skipped < n; skipped++) {
    const next = find(bytes, separator, from, span.to);
    if (next === span.to) return { from: span.to, to: span.to };
    from = next + 1;
  }
  return { from, to: find(bytes, separator, from, span.to) };
}

/** Looks no further than `to`, so that a message of many small segments costs no more than its length. */
function find(bytes: Buffer, byte: number, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at] !== byte) at++;
  return at;
}

/** Components 1 to `count` of the first repetition of a field, escapes resolved. 2.7: \F\ \S\ \T\ \R\ \E\. */
export function components(bytes: Buffer, field: Span, separators: Separators, count: number): Buffer[] {
  const repetition = part(bytes, field, separators.repetition, 0);
  const found: Buffer[] = [];
  for (let index = 0; index < count; index++) {
    const component = part(bytes, repetition, separators.component, index);
    found.push(resolve(bytes.subarray(component.from, component.to), separators));
  }
  return found;
}

function resolve(bytes: Buffer, separators: Separators): Buffer {
  if (!bytes.includes(separators.escape)) return bytes;
  const meaning: Record<string, number> = {
    F: separators.field,
    S: separators.component,
    T: separators.subcomponent,
    R: separators.repetition,
    E: separators.escape,
  };
  const out: number[] = [];
  for (let at = 0; at < bytes.length; at++) {
    const close = bytes[at] === separators.escape ? bytes.indexOf(separators.escape, at + 1) : -1;
    if (close < 0) {
      out.push(bytes[at]!);
      continue;
    }
    const code = close === at + 2 ? meaning[String.fromCharCode(bytes[at + 1]!)] : undefined;
    if (code !== undefined) out.push(code);
    at = close;
  }
  return Buffer.from(out);
}

const isPunctuation = (byte: number) =>
  (byte > 0x20 && byte < 0x30) ||
  (byte > 0x39 && byte < 0x41) ||
  (byte > 0x5a && byte < 0x61) ||
  (byte > 0x7a && byte < 0x7f);
