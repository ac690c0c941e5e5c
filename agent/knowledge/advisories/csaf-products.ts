/** The product tree of a CSAF document, walked: one entry for each product id, with maker, name and version. */

import { MAX_DEPTH } from "./bounded-json.ts";
import { MAX_PRODUCTS } from "./schema.ts";

export interface FoundProduct {
  id: string;
  /** Of the product identification helper, without those that hold a wildcard. */
  modelNumbers: string[];
  vendor: string | null;
  name: string;
  /** Of the branch product_version or product_version_range. */
  version: string | null;
  /** What the product's full name says after its name. */
  fullVersion: string | null;
}

interface Above {
  vendor: string | null;
  family: string | null;
  name: string | null;
  version: string | null;
}

const MAX_BRANCHES = 20_000;
const MAX_MODEL_NUMBERS = 20;
/** A longer name is cut. */
const MAX_NAME_CHARS = 2000;
/** Where a name ends and a version begins, when one text holds both. */
const VERSION_BEGINS =
  /(?<![\s,:(-])[\s,:(-]+(?=(?:all\s+)?(?:versions?|revisions?|releases?|firmware|software)\b|v?\d+\.\d|[<>=]=?\s*v?\d)/i;

/** Undefined when there are more products than anybody would list. Broken branches are left out. */
export function collectProducts(tree: unknown): FoundProduct[] | undefined {
  const found = new Map<string, FoundProduct>();
  let branches = 0;
  const walk = (branch: unknown, above: Above, depth: number): void => {
    if (depth > MAX_DEPTH || ++branches > MAX_BRANCHES || found.size > MAX_PRODUCTS || !isRecord(branch)) return;
    const name = typeof branch.name === "string" ? shortened(branch.name) : "";
    const here = stepped(above, branch.category, name);
    const product = productAt(branch.product);
    if (product !== undefined) found.set(product.id, told(product, here));
    for (const inner of list(branch.branches)) walk(inner, here, depth + 1);
  };
  const record = isRecord(tree) ? tree : {};
  for (const branch of list(record.branches))
    walk(branch, { vendor: null, family: null, name: null, version: null }, 0);
  for (const one of list(record.full_product_names)) {
    const product = productAt(one);
    if (product !== undefined)
      found.set(product.id, told(product, { vendor: null, family: null, name: null, version: null }));
  }
  for (const relation of list(record.relationships)) addRelation(relation, found);
  return found.size > MAX_PRODUCTS || branches > MAX_BRANCHES ? undefined : [...found.values()];
}

function stepped(above: Above, category: unknown, name: string): Above {
  if (name === "") return above;
  switch (category) {
    case "vendor":
      return { ...above, vendor: name };
    case "product_family":
      return { ...above, family: name };
    case "product_name":
      return { ...above, name };
    case "product_version":
    case "product_version_range":
      return { ...above, version: name };
    case "service_pack":
    case "patch_level":
      return { ...above, version: above.version === null ? name : `${above.version} ${name}` };
    default:
      return above;
  }
}

function told({ id, name: full, modelNumbers }: StatedProduct, { vendor, family, name, version }: Above): FoundProduct {
  const own = name ?? family;
  const begins = VERSION_BEGINS.exec(full);
  const rest = begins === null ? null : full.slice(begins.index + begins[0].length);
  if (own === null) {
    const split = begins?.index ?? full.length;
    return { id, modelNumbers, vendor, name: full.slice(0, split) || full, version, fullVersion: rest };
  }
  const fullVersion = full.startsWith(own) ? full.slice(own.length).replace(/^[\s:,-]+/, "") : rest;
  return { id, modelNumbers, vendor, name: own, version, fullVersion };
}

/** A component inside a product: the product it is part of is the one to look for. */
function addRelation(relation: unknown, found: Map<string, FoundProduct>): void {
  if (!isRecord(relation)) return;
  const product = productAt(relation.full_product_name);
  const whole = found.get(String(relation.relates_to_product_reference));
  if (product === undefined || whole === undefined || found.has(product.id) || found.size > MAX_PRODUCTS) return;
  found.set(product.id, { ...whole, id: product.id });
}

interface StatedProduct {
  id: string;
  name: string;
  modelNumbers: string[];
}

function productAt(value: unknown): StatedProduct | undefined {
  if (!isRecord(value) || typeof value.product_id !== "string") return undefined;
  return {
    id: value.product_id.slice(0, 1000),
    name: typeof value.name === "string" ? shortened(value.name) : "",
    modelNumbers: modelNumbersOf(value.product_identification_helper),
  };
}

function modelNumbersOf(helper: unknown): string[] {
  const numbers = list(isRecord(helper) ? helper.model_numbers : undefined).slice(0, MAX_MODEL_NUMBERS);
  return numbers
    .flatMap((one) => (typeof one === "string" && !/[*?\\]/.test(one) ? shortened(one) : []))
    .filter(Boolean);
}

const shortened = (text: string) => text.slice(0, MAX_NAME_CHARS).replaceAll(/\s+/g, " ").trim();

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
