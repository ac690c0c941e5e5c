/** Advisories laid out for matching: by who made the product and by built-in network software. */
import { kindsIn } from "./kinds.ts";
import { houseOf, makersIn } from "./maker-names.ts";
import { compareWords, isTelling, type ProductWords, productWords, type Sight } from "./product-words.ts";
import type { Advisory, AdvisoryProduct, AdvisoryVulnerability, Catalogue, Exploited } from "./schema.ts";
import type { Stack } from "./stacks.ts";
import { parseVersion, type Version } from "./version.ts";
import { type ParsedRange, parseVersionRange } from "./version-range.ts";

/** The id under which the catalogue of exploited vulnerabilities is named where it is the only source. */
export const KEV_ID = "CISA-KEV";
/** What was found for so many different devices is kept; more, and it is found again. */
const MAX_REMEMBERED = 4096;

/** One vulnerability and how the product stands to it. */
export interface Concern {
  vulnerability: AdvisoryVulnerability;
  status: "affected" | "free";
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
export interface Sighted {
  entry: IndexedProduct;
  sight: Exclude<Sight, "other">;
}

export class AdvisoryIndex {
  /** Names the state of what is in here: findings say by which they were judged. */
  readonly digest: string;
  readonly advisories: ReadonlyMap<string, Advisory>;
  readonly #exploited: Map<string, Exploited>;
  /** Product names compared so far: what matching costs. */
  comparisons = 0;
  readonly #byHouse = new Map<string, IndexedProduct[]>();
  readonly #byStack = new Map<Stack, IndexedProduct[]>();
  readonly #ofMaker = new Map<string, readonly IndexedProduct[]>();
  readonly #sighted = new Map<string, readonly Sighted[]>();
  readonly #versions = new Map<string, Version | undefined>();

  constructor(advisories: readonly Advisory[], catalogue: Catalogue | null, digest: string) {
    this.digest = digest;
    this.advisories = new Map(advisories.map((one) => [one.id, one]));
    this.#exploited = new Map((catalogue?.exploited ?? []).map((one) => [one.cve, one]));
    for (const advisory of this.advisories.values()) this.#addAll(advisory, false);
    if (catalogue !== null) this.#addAll(advisoryOf(catalogue, this.#exploited), true);
  }

  get exploited(): ReadonlyMap<string, Exploited> {
    return this.#exploited;
  }

  /** One advisory alone, with the same marks of what is exploited. */
  only(advisory: Advisory): AdvisoryIndex {
    const one = new AdvisoryIndex([advisory], null, this.digest);
    for (const [cve, exploited] of this.exploited) one.#exploited.set(cve, exploited);
    return one;
  }

  /** Products whose name a device's maker and model tell. */
  sighted(maker: string, model: string): readonly Sighted[] {
    const key = `${maker}\0${model}`;
    const known = this.#sighted.get(key);
    if (known !== undefined) return known;
    const words = productWords(model, [maker]);
    const found = this.ofMaker(maker).flatMap((entry): Sighted[] => {
      const sight = this.#sight(words, entry);
      return sight === "other" ? [] : [{ entry, sight }];
    });
    if (this.#sighted.size >= MAX_REMEMBERED) this.#sighted.clear();
    this.#sighted.set(key, found);
    return found;
  }

  /** All products of a maker, of those whom it owns and of its owner. */
  ofMaker(maker: string): readonly IndexedProduct[] {
    const known = this.#ofMaker.get(maker);
    if (known !== undefined) return known;
    const houses = new Set(makersIn(maker).map(houseOf));
    const found = [...new Set([...houses].flatMap((house) => this.#byHouse.get(house) ?? []))];
    if (this.#ofMaker.size >= MAX_REMEMBERED) this.#ofMaker.clear();
    this.#ofMaker.set(maker, found);
    return found;
  }

  ofStack(stack: Stack): readonly IndexedProduct[] {
    return this.#byStack.get(stack) ?? [];
  }

  version(text: string): Version | undefined {
    if (this.#versions.size >= MAX_REMEMBERED) this.#versions.clear();
    if (!this.#versions.has(text)) this.#versions.set(text, parseVersion(text));
    return this.#versions.get(text);
  }

  #sight(words: ProductWords, entry: IndexedProduct): Sight {
    let best: Sight = "other";
    for (const name of entry.names) {
      this.comparisons++;
      const sight = compareWords(words, name);
      if (sight === "seen") return sight;
      if (sight === "family") best = sight;
    }
    if (best === "other" && entry.partOf.some((whole) => compareWords(words, whole) === "seen")) return "family";
    return best;
  }

  #addAll(advisory: Advisory, isCatalogue: boolean): void {
    const concerns = concernsByProduct(advisory);
    for (const product of advisory.products)
      this.#add(new Entry(advisory, product, concerns.get(product.key) ?? [], isCatalogue));
  }

  #add(entry: IndexedProduct): void {
    if (entry.concerns.length === 0) return;
    for (const house of new Set(entry.makers.map(houseOf))) push(this.#byHouse, house, entry);
    if (entry.product.stack !== undefined) push(this.#byStack, entry.product.stack, entry);
  }
}

function concernsByProduct({ vulnerabilities }: Advisory): Map<string, Concern[]> {
  const found = new Map<string, Concern[]>();
  for (const vulnerability of vulnerabilities) {
    for (const key of vulnerability.affected) push(found, key, { vulnerability, status: "affected" });
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

function advisoryOf(catalogue: Catalogue, exploited: ReadonlyMap<string, Exploited>): Advisory {
  const byProduct = new Map<string, { maker: string; name: string; cves: string[] }>();
  for (const { cve, maker, product } of exploited.values()) {
    const key = `${maker}\0${product}`;
    const held = byProduct.get(key);
    if (held === undefined) byProduct.set(key, { maker, name: product, cves: [cve] });
    else held.cves.push(cve);
  }
  const products = [...byProduct.values()];
  return {
    id: KEV_ID,
    title: "Known exploited vulnerabilities",
    publisher: "CISA",
    publishedAt: null,
    updatedAt: null,
    revision: catalogue.revision,
    url: "https://www.cisa.gov/known-exploited-vulnerabilities-catalog",
    products: products.map(({ maker, name }, at) => ({ key: `p${at + 1}`, maker, name, version: null })),
    vulnerabilities: products.flatMap(({ cves }, at) =>
      cves.map((cve) => ({ cve, scores: [], affected: [`p${at + 1}`] })),
    ),
    remedies: [],
  };
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const held = map.get(key);
  if (held === undefined) map.set(key, [value]);
  else held.push(value);
}
