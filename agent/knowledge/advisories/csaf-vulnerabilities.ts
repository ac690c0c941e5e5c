/** The vulnerabilities of a CSAF document: CVE, scores side by side, and which products are affected, fixed or free. */
import { z } from "zod";
import { type AdvisoryVulnerability, CVE_ID, MAX_TEXT } from "./schema.ts";

const MAX_SCORES = 20;
const ids = z.array(z.string().max(1000)).max(20_000).catch([]);
const score = z.object({ baseScore: z.number().min(0).max(10), vectorString: z.string().max(MAX_TEXT).optional() });
export const vulnerabilitySchema = z.object({
  cve: z.string().regex(CVE_ID),
  product_status: z
    .object({
      known_affected: ids,
      first_affected: ids,
      last_affected: ids,
      fixed: ids,
      first_fixed: ids,
      known_not_affected: ids,
      under_investigation: ids,
    })
    .partial()
    .catch({}),
  scores: z
    .array(z.object({ cvss_v2: score, cvss_v3: score, cvss_v4: score }).partial())
    .max(1000)
    .catch([]),
  remediations: z
    .array(z.object({ category: z.string(), details: z.string() }))
    .max(1000)
    .catch([]),
});

export type StatedVulnerability = z.infer<typeof vulnerabilitySchema>;

export function vulnerabilityOf(
  { cve, product_status: status, scores }: StatedVulnerability,
  keyOf: ReadonlyMap<string, string>,
  source: string,
): AdvisoryVulnerability {
  const keys = (...lists: (string[] | undefined)[]) => [
    ...new Set(lists.flatMap((list) => (list ?? []).flatMap((id) => keyOf.get(id) ?? []))),
  ];
  const fixed = keys(status.fixed, status.first_fixed);
  const notAffected = keys(status.known_not_affected);
  const suspected = keys(status.under_investigation);
  const values = scores
    .flatMap(({ cvss_v4: v4, cvss_v3: v3, cvss_v2: v2 }) => [v4, v3, v2])
    .filter((one) => one !== undefined);
  const told = new Map(
    values.map(({ baseScore, vectorString }) => [
      baseScore,
      { value: baseScore, source, ...(vectorString === undefined ? {} : { vector: vectorString }) },
    ]),
  );
  return {
    cve,
    scores: [...told.values()].slice(0, MAX_SCORES),
    affected: keys(status.known_affected, status.first_affected, status.last_affected),
    ...(fixed.length > 0 ? { fixed } : {}),
    ...(notAffected.length > 0 ? { notAffected } : {}),
    ...(suspected.length > 0 ? { suspected } : {}),
  };
}

/** The same CVE in two entries is one. */
export function merged(all: readonly AdvisoryVulnerability[]): AdvisoryVulnerability[] {
  const byCve = new Map<string, AdvisoryVulnerability>();
  for (const one of all) {
    const held = byCve.get(one.cve);
    if (held === undefined) byCve.set(one.cve, one);
    else byCve.set(one.cve, joined(held, one));
  }
  return [...byCve.values()].sort((a, b) => (a.cve < b.cve ? -1 : 1));
}

function joined(a: AdvisoryVulnerability, b: AdvisoryVulnerability): AdvisoryVulnerability {
  const both = (field: "affected" | "fixed" | "notAffected" | "suspected") => [
    ...new Set([...(a[field] ?? []), ...(b[field] ?? [])]),
  ];
  const scores = [...a.scores, ...b.scores.filter(({ value }) => !a.scores.some((one) => one.value === value))];
  const joint: AdvisoryVulnerability = { cve: a.cve, scores: scores.slice(0, MAX_SCORES), affected: both("affected") };
  for (const field of ["fixed", "notAffected", "suspected"] as const) {
    const keys = both(field);
    if (keys.length > 0) joint[field] = keys;
  }
  return joint;
}
