/** Names of products as words: which of them tell one product from another, and whether two names mean the same. */

/** A name is cut here; nothing useful comes after. */
const MAX_NAME_CHARS = 300;
const MAX_WORDS = 40;

export interface ProductWords {
  /** Words that must all be there. */
  words: ReadonlySet<string>;
  /** Model numbers (8015, mx800): one of them must be there. */
  models: ReadonlySet<string>;
  /** "MX400-MX850" */
  spans: readonly { prefix: string; from: number; to: number }[];
  /** All of them, and neighbours written as one: "mx" and "800" may be said apart. */
  joined: ReadonlySet<string>;
  /** A program, which a device may run but isn't. */
  isSoftware: boolean;
}

/** seen: the name tells this product; family: it says less than the product's name, and nothing against it. */
export type Sight = "seen" | "family" | "other";

/** One product, several spellings. */
const SPELLINGS: readonly [RegExp, string][] = [
  [/\b(?:patient|intellivue) information cent(?:er|re) ix\b|\bpic ix\b/g, " picix "],
  [/\bpoint[- ]of[- ]care unit\b|\bpc unit\b/g, " pcu "],
  [/\bcentral station\b/g, " centralstation "],
  [/\bgateway workstation\b/g, " gateway "],
  [/\bpet ?\/ ?ct\b/g, " petct "],
  [/\bspect ?\/ ?ct\b/g, " spectct "],
];
/** Says what kind of thing it is, or nothing at all; both names mean the same without it. */
const GENERIC = new Set(
  (
    "a all and any bd bedside by card cardiographs cell clinical ct device devices disposable dual edition enabled family fetal for ge global " +
    "hospital in included including infusion integrated interface large line lvp machine maternal medical model models modular module " +
    "monitor monitoring monitors mr mri number of only or part patient portable product products professional programmer " +
    "pump pumps resting series shipped syringe system systems technology the to ultrasound unit units used ventilator version " +
    "versions volume wifi wi-fi wireless with wlan worn"
  ).split(" "),
);
/** Tells apart what shares a brand: a pump, its gateway, its editor. */
const KINDS = new Set(
  (
    "gateway server workstation editor manager reporter viewer station centralstation dashboard portal app " +
    "application software tool telemetry programmer battery data services service client cloud sdk link suite"
  ).split(" "),
);
const SOFTWARE =
  /\b(?:software|app|application|server|editor|viewer|portal|reporter|dashboard|cloud|sdk|software development kit|web server|database|emr|client|tool|manager|pacs)\b/;
/** Remarks on parts and sales, not names. */
const REMARK =
  /,? (?:not including|excluding)\b.*$|\((?:[^()]*\b(?:part number|shipped|integrated|enabled|running|used|end[- ]of[- ]life|eol)\b[^()]*)\)/g;

/** `makers` are names that the product's name may begin with and that say nothing more. */
export function productWords(name: string, makers: readonly string[] = []): ProductWords {
  const words = new Set<string>();
  const models = new Set<string>();
  const spans: { prefix: string; from: number; to: number }[] = [];
  const text = plainText(name);
  const all = wordsOf(text, makers);
  for (const word of all) {
    const span = spanIn(word);
    if (span !== undefined) spans.push(span);
    else if (/\d/.test(word)) models.add(word.replaceAll("-", ""));
    else if (!GENERIC.has(word)) words.add(word.replaceAll("-", ""));
  }
  // "MX (MX400-550)": the letters alone add nothing.
  const prefixes = new Set([
    ...spans.map(({ prefix }) => prefix),
    ...[...models].map((model) => /^[a-z]*/.exec(model)?.[0]),
  ]);
  for (const word of words) if (prefixes.has(word)) words.delete(word);
  const pairs = all.slice(1).map((word, at) => all[at] + word);
  return { words, models, spans, joined: new Set([...words, ...models, ...pairs]), isSoftware: SOFTWARE.test(text) };
}

/** False when nothing in the name tells it from other products. */
export const isTelling = ({ words, models, spans }: ProductWords): boolean =>
  words.size + models.size + spans.length > 0;

/** What `seen` (a device's own words) says about whether it is `product`. */
export function compareWords(seen: ProductWords, product: ProductWords): Sight {
  if (!isTelling(seen) || !isTelling(product)) return "other";
  const matched = [...seen.joined].filter((word) => product.models.has(word) || isSpanned(word, product.spans));
  const byModel = matched.length > 0;
  const lacking = [...product.words].filter((word) => !seen.joined.has(word));
  // "MX 800" says "mx" apart.
  const strange = [...seen.words].filter(
    (word) => !product.joined.has(word) && !matched.some((model) => model.startsWith(word)),
  );
  const hasModels = product.models.size + product.spans.length > 0;
  // A kind that only one of them names makes them two things: the pump and its gateway.
  if (strange.some((word) => KINDS.has(word))) return "other";
  if (lacking.length === 0 && (byModel || !hasModels)) return "seen";
  // "MX800" alone, where the product is "IntelliVue MX800".
  if (byModel && strange.length === 0 && !lacking.some((word) => KINDS.has(word))) return "seen";
  // Another model number than the product's: "Alaris 8100" is no "Alaris 8015".
  if (seen.models.size > 0 || strange.length > 0 || seen.words.size === 0) return "other";
  return lacking.some((word) => KINDS.has(word)) ? "other" : "family";
}

/** "mx400-mx850", "mx400-850"; S7-1200 is one model. */
function spanIn(word: string): ProductWords["spans"][number] | undefined {
  const [, prefix = "", from = "", again, to = ""] = /^([a-z]{1,4})(\d{1,5})-(\1)?(\d{1,5})$/.exec(word) ?? [];
  const isSpan = (again !== undefined || from.length === to.length) && Number(from) < Number(to);
  return isSpan ? { prefix, from: Number(from), to: Number(to) } : undefined;
}

function wordsOf(text: string, makers: readonly string[]): string[] {
  let rest = text;
  for (const maker of makers) {
    const plain = plainText(maker).trim();
    const without = plain === "" ? rest : rest.replace(new RegExp(`^\\s*(?:${escaped(plain)})\\b`), " ");
    // OpenClinic's product is OpenClinic.
    if (without.trim() !== "") rest = without;
  }
  return rest
    .split(/[^a-z0-9+.-]+/)
    .map((word) => word.replace(/^[.-]+|[.-]+$/g, ""))
    .filter((word) => word !== "")
    .slice(0, MAX_WORDS);
}

function plainText(name: string): string {
  let text = name
    .slice(0, MAX_NAME_CHARS)
    .normalize("NFKD")
    .replaceAll(/[\u0300-\u036f'’®™]/g, "")
    .toLowerCase()
    .replaceAll(REMARK, " ")
    .replaceAll(/\bincluding(?=[a-z])/g, "including ");
  for (const [spelling, word] of SPELLINGS) text = text.replaceAll(spelling, word);
  return text;
}

const isSpanned = (word: string, spans: ProductWords["spans"]) => {
  const parts = /^([a-z]{1,4})(\d{1,5})$/.exec(word);
  return (
    parts !== null &&
    spans.some(({ prefix, from, to }) => parts[1] === prefix && Number(parts[2]) >= from && Number(parts[2]) <= to)
  );
};

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
