/** Text that devices gave, made fit to print in one line: bounded, without control or direction-changing characters. */

/** Longest feed sentence and longest single name inside it; the rest is cut and shown as "…". */
export const MAX_SENTENCE = 300;
const MAX_NAME = 80;

// Cc controls, Cf formats (bidi overrides, zero width), Cs lone surrogates, Co private use, Zl/Zp separators.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]+/gu;

/** One line of plain text of at most `max` characters (UTF-16 units). It is not escaped: show it as text. */
export function plainText(value: string, max = MAX_SENTENCE): string {
  // Cut first, so that a megabyte of controls costs nothing.
  const line = value
    .slice(0, max * 4)
    .replace(UNPRINTABLE, " ")
    .replace(/\s+/g, " ")
    .trim();
  if (line.length <= max) return line;
  return `${line.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}

/** A value of any type from the wire as a short name; "" for what is no text or number. */
export function plainName(value: unknown): string {
  if (typeof value === "string") return plainText(value, MAX_NAME);
  return typeof value === "number" ? String(value) : "";
}
