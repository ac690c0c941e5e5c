/** Reads the parts of a row's body that a page lists; a body may hold anything, so each part is bounded and checked. */
import type { DeviceDetail, EvidenceView, FindingStep, VulnerabilityView } from "../api/shapes-detail.ts";
import { type Body, readText, readTexts, readTime } from "./views.ts";

/** Longer lists are cut; the row keeps all. */
const MAX_PARTS = 500;
const MAX_STEPS = 100;

const isBody = (value: unknown): value is Body => typeof value === "object" && value !== null && !Array.isArray(value);
export const readBodies = (value: unknown, max = MAX_PARTS): Body[] =>
  Array.isArray(value) ? value.slice(0, max).filter(isBody) : [];
export const readCount = (value: unknown): number | null =>
  typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : null;
const readShort = (value: unknown) => readText(value) ?? "";

export const readEvidence = (body: Body): EvidenceView => ({
  attribute: readShort(body.attribute),
  value: readShort(body.value),
  protocol: readShort(body.protocol),
  firstSeenAt: readTime(body.firstSeenAt),
  lastSeenAt: readTime(body.lastSeenAt),
  count: readCount(body.count),
});

export const readVulnerability = (body: Body): VulnerabilityView => ({
  cve: readShort(body.cve),
  verdict: readShort(body.verdict),
  scores: readBodies(body.scores).flatMap(({ value, source }) => {
    const score = readCount(value);
    return score === null ? [] : [{ value: score, source: readShort(source) }];
  }),
  kev: body.kev === true,
  ransomware: body.ransomware === true,
  advisory: readShort(body.advisory),
  why: readText(body.because) ?? readShort(body.why),
});

export const readClaims = (value: unknown): DeviceDetail["claims"] =>
  readBodies(value).map((claim) => ({
    field: readShort(claim.field),
    value: readShort(claim.value),
    because: readTexts(claim.because),
    confidence: readCount(claim.confidence) ?? 0,
  }));

export const readContradictions = (value: unknown): DeviceDetail["contradictions"] =>
  readBodies(value).map((one) => ({
    field: readShort(one.field),
    values: readTexts(one.values),
    because: readTexts(one.because),
  }));

/** Newest first, whichever way round the tap keeps them. */
export function readHistory(value: unknown): FindingStep[] {
  const steps = readBodies(value, MAX_STEPS).map((step) => ({
    at: readTime(step.at),
    by: readText(step.by),
    what: readText(step.state) ?? readText(step.action) ?? readText(step.what) ?? "",
    why: readText(step.reason) ?? readText(step.why),
  }));
  return steps.sort((a, b) => ((a.at ?? "") < (b.at ?? "") ? 1 : (a.at ?? "") > (b.at ?? "") ? -1 : 0));
}
