/** What devices say of themselves, made safe to keep: cleaned text, and no value shaped like a person. */
import { isUtf8 } from "node:buffer";
import { holdsDate, holdsNhsNumber, holdsPersonName } from "../person-shaped.ts";

/** Longest value any evidence may carry, in UTF-16 units; the rest is cut off. */
export const MAX_VALUE = 256;
/** Values are judged on this much of their text, so that cutting can't hide what they hold. */
const MAX_JUDGED = 1024;

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
  return keep(raw, max, (text) => holdsPersonName(text) || holdsNhsNumber(text));
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

const holdsPerson = (text: string) => holdsPersonName(text) || holdsNhsNumber(text) || holdsDate(text);

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
