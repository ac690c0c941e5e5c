/** Advisories laid out for matching: by who made the product and by built-in network software. */
import { advisoryOf } from "./catalogue.ts";
import { type IndexedProduct, indexedProducts, push } from "./indexed-product.ts";
import { houseOf, makersIn } from "./maker-names.ts";
import { compareWords, type ProductWords, productWords, type Sight } from "./product-words.ts";
import type { Advisory, Catalogue, Exploited } from "./schema.ts";
import type { Stack } from "./stacks.ts";
import { parseVersion, type Version } from "./version.ts";

/** What was found for so many different devices is kept; more, and it is found again. */
const MAX_REMEMBERED = 4096;

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
    for (const entry of indexedProducts(advisory, isCatalogue)) this.#add(entry);
  }

  #add(entry: IndexedProduct): void {
    for (const house of new Set(entry.makers.map(houseOf))) push(this.#byHouse, house, entry);
    if (entry.product.stack !== undefined) push(this.#byStack, entry.product.stack, entry);
  }
}
