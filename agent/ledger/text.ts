/** Text from devices made safe for a terminal, a table and a spreadsheet. */

/** Control, format (direction marks too), private and unassigned characters, and the line separators. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]+/gu;
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uff01-\uff60]/u;
const NO_WIDTH = /\p{M}/u;
/** In JSON that may land on a terminal: what JSON itself doesn't escape but a terminal may obey. */
const JSON_UNSAFE = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;
/** A spreadsheet takes a cell that begins so for a formula. */
const FORMULA = /^[=+\-@\t\r\n]/;
const NEEDS_QUOTES = /[",\r\n]/;
/** Prose is still worth reading at so many columns; fewer are taken only when all optional columns are gone. */
const MIN_TEXT = 8;
/** An id, a time or an address is worth nothing when it is cut; IPv6 addresses, which are longer, may be. */
const MAX_WHOLE = 20;
const GAP = "  ";

/** Escape sequences and what hides or turns text become one visible mark. */
export const printable = (text: string) => text.replace(UNPRINTABLE, "�");

export const jsonText = (value: unknown, indent?: number) =>
  JSON.stringify(value, null, indent).replace(
    JSON_UNSAFE,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** One record of RFC 4180, without its line end. */
export const csvRecord = (values: (string | number | boolean | null | undefined)[]) =>
  values.map((value) => csvValue(value ?? "")).join(",");

function csvValue(value: string | number | boolean): string {
  if (typeof value !== "string") return String(value);
  const clean = FORMULA.test(value) ? `'${printable(value)}` : printable(value);
  const safe = FORMULA.test(clean) ? `'${clean}` : clean;
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const widthOf = (character: string) => (NO_WIDTH.test(character) ? 0 : WIDE.test(character) ? 2 : 1);
/** Columns that text takes on a terminal. */
export const width = (text: string) => [...text].reduce((sum, one) => sum + widthOf(one), 0);

/** Cut to `most` columns with an ellipsis, or filled up to them. */
function toWidth(text: string, most: number): string {
  const missing = most - width(text);
  if (missing >= 0) return text + " ".repeat(missing);
  let cut = "";
  let used = 0;
  for (const one of text) {
    if (used + widthOf(one) > most - 1) break;
    cut += one;
    used += widthOf(one);
  }
  return `${cut}…${" ".repeat(most - 1 - used)}`;
}

export interface Column {
  title: string;
  values: string[];
  /** When the terminal is too narrow for all, the highest goes first; 0 always stays. */
  optional: number;
  /** Ids, times, addresses: prose gives way before they do. */
  whole?: boolean;
}

/** Lines of a table that fit into `columns`; the first is the header. Values must be printable already. */
export function table(all: Column[], columns: number): string[] {
  let shown = all.map((column) => {
    const most = column.values.reduce((widest, one) => Math.max(widest, width(one)), width(column.title));
    return { ...column, least: Math.min(most, column.whole ? MAX_WHOLE : MIN_TEXT), width: most };
  });
  const sum = (pick: (column: (typeof shown)[number]) => number) =>
    shown.reduce((total, column) => total + pick(column), GAP.length * (shown.length - 1));
  while (sum(({ least }) => least) > columns && shown.some((column) => column.optional > 0)) {
    const worst = Math.max(...shown.map((column) => column.optional));
    shown = shown.filter((column) => column.optional !== worst);
  }
  // The widest that can spare something gives way first, so that short columns stay whole.
  const most = Math.max(columns, GAP.length * (shown.length - 1) + shown.length);
  for (let over = sum((column) => column.width) - most; over > 0; over--) {
    const sparing = shown.filter((column) => column.width > column.least);
    (sparing.length > 0 ? sparing : shown).reduce((a, b) => (b.width > a.width ? b : a)).width--;
  }
  const line = (cells: string[]) =>
    cells
      .map((cell, index) => toWidth(cell, shown[index]!.width))
      .join(GAP)
      .trimEnd();
  const rows = shown[0]?.values.length ?? 0;
  return [
    line(shown.map((column) => column.title)),
    ...Array.from({ length: rows }, (_, row) => line(shown.map((column) => column.values[row] ?? ""))),
  ];
}
