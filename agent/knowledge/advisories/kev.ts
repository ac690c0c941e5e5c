/** CISA's catalogue of known exploited vulnerabilities (KEV), as JSON: which CVEs, since when, by ransomware too. */
import { z } from "zod";
import type { Unusable } from "./csaf.ts";
import { type Catalogue, type Exploited, exploitedSchema, MAX_TEXT } from "./schema.ts";

const MAX_ENTRIES = 50_000;
/** What is unusable is told one by one up to here. */
const MAX_TOLD = 50;

const catalogueSchema = z.object({
  catalogVersion: z.string().min(1).max(40),
  dateReleased: z.string().min(1).max(40),
  vulnerabilities: z.array(z.unknown()).max(MAX_ENTRIES),
});
const entrySchema = z.object({
  cveID: z.string(),
  vendorProject: z.string(),
  product: z.string(),
  dateAdded: z.string(),
  knownRansomwareCampaignUse: z.string().optional(),
});

export const looksLikeKev = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.hasOwn(value, "catalogVersion");

/** `value` is parsed JSON of bounded size and depth. Never throws. */
export function readKev(value: unknown): { catalogue: Catalogue; unusable: Unusable[] } | { problem: string } {
  const read = catalogueSchema.safeParse(value);
  if (!read.success) return { problem: "is no catalogue of exploited vulnerabilities" };
  const exploited = new Map<string, Exploited>();
  const unusable: Unusable[] = [];
  read.data.vulnerabilities.forEach((one, at) => {
    const entry = exploitedOf(one);
    if (entry !== undefined) exploited.set(entry.cve, entry);
    else if (unusable.length < MAX_TOLD)
      unusable.push({ what: `entry ${at + 1}`, why: "lacks a CVE number, a product or a date" });
  });
  const { catalogVersion, dateReleased } = read.data;
  const sorted = [...exploited.values()].sort((a, b) => (a.cve < b.cve ? -1 : 1));
  return { catalogue: { revision: catalogVersion, releasedAt: dateReleased, exploited: sorted }, unusable };
}

function exploitedOf(value: unknown): Exploited | undefined {
  const read = entrySchema.safeParse(value);
  if (!read.success) return undefined;
  const { cveID, vendorProject, product, dateAdded, knownRansomwareCampaignUse } = read.data;
  const entry = exploitedSchema.safeParse({
    cve: cveID,
    ransomware: knownRansomwareCampaignUse === "Known",
    addedAt: dateAdded,
    maker: vendorProject.trim().slice(0, MAX_TEXT),
    product: product.trim().slice(0, MAX_TEXT),
  });
  return entry.success ? entry.data : undefined;
}
