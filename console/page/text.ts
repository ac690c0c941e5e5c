/** Makes text that devices gave safe to read: nothing hidden, nothing reordered, nothing endless. */

/** Longer text is cut there, and its full length is said. */
export const MAX_SHOWN_CHARACTERS = 300;
/** More marks than this on one letter paint over the lines around it; the rest are left out. */
const TOO_MANY_MARKS = /(\p{M}{3})\p{M}+/gu;
/** Control, format (bidi, zero width), lone surrogate, private and unassigned characters, line separators. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

const codePoint = (character: string) =>
  `[U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}]`;

/** `text` with invisible characters written out as [U+202E], cut at `max` UTF-16 units. */
export function readable(text: string, max = MAX_SHOWN_CHARACTERS): string {
  const cut = text.length > max ? text.slice(0, max) : text;
  const plain = cut.replace(INVISIBLE, codePoint).replace(TOO_MANY_MARKS, "$1");
  return cut === text ? plain : `${plain}… (${text.length.toLocaleString("en-GB")} characters)`;
}
