/** CSAF 2.0 advisories (OASIS, Common Security Advisory Framework): what we can use of one, and what we can't. */
import { z } from "zod";
import { collectProducts, type FoundProduct } from "./csaf-products.ts";
import { merged, vulnerabilityOf, vulnerabilitySchema } from "./csaf-vulnerabilities.ts";
import {
  ADVISORY_ID,
  type Advisory,
  type AdvisoryProduct,
  advisorySchema,
  MAX_PRODUCTS,
  MAX_REMEDIES,
  MAX_TEXT,
  MAX_VULNERABILITIES,
} from "./schema.ts";
import { stackIn } from "./stacks.ts";
import { parseVersionRange } from "./version-range.ts";

export interface Unusable {
  /** The product, vulnerability or part of the document. */
  what: string;
  why: string;
}
export type CsafResult = { advisory: Advisory; unusable: Unusable[] } | { problem: string };

const MAX_NAMES = 50;

const string = z.string().min(1).max(20_000);
const documentSchema = z.object({
  document: z.object({
    category: string,
    csaf_version: z.literal("2.0"),
    title: string,
    publisher: z.object({ name: string }),
    references: z
      .array(z.object({ category: z.string().optional(), url: z.string() }))
      .max(1000)
      .catch([]),
    tracking: z.object({
      id: string,
      version: z.string().min(1).max(40),
      initial_release_date: z.string(),
      current_release_date: z.string(),
    }),
  }),
  product_tree: z.unknown().optional(),
  vulnerabilities: z.array(z.unknown()).max(MAX_VULNERABILITIES).catch([]),
});
/** `value` is parsed JSON of bounded size and depth. Never throws. */
export function readCsaf(value: unknown): CsafResult {
  const read = documentSchema.safeParse(value);
  if (!read.success) {
    const { path, message } = read.error.issues[0] ?? { path: [], message: "" };
    return { problem: `is no CSAF 2.0 advisory: ${path.join(".") || "top level"}: ${message}` };
  }
  const { document, product_tree: tree, vulnerabilities } = read.data;
  const { tracking } = document;
  if (!ADVISORY_ID.test(tracking.id)) return { problem: "has a tracking id with unusual characters or length" };
  const unusable: Unusable[] = [];
  const found = tree === undefined ? [] : collectProducts(tree);
  if (found === undefined) return { problem: `has more than ${MAX_PRODUCTS} products` };
  if (found.length === 0) unusable.push({ what: "product tree", why: "names no product" });
  const keyOf = new Map<string, string>();
  const products: AdvisoryProduct[] = [];
  const listed = new Map<string, string>();
  for (const one of found) {
    const product = productOf(one, unusable);
    const same = JSON.stringify([product.maker, product.name, product.names, product.version]);
    const key = listed.get(same) ?? `p${products.length + 1}`;
    if (!listed.has(same)) products.push({ key, ...product });
    listed.set(same, key);
    keyOf.set(one.id, key);
  }
  const stated = vulnerabilities.flatMap((one, at) => {
    const known = vulnerabilitySchema.safeParse(one);
    if (!known.success) unusable.push({ what: `vulnerability ${at + 1}`, why: "has no CVE number" });
    return known.success ? [known.data] : [];
  });
  if (stated.length === 0) unusable.push({ what: "vulnerabilities", why: "none that can be used" });
  const source = cut(document.publisher.name);
  const advisory: Advisory = {
    id: tracking.id,
    title: cut(document.title),
    publisher: source,
    publishedAt: day(tracking.initial_release_date),
    updatedAt: day(tracking.current_release_date),
    revision: tracking.version,
    url: addressOf(document.references),
    products,
    vulnerabilities: merged(stated.map((one) => vulnerabilityOf(one, keyOf, source))),
    remedies: [
      ...new Set(
        stated.flatMap(({ remediations }) =>
          remediations.filter(({ details }) => details.trim() !== "").map(({ details }) => cut(details)),
        ),
      ),
    ].slice(0, MAX_REMEDIES),
  };
  // What is kept must be readable again; empty names, say, are not.
  return advisorySchema.safeParse(advisory).success
    ? { advisory, unusable }
    : { problem: "holds empty or overlong values where names should stand" };
}

function productOf(found: FoundProduct, unusable: Unusable[]): Omit<AdvisoryProduct, "key"> {
  const name = cut(found.name);
  const maker = cut(found.vendor ?? "unknown");
  const stack = stackIn(`${found.vendor ?? ""} ${found.name}`);
  const what = [found.name, found.version].filter((text) => text !== null && text !== "").join(" ");
  if (found.vendor === null) unusable.push({ what: cut(what), why: "names no maker" });
  // The full name often says in words what the version branch says badly or not at all.
  const candidates = [found.version, found.fullVersion].filter((text) => text !== null && text !== "");
  const readable = candidates.find((text) => "range" in parseVersionRange(text as string));
  const version = readable ?? candidates[0] ?? null;
  const parsed = version === null ? { unusable: "names no version" } : parseVersionRange(version);
  if ("unusable" in parsed) unusable.push({ what: cut(what), why: `version ${parsed.unusable}` });
  const instead = "unusable" in parsed && version !== null ? namesIn(name, version) : [];
  const names = [...instead, ...found.modelNumbers.map(cut)].slice(0, MAX_NAMES);
  return {
    maker,
    name,
    ...(names.length === 0 ? {} : { names }),
    version: version === null ? null : cut(version),
    ...(stack === undefined ? {} : { stack }),
  };
}

/** Advisories write model numbers and product names where a version should stand. */
function namesIn(name: string, version: string): string[] {
  const parts = version.split(/\s*(?:[|,;]|\band\b)\s*/).filter((part) => part !== "");
  const areModels = parts.every((part) => /^[A-Za-z]{0,4}-?\d{3,}/.test(part));
  if (areModels) return parts.map((model) => cut(`${name} ${model}`)).slice(0, MAX_NAMES);
  const isName = /[a-z]{4}/.test(version) && !/^(?:with|in|on|if)\b|\d{4}\b|[<>=]/i.test(version);
  return isName ? [cut(version)] : [];
}

/** The page for people, where there is one. */
function addressOf(references: readonly { category?: string | undefined; url: string }[]): string | null {
  const own = references.filter(({ category, url }) => category === "self" && /^https:\/\/[^\s]+$/.test(url));
  const url = (own.find((one) => !one.url.endsWith(".json")) ?? own[0])?.url;
  return url === undefined || url.length > MAX_TEXT ? null : url;
}

const day = (text: string) =>
  /^\d{4}-(?:0\d|1[0-2])-(?:0[1-9]|[12]\d)(?=T|$)/.test(text) || /^\d{4}-\d\d-3[01]T/.test(text)
    ? validDay(text.slice(0, 10))
    : null;

const validDay = (text: string) => (Number.isNaN(Date.parse(text)) ? null : text);

const cut = (text: string) => {
  const plain = text.replaceAll(/\s+/g, " ").trim();
  return plain.length > MAX_TEXT ? `${plain.slice(0, MAX_TEXT - 1)}…` : plain;
};
