/** Which known vulnerabilities concern a device: maker, product and version against advisories. Pure; tap and console ask it. */
import type { AdvisoryIndex } from "../knowledge/advisories/advisory-index.ts";
import type { Concern, IndexedProduct } from "../knowledge/advisories/indexed-product.ts";
import type { Stack } from "../knowledge/advisories/stacks.ts";
import { type Fit, fitOf } from "../knowledge/advisories/version-fit.ts";
import type { Vulnerability } from "./finding.ts";

/** What matching needs to know of a device. */
export interface Target {
  maker: string | null;
  model: string | null;
  version: string | null;
  class: string;
  medical: boolean;
  /** Built-in network software that it shows signs of, and whether its version is known. */
  stacks?: readonly StackSign[];
}

export interface StackSign {
  stack: Stack;
  /** likely: the signs are this stack's own; possible: others may show them too. */
  certainty: "likely" | "possible";
  version: string | null;
}

/** What the verdict rests on: the product was named, only its maker, or only signs of network software inside. */
export type Ground = "product" | "maker" | "stack";

export interface Affected extends Vulnerability {
  ground: Ground;
}

/** The rest is counted. */
const MAX_LISTED = 100;
/** Imported advisories may name any number; what lies past these is not listed, and raises no finding anew. */
const MAX_SIGNS = 1000;
/** CISA's advisories on medical devices. */
const MEDICAL_SERIES = /^ICSMA-/i;

type Verdict = Vulnerability["verdict"];
const RANK: Record<Verdict, number> = { confirmed: 3, likely: 2, possible: 1, "not-affected": 0 };

/** One entry for each CVE, the most certain and worst first; those that don't concern it (any more) too. */
export function affectedBy(target: Target, index: AdvisoryIndex): Affected[] {
  const best = new Map<string, Affected>();
  const matches = [...grounds(target, index)];
  const free = freeIn(matches);
  for (const { entry, verdict, ground, because } of matches) {
    for (const concern of entry.concerns) {
      const said = verdictOn(concern, verdict);
      const isFree = concern.status !== "free" && ground === "product" && free.has(sayingKey(concern, entry));
      if (said !== undefined && !isFree) keep(best, vulnerabilityOf(concern, entry, said, ground, because, index));
    }
  }
  return [...best.values()].sort(byWeight);
}

/** Advisories call all versions of a product affected, and a few of them mended: the version's own entry counts. */
function freeIn(matches: readonly Match[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { entry, verdict } of matches)
    for (const concern of entry.concerns)
      if (concern.status === "free" && verdict === "confirmed") found.add(sayingKey(concern, entry));
  return found;
}

const sayingKey = ({ vulnerability }: Concern, { advisory, product }: IndexedProduct) =>
  `${advisory.id}\0${product.name}\0${vulnerability.cve}`;

interface Match {
  entry: IndexedProduct;
  verdict: Verdict;
  ground: Ground;
  because: string;
}

function* grounds(target: Target, index: AdvisoryIndex): Iterable<Match> {
  const { maker, model } = target;
  if (maker !== null && model !== null) {
    for (const { entry, sight } of index.sighted(maker, model)) {
      if (sight === "seen") yield seen(entry, target.version, index);
      else if (!entry.isCatalogue && (target.medical || isMedical(entry)) && isOfClass(entry, target.class))
        yield { entry, verdict: "possible", ground: "product", because: `it may be ${entry.product.name}` };
    }
  }
  // A maker's advisories on other products say nothing of a device whose model is known.
  if (maker !== null && model === null && target.medical) {
    for (const entry of index.ofMaker(maker))
      if (!entry.isCatalogue && isMedical(entry) && isOfClass(entry, target.class))
        yield {
          entry,
          verdict: "possible",
          ground: "maker",
          because: `${entry.product.maker} makes ${entry.product.name}`,
        };
  }
  for (const sign of target.stacks ?? []) yield* ofStack(sign, index);
}

function seen(entry: IndexedProduct, version: string | null, index: AdvisoryIndex): Match {
  const name = named(entry);
  const match = (verdict: Verdict, because: string): Match => ({ entry, verdict, ground: "product", because });
  if (entry.isCatalogue) return match("possible", `the catalogue names ${entry.product.name} without versions`);
  if (version === null) return match("likely", `it is ${name}; its version is not known`);
  const fit = fits(version, entry, index);
  if (fit === "in") return match("confirmed", `version ${version} is one of ${name}`);
  if (fit === "out") return match("not-affected", `version ${version} is none of ${name}`);
  return match("likely", `it is ${name}; whether version ${version} is one of these can't be told`);
}

/**
 * An advisory names a stack under several products, and a version heard is one of the system around it: one product
 * whose range holds it is enough, and without such one that excludes it.
 */
function* ofStack({ stack, version, certainty }: StackSign, index: AdvisoryIndex): Iterable<Match> {
  const entries = index.ofStack(stack).filter(({ concerns }) => concerns.some(({ status }) => status === "affected"));
  for (const id of new Set(entries.map(({ advisory }) => advisory.id))) {
    const affected = entries.filter(({ advisory }) => advisory.id === id);
    const told = affected.filter(({ range }) => range !== null && "range" in range && !range.range.all);
    const all = version === null ? [] : told.map((entry) => ({ entry, fit: fits(version, entry, index) }));
    const holding = all.find(({ fit }) => fit === "in");
    const excluding = all.find(({ fit }) => fit === "out");
    const verdict = holding ? "likely" : excluding ? "not-affected" : certainty;
    const decisive = (holding ?? excluding)?.entry;
    for (const entry of affected) {
      const because =
        decisive === undefined
          ? `it shows signs of ${entry.product.name}`
          : `version ${version} of its system, ${named(decisive)}`;
      yield { entry, verdict, ground: "stack", because };
    }
  }
}

function fits(text: string, entry: IndexedProduct, index: AdvisoryIndex): Fit {
  const version = index.version(text);
  if (version === undefined || entry.range === null || "unusable" in entry.range) return "unclear";
  return fitOf(version, entry.range.range);
}

const named = ({ product }: IndexedProduct) => [product.name, product.version ?? ""].join(" ").trim();

/** Makers of medical devices make much else, with thousands of advisories of its own: what speaks of a ward tells so. */
const isMedical = ({ kinds, advisory }: IndexedProduct) => kinds !== null || MEDICAL_SERIES.test(advisory.id);

const isOfClass = ({ kinds }: IndexedProduct, deviceClass: string) => kinds === null || kinds.has(deviceClass);

/** What is still being looked into is possible at most. A product listed as fixed or not affected says so only for the versions it names. */
function verdictOn({ status }: Concern, verdict: Verdict): Verdict | undefined {
  if (status === "affected") return verdict;
  if (status === "suspected") return verdict === "not-affected" ? undefined : "possible";
  return verdict === "confirmed" ? "not-affected" : undefined;
}

function vulnerabilityOf(
  { vulnerability, status }: Concern,
  { advisory }: IndexedProduct,
  verdict: Verdict,
  ground: Ground,
  because: string,
  index: AdvisoryIndex,
): Affected {
  const exploited = index.exploited.get(vulnerability.cve);
  return {
    cve: vulnerability.cve,
    verdict,
    scores: vulnerability.scores.map(({ value, source }) => ({ value, source })),
    kev: exploited !== undefined,
    ransomware: exploited?.ransomware ?? false,
    advisory: advisory.id,
    because: status === "free" ? `${because}, which are free of it` : because,
    ground,
  };
}

/** The most certain verdict stands; what the others score is kept beside it. */
function keep(best: Map<string, Affected>, one: Affected): void {
  const held = best.get(one.cve);
  if (held === undefined) {
    best.set(one.cve, one);
    return;
  }
  const first = compareGround(one, held) < 0 ? one : held;
  const scores = [...first.scores];
  for (const score of [...held.scores, ...one.scores])
    if (!scores.some(({ value, source }) => value === score.value && source === score.source)) scores.push(score);
  best.set(one.cve, { ...first, scores });
}

/** What a finding lists: the most certain and worst. */
export const listedOf = (all: readonly Affected[]): Vulnerability[] =>
  all.slice(0, MAX_LISTED).map(({ ground: _, ...vulnerability }) => vulnerability);

/** What a decision on a finding covers: the most certain and worst. */
export const signsOf = (affected: readonly Affected[]): string[] =>
  affected.slice(0, MAX_SIGNS).map(({ cve, verdict }) => `${cve} ${verdict}`);

const compareGround = (a: Affected, b: Affected): number =>
  RANK[b.verdict] - RANK[a.verdict] || (a.advisory < b.advisory ? -1 : a.advisory > b.advisory ? 1 : 0);

export const worstScore = ({ scores }: Pick<Vulnerability, "scores">): number =>
  scores.reduce((worst, { value }) => Math.max(worst, value), 0);

const byWeight = (a: Affected, b: Affected) =>
  RANK[b.verdict] - RANK[a.verdict] || worstScore(b) - worstScore(a) || (a.cve < b.cve ? -1 : 1);
