/** What devices say of themselves, made safe to keep: cleaned text, and no value shaped like a person. */
import { isUtf8 } from "node:buffer";

/** Longest value any evidence may carry, in UTF-16 units; the rest is cut off. */
export const MAX_VALUE = 256;
/** Values are judged on this much of their text, so that cutting can't hide what they hold. */
const MAX_JUDGED = 1024;

const NHS_DIGITS = 10;
/** Year, month, day; then day, month, year. Digits or letters on either side make it something else. */
const DATES = [
  /(?<![0-9A-Za-z])(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?![0-9A-Za-z])/,
  /(?<!\d)(?:18|19|20)\d{2}([-/.])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])(?!\d)/,
  /(?<!\d)(?:0?[1-9]|[12]\d|3[01])([-/.])(?:0?[1-9]|1[0-2])\1(?:18|19|20)\d{2}(?!\d)/,
];

/** Values dropped because they looked like a person, since the process started. The observe room reads it. */
export const droppedNames = { count: 0 };

/**
 * Text for people: UTF-8 where it is valid, else Latin-1; control, format and unassigned characters
 * become one space, ends trimmed, at most `max` UTF-16 units.
 */
export function cleanText(raw: Uint8Array | string, max: number = MAX_VALUE): string {
  const text = typeof raw === "string" ? raw : decode(raw);
  return bounded(text.replace(/[\p{C}\p{Z}\uFFFD]+/gu, " ").trim(), max);
}

/** A name or number a device gave itself; undefined when empty, or dropped (and counted) as a person's. */
export function keepName(raw: Uint8Array | string, max: number = MAX_VALUE): string | undefined {
  return keep(raw, max, holdsPerson);
}

/**
 * A description (maker, model, version, system text): as keepName, but dates may stand in it, because
 * firmware is often named by its date.
 */
export function keepText(raw: Uint8Array | string, max: number = MAX_VALUE): string | undefined {
  return keep(raw, max, (text) => text.includes("^") || holdsNhsNumber(text));
}

function keep(raw: Uint8Array | string, max: number, refuses: (text: string) => boolean): string | undefined {
  const text = cleanText(raw, MAX_JUDGED);
  if (text === "") return undefined;
  if (refuses(text.normalize("NFKC"))) {
    droppedNames.count++;
    return undefined;
  }
  return bounded(text, max);
}

/** A caret parts the components of a DICOM (PS3.5, 6.2.1) or HL7 person name. */
const holdsPerson = (text: string) =>
  text.includes("^") || holdsNhsNumber(text) || DATES.some((date) => date.test(text));

function holdsNhsNumber(text: string): boolean {
  const bare = text.replace(/[ -]/g, "");
  if (bare.length === NHS_DIGITS && isNhsNumber(bare)) return true;
  const shape = /(?<!\d)\d{3}[ -]?\d{3}[ -]?\d{4}(?!\d)/g;
  for (let found = shape.exec(text); found !== null; found = shape.exec(text)) {
    if (isNhsNumber(found[0].replace(/[ -]/g, ""))) return true;
    shape.lastIndex = found.index + 1;
  }
  return false;
}

/** NHS Data Dictionary, NHS NUMBER: ten digits, the last one a modulus 11 check of the others. */
function isNhsNumber(digits: string): boolean {
  if (!/^\d{10}$/.test(digits)) return false;
  let sum = 0;
  for (let place = 0; place < 9; place++) sum += Number(digits[place]) * (10 - place);
  return (11 - (sum % 11)) % 11 === Number(digits[9]);
}

function decode(raw: Uint8Array): string {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  return bytes.toString(isUtf8(bytes) ? "utf8" : "latin1");
}

function bounded(text: string, max: number): string {
  if (text.length <= max) return text;
  // A character of two units isn't cut in half.
  return text
    .slice(0, max)
    .replace(/[\uD800-\uDBFF]$/, "")
    .trimEnd();
}
