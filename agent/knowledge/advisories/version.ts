/** Version numbers as makers write them, and their order: 9.9 before 9.10, B.06 before C.02, SR540 before SR610. */

/** A longer text is no version. */
export const MAX_VERSION_CHARS = 64;
const MAX_PARTS = 16;
/** Longer runs of digits lose precision as numbers; such a text counts as not understood. */
const MAX_DIGITS = 15;
/** Longer words are prose, not part of a version. */
const MAX_LETTERS = 5;

export interface Letters {
  letters: string;
  /** Digits follow at once (U61): such letters name a numbering of its own, they are no step in an order. */
  glued: boolean;
}
export type VersionPart = number | Letters;
export type Version = readonly VersionPart[];

const LEADING_WORDS = /^(?:(?:versions?|vers?|revisions?|rev|releases?|firmware|software|sw|fw)\b\.?[\s:]*)+/;
/** Before the version without such a word. */
const PRE_RELEASE = new Set(["alpha", "beta", "rc", "pre", "dev"]);
/** The same release may come in several builds: with or without one named, nothing tells which is the later. */
const UNORDERED = new Set(["build", "bld"]);
const MONTH =
  /\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b/;
const YEARS = { first: 1990, last: 2099 };

/** Undefined when the text is no version that can be compared (prose, a date, wildcards). */
export function parseVersion(text: string): Version | undefined {
  if (text.length > MAX_VERSION_CHARS) return undefined;
  const plain = text
    .trim()
    .toLowerCase()
    .replace(LEADING_WORDS, "")
    .replace(/^[vr](?=\d)/, "")
    .replaceAll(/\bservice pack\b/g, "sp");
  if (!/^[a-z0-9][a-z0-9\s._+()-]*$/.test(plain) || isDate(plain)) return undefined;
  const found = [...plain.matchAll(/\d+|[a-z]+/g)];
  if (found.length === 0 || found.length > MAX_PARTS) return undefined;
  if (!found.some(([run]) => /\d/.test(run)) && !/^[a-z]$/.test(plain)) return undefined;
  const parts: VersionPart[] = [];
  for (const { 0: run, index } of found) {
    if (/\d/.test(run)) {
      if (run.length > MAX_DIGITS) return undefined;
      parts.push(Number(run));
    } else {
      if (run.length > MAX_LETTERS) return undefined;
      parts.push({ letters: run, glued: /\d/.test(plain[index + run.length] ?? "") });
    }
  }
  // CR-IR 357 is a name.
  const isName = parts.length > 1 && typeof parts[0] === "object" && typeof parts[1] === "object";
  return isName ? undefined : parts;
}

export const isDate = (text: string): boolean =>
  MONTH.test(text) || /\b\d{1,2}\/\d{1,2}\/\d{2,4}\b|\b(?:19|20)\d{2}-\d{2}-\d{2}\b/.test(text);

/** Negative, 0 or positive as of numbers; undefined when the two are of different numberings. */
export function compareVersions(a: Version, b: Version): number | undefined {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const [x, y] = [a[at], b[at]];
    const order = x === undefined ? negated(missing(y!)) : y === undefined ? missing(x) : comparePart(x, y, at === 0);
    if (order !== 0) return order;
  }
  return 0;
}

/** True when `version` begins with all of `prefix`: 8.2.1 is of 8.x. */
export const startsWith = (version: Version, prefix: Version): boolean =>
  prefix.every((part, at) => version[at] !== undefined && comparePart(version[at], part, false) === 0);

function comparePart(x: VersionPart, y: VersionPart, isFirst: boolean): number | undefined {
  if (typeof x === "number" && typeof y === "number")
    return isFirst && x !== y && areOtherNumberings(x, y) ? undefined : Math.sign(x - y);
  if (typeof x === "number") return negated(lettersToNumber(y as Letters));
  if (typeof y === "number") return lettersToNumber(x);
  if (x.letters === y.letters) return 0;
  const [early, late] = [PRE_RELEASE.has(x.letters), PRE_RELEASE.has(y.letters)];
  if (early !== late) return early ? -1 : 1;
  const areSteps = x.letters.length === 1 && y.letters.length === 1 && !x.glued && !y.glued;
  return areSteps ? (x.letters < y.letters ? -1 : 1) : undefined;
}

/** 2013.08 and 5.2, or 4107600010 and 1.2, don't count the same thing. */
const areOtherNumberings = (x: number, y: number): boolean =>
  Math.abs(String(x).length - String(y).length) >= 3 || (isYear(x) !== isYear(y) && Math.min(x, y) < 1000);

const isYear = (value: number) => value >= YEARS.first && value <= YEARS.last;

const lettersToNumber = ({ letters }: Letters) => (PRE_RELEASE.has(letters) ? -1 : undefined);

/** How a version with this part stands to the same without it. */
function missing(part: VersionPart): number | undefined {
  if (typeof part === "number") return Math.sign(part);
  if (UNORDERED.has(part.letters)) return undefined;
  return PRE_RELEASE.has(part.letters) ? -1 : 1;
}

const negated = (order: number | undefined) => (order === undefined ? undefined : 0 - order);
