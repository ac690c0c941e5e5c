/** One product of an advisory, ready to be matched: its makers, its names as words, its versions as a range. */
import { kindsIn } from "./kinds.ts";
import { makersIn } from "./maker-names.ts";
import { isTelling, type ProductWords, productWords } from "./product-words.ts";
import type { Advisory, AdvisoryProduct, AdvisoryVulnerability } from "./schema.ts";
import { type ParsedRange, parseVersionRange } from "./version-range.ts";

/** One vulnerability and how the product stands to it. */
export interface Concern {
  vulnerability: AdvisoryVulnerability;
  status: "affected" | "suspected" | "free";
}
export interface IndexedProduct {
  advisory: Advisory;
  product: AdvisoryProduct;
  makers: readonly string[];
  names: readonly ProductWords[];
  partOf: readonly ProductWords[];
  /** Null when the advisory names no version. */
  range: ParsedRange | null;
  /** Classes of devices it can be; null when nothing tells. */
  kinds: ReadonlySet<string> | null;
  /** What the advisory says of this very product. */
  concerns: readonly Concern[];
  /** Of the catalogue, which says nothing of versions: possible at most. */
  isCatalogue: boolean;
}
/** Those that the advisory says something of. */
export function indexedProducts(advisory: Advisory, isCatalogue: boolean): IndexedProduct[] {
  const concerns = concernsByProduct(advisory);
  return advisory.products.flatMap((product) => {
    const own = concerns.get(product.key);
    return own === undefined ? [] : [new Entry(advisory, product, own, isCatalogue)];
  });
}

function concernsByProduct({ vulnerabilities }: Advisory): Map<string, Concern[]> {
  const found = new Map<string, Concern[]>();
  for (const vulnerability of vulnerabilities) {
    for (const key of vulnerability.affected) push(found, key, { vulnerability, status: "affected" });
    for (const key of vulnerability.suspected ?? []) push(found, key, { vulnerability, status: "suspected" });
    const free = [...(vulnerability.fixed ?? []), ...(vulnerability.notAffected ?? [])];
    for (const key of new Set(free)) push(found, key, { vulnerability, status: "free" });
  }
  return found;
}

/** Few of all products are ever asked for: what their names and versions mean is found when they are. */
class Entry implements IndexedProduct {
  readonly advisory: Advisory;
  readonly product: AdvisoryProduct;
  readonly makers: readonly string[];
  readonly concerns: readonly Concern[];
  readonly isCatalogue: boolean;
  #names: readonly ProductWords[] | undefined;
  #partOf: readonly ProductWords[] | undefined;
  #range: ParsedRange | null | undefined;
  #kinds: ReadonlySet<string> | null | undefined;

  constructor(advisory: Advisory, product: AdvisoryProduct, concerns: readonly Concern[], isCatalogue: boolean) {
    this.advisory = advisory;
    this.product = product;
    this.makers = makersIn(product.maker);
    this.concerns = concerns;
    this.isCatalogue = isCatalogue;
  }

  get names(): readonly ProductWords[] {
    const { name, names = [], maker } = this.product;
    this.#names ??= [...namesOf(name), ...names]
      .map((one) => productWords(one, [maker, ...this.makers]))
      .filter(isTelling);
    return this.#names;
  }

  get partOf(): readonly ProductWords[] {
    this.#partOf ??= (this.product.partOf ?? []).map((name) => productWords(name, this.makers));
    return this.#partOf;
  }

  get range(): ParsedRange | null {
    if (this.#range === undefined)
      this.#range = this.product.version === null ? null : parseVersionRange(this.product.version);
    return this.#range;
  }

  get kinds(): ReadonlySet<string> | null {
    if (this.#kinds === undefined) {
      const { name, names = [], partOf = [], classes } = this.product;
      const isSoftware = this.names.length > 0 && this.names.every((one) => one.isSoftware);
      if (classes !== undefined) this.#kinds = new Set(classes);
      else this.#kinds = isSoftware ? new Set() : kindsIn(this.advisory.title, [name, ...names, ...partOf]);
    }
    return this.#kinds;
  }
}

/** "CARESCAPE Central Station (CSCS)" goes by either name. */
function namesOf(name: string): string[] {
  const short = /^(.+?)\s*\(([A-Z][A-Za-z]*[A-Z][A-Za-z]*)\)\s*$/.exec(name);
  if (short === null) return [name];
  const [, long = "", initials = ""] = short;
  return initials.length > 2 ? [long, initials] : [long];
}

export function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const held = map.get(key);
  if (held === undefined) map.set(key, [value]);
  else held.push(value);
}
