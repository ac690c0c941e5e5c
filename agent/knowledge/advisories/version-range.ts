/** Which versions an advisory means: published text, machine-made or prose, read into bounds; never guessed. */
import { isDate, parseVersion, type Version } from "./version.ts";

/** A longer text is not read. */
const MAX_RANGE_CHARS = 400;
const MAX_PIECES = 64;

export interface Bound {
  version: Version;
  /** "8.x": all that begin with it. */
  wildcard: boolean;
  /** "up to 9": nobody can tell whether 9 is meant. */
  inclusive: boolean | "unclear";
}
export interface Interval {
  min?: Bound;
  max?: Bound;
  /** One version, or with a wildcard all that begin with it. */
  exactly?: Bound;
}
export interface VersionRange {
  all: boolean;
  intervals: Interval[];
  except: Version[];
  /** Part of the text was understood: what it leaves out is unclear, not free of the fault. */
  incomplete: boolean;
  /** It holds only together with something else that a version doesn't tell ("with wireless module 17"). */
  condition: boolean;
}
export type ParsedRange = { range: VersionRange } | { unusable: string };

const EARLIER = "prior|earlier|below|lower|older|previous|before|under";
const LATER = "later|newer|higher|above|up|onwards?|after";
const IGNORED_REMARK = /^(?:end[- ]of[- ](?:life|support)\b.*|eol\b.*|global|worldwide|u\.?s\.?a?\.?|all models?)$/;
/** "12.1 (and earlier)" */
const BOUND_REMARK = new RegExp(`^(?:and|or) (?:all )?(?:${EARLIER}|${LATER})(?: versions?)?$`);
/** What follows tells of something besides the version. */
const CONDITION =
  /[\s,]+(?:with|running|used|when|integrated|installed|if|released|shipped|distributed|manufactured|sold|on|for|in)\s.*$/;
const SEPARATOR = new RegExp(
  `\\s*(?:\\||;|,|\\s/\\s|\\band\\b(?!\\s+(?:all\\s+)?(?:${EARLIER}|${LATER}|including)\\b)|\\bor\\b(?!\\s+(?:${EARLIER}|${LATER}|less|greater)\\b))\\s*`,
);
const NOISE = /^(?:(?:all|any|software|firmware|sw|fw|versions?|vers?|revisions?|rev|releases?|of)\b\.?[\s:]*)+/;
const ALL = /^(?:\*|all|any|(?:all|any)\s+(?:software\s+|firmware\s+)?(?:versions?|releases?|revisions?|models?))$/;
const INTERVAL =
  /^(?:between\s+|from\s+)?(.+?)\s+(?:through\s+to|through|thru|up\s+to\s+and\s+including|up\s+to|to|–|-|<=|<)\s+(.+)$/;
/** 620, 2490C, MMT-1710, A51200: what advisories put in the version's place, but names a model. */
const MODEL_NUMBER = /^(?:\d{3,}[a-z]?|[a-z]{2,}-\d{3,}[a-z]?|[a-z]\d{4,})(?:\s|$)/;

/** Reads CSAF `product_version`, `product_version_range` (vers: too) and prose. */
export function parseVersionRange(published: string): ParsedRange {
  if (published.length > MAX_RANGE_CHARS) return { unusable: "the text is too long for a version" };
  const { text, condition } = stripped(published);
  if (text === "") return { unusable: "names no version" };
  if (isDate(text)) return { unusable: "tells a date, not a version" };
  if (/\b(?:except|excluding|other than|not)\b/.test(text)) return { unusable: "tells of exceptions in words" };
  const range: VersionRange = { all: false, intervals: [], except: [], incomplete: false, condition };
  if (ALL.test(text)) return { range: { ...range, all: true } };
  const pieces = text.split(SEPARATOR).filter((piece) => piece !== "");
  if (pieces.length > MAX_PIECES) return { unusable: "names too many versions" };
  if (pieces.some((piece) => MODEL_NUMBER.test(piece.replace(NOISE, ""))))
    return { unusable: "reads as model numbers" };
  for (const piece of pieces) addPiece(range, piece);
  const isEmpty = !range.all && range.intervals.length === 0 && range.except.length === 0;
  return isEmpty ? { unusable: "can't be read as versions" } : { range };
}

function stripped(published: string): { text: string; condition: boolean } {
  let condition = false;
  let text = published
    .trim()
    .toLowerCase()
    .replaceAll("≤", "<=")
    .replaceAll("≥", ">=")
    .replaceAll(/\s+/g, " ")
    .replace(/^vers:[a-z0-9.+-]+\//, "")
    .replaceAll(/%([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  // An opening bracket that nothing closes goes to the end.
  text = text.replaceAll(/\(([^()]*(?:\([^()]*)*)\)?/g, (_, remark: string) => {
    if (BOUND_REMARK.test(remark.trim())) return ` ${remark} `;
    if (!IGNORED_REMARK.test(remark.trim())) condition = true;
    return " ";
  });
  text = text.replaceAll(/\bmodel(?: number| no\.?)? [\w-]+/g, " ").replaceAll(/[()]/g, " ");
  text = text.replace(CONDITION, () => {
    condition = true;
    return "";
  });
  text = text.replace(/\bbetween (\S+) and (\S+)/, "$1 through $2");
  text = text.replaceAll(/\s+/g, " ").replaceAll(/(>=?\s?[\w.-]+)\s+(?=<)/g, "$1|");
  return { text: text.trim().replace(/[.,;|]+$/, ""), condition };
}

function addPiece(range: VersionRange, piece: string): void {
  if (ALL.test(piece)) {
    range.all = true;
    return;
  }
  const operator = /^(<=|>=|!=|==?|<|>)\s*(.+)$/.exec(piece);
  if (operator?.[1] === "!=") {
    const version = parseVersion(operator[2] as string);
    if (version === undefined) range.incomplete = true;
    else range.except.push(version);
    return;
  }
  const interval = operator === null ? prose(piece) : compared(operator[1] as string, operator[2] as string);
  if (interval === undefined) {
    range.incomplete = true;
    return;
  }
  const last = range.intervals.at(-1);
  const continues = last?.min !== undefined && last.max === undefined && interval.max !== undefined && !interval.min;
  if (continues) last.max = interval.max as Bound;
  else range.intervals.push(interval);
}

function compared(operator: string, text: string): Interval | undefined {
  const bound = boundOf(text, operator.endsWith("="));
  if (bound === undefined) return undefined;
  if (operator.startsWith("<")) return { max: bound };
  return operator.startsWith(">") ? { min: bound } : { exactly: bound };
}

const PHRASES: readonly [RegExp, (text: string) => Interval | undefined][] = [
  [/^(?:prior to|before|(?:earlier|lower|older|less) than|below|under)\s+(.+)$/, (text) => compared("<", text)],
  [
    new RegExp(
      `^(.+?)[\\s,]+(?:(?:and|or)\\s+)?(?:all\\s+)?(?:${EARLIER})(?:\\s+(?:versions?|releases?|revisions?))?$`,
    ),
    (text) => compared("<=", text),
  ],
  [/^(?:up to and including|through|no later than)\s+(.+)$/, (text) => compared("<=", text)],
  [
    /^up to\s+(.+)$/,
    (text) => {
      const bound = boundOf(text, "unclear");
      return bound && { max: bound };
    },
  ],
  [
    new RegExp(
      `^(?:from\\s+|starting\\s+(?:with|from)\\s+)?(.+?)[\\s,]+(?:(?:and|or)\\s+)?(?:${LATER})(?:\\s+versions?)?$`,
    ),
    (text) => compared(">=", text),
  ],
  [/^(?:(?:later|newer|higher) than|above|after)\s+(.+)$/, (text) => compared(">", text)],
  [/^(?:since|starting with|starting from|from)\s+(.+)$/, (text) => compared(">=", text)],
];

function prose(text: string): Interval | undefined {
  const plain = text.replace(NOISE, "");
  for (const [phrase, read] of PHRASES) {
    const found = phrase.exec(plain);
    if (found !== null) return read((found[1] as string).replace(NOISE, ""));
  }
  const letters = /^([a-z])\s?-\s?([a-z])$/.exec(plain);
  const ends = letters ?? INTERVAL.exec(plain);
  if (ends !== null) {
    const [min, max] = [boundOf(ends[1] as string, true), boundOf(ends[2] as string, !/\s<\s/.test(plain))];
    return min && max && { min, max };
  }
  const bound = boundOf(plain, true);
  return bound && { exactly: bound };
}

function boundOf(text: string, inclusive: Bound["inclusive"]): Bound | undefined {
  const named = text.replace(NOISE, "").trim();
  const plain = named.replace(/(?:\.(?:x+|\*))+$/, "");
  // "C.0x" may be C.01 to C.09, or something else.
  const version = /[<>=]|\dx+\b/.test(plain) ? undefined : parseVersion(plain);
  // A letter alone ("N") stands for all of its numbers.
  const wildcard = plain !== named || /^[a-z]$/.test(plain);
  return version && { version, wildcard, inclusive };
}
