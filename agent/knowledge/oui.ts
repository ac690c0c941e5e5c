/** Who a MAC address block is assigned to: IEEE 24-, 28- and 36-bit prefixes from the oui-data package; the longest wins. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** Hex digits of the three prefix lengths, longest first. */
const PREFIX_DIGITS = [9, 7, 6] as const;
/** Blocks without an owner of their own: private ones, and those that are given out in smaller parts. */
const UNNAMED = /^(?:private|IEEE Registration Authority)$/i;
const QUOTE = 0x22;
const NEWLINE = 0x0a;

let text: Buffer | undefined;
const cache = new Map<string, string | null>();
const MAX_CACHE = 16_384;

/**
 * The organisation a MAC belongs to, as registered with the IEEE; null when unassigned, locally
 * administered or a group address. `mac` is lower-case with colons.
 */
export function organisationOf(mac: string): string | null {
  const digits = mac.replaceAll(":", "").toUpperCase();
  const first = Number.parseInt(digits.slice(0, 2), 16);
  if (digits.length !== 12 || Number.isNaN(first) || (first & 3) !== 0) return null;
  const key = digits.slice(0, 9);
  const known = cache.get(key);
  if (known !== undefined) return known;
  let found: string | null = null;
  for (const length of PREFIX_DIGITS) {
    found = lookUp(digits.slice(0, length));
    if (found !== null) break;
  }
  if (cache.size >= MAX_CACHE) cache.clear();
  cache.set(key, found);
  return found;
}

/** Package text for the knowledge digest. */
export function ouiText(): Buffer {
  text ??= readFileSync(createRequire(import.meta.url).resolve("oui-data"));
  return text;
}

/**
 * Binary search over the package's JSON text, which lists shorter prefixes first and each length in
 * order: parsing its 5 MB into objects would cost a Pi most of a second and 35 MB.
 */
function lookUp(prefix: string): string | null {
  const data = ouiText();
  let low = 0;
  let high = data.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const lineStart = data.lastIndexOf(NEWLINE, middle - 1) + 1;
    const lineEnd = endOfLine(data, middle);
    const key = keyOf(data, lineStart);
    const order =
      key === undefined
        ? lineStart === 0
          ? -1
          : 1
        : key.length - prefix.length || (key < prefix ? -1 : key > prefix ? 1 : 0);
    if (order === 0) return organisation(data, lineStart, lineEnd);
    if (order < 0) low = lineEnd + 1;
    else high = lineStart;
  }
  return null;
}

const endOfLine = (data: Buffer, from: number) => {
  const end = data.indexOf(NEWLINE, from);
  return end < 0 ? data.length : end;
};

/** ` "0003B1": "ICU Medical, Inc.\\n..."` → 0003B1 */
function keyOf(data: Buffer, at: number): string | undefined {
  const quote = data.indexOf(QUOTE, at);
  if (quote < 0 || quote > at + 4) return undefined;
  return data.toString("latin1", quote + 1, data.indexOf(QUOTE, quote + 1));
}

function organisation(data: Buffer, start: number, end: number): string | null {
  const line = data.toString("utf8", start, end).trim().replace(/,$/, "");
  const entry = JSON.parse(`{${line}}`) as Record<string, string>;
  const name = Object.values(entry)[0]?.split("\n")[0]?.trim();
  return name === undefined || name === "" || UNNAMED.test(name) ? null : name;
}
