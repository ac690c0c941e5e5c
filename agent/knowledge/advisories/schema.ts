/** An advisory as we keep it: facts of products, versions and scores, from whatever form they were published in. */
import { z } from "zod";

/** Longer texts are cut on import; more entries than this make an advisory unusable. */
export const MAX_TEXT = 400;
export const MAX_PRODUCTS = 2000;
export const MAX_VULNERABILITIES = 1000;
export const MAX_REMEDIES = 20;

const text = z.string().min(1).max(MAX_TEXT);
const keys = z.array(z.string().min(1).max(16)).max(MAX_PRODUCTS);

/** Letters, digits and . _ : + - only: an id names a file too. */
export const ADVISORY_ID = /^[A-Za-z0-9][A-Za-z0-9._:+-]{0,99}$/;
export const CVE_ID = /^CVE-\d{4}-\d{4,10}$/;

const productSchema = z.strictObject({
  /** Short name within this advisory. */
  key: z.string().min(1).max(16),
  /** As published. */
  maker: text,
  name: text,
  /** Other names that devices go by. */
  names: z.array(text).max(50).optional(),
  /** Devices that it is built into or sold with: they may be affected. */
  partOf: z.array(text).max(50).optional(),
  /** Classes of devices it can be, where looked through: then only those are thought of when just the maker is known. */
  classes: z.array(text).max(10).optional(),
  /** As published: a version, a range, prose. Null when none was given. */
  version: text.nullable(),
  /** Where it is said, when not by the advisory itself but by the maker's own bulletin that it points to. */
  source: text.optional(),
  /** The product is network software inside others: whoever shows its signs may be affected. */
  stack: z.enum(["ipnet", "treck"]).optional(),
});

const scoreSchema = z.strictObject({
  /** CVSS base score. */
  value: z.number().min(0).max(10),
  source: text,
  vector: text.optional(),
});

const vulnerabilitySchema = z.strictObject({
  cve: z.string().regex(CVE_ID),
  /** Side by side, as each source says. */
  scores: z.array(scoreSchema).max(20),
  /** Keys of products. */
  affected: keys,
  fixed: keys.optional(),
  notAffected: keys.optional(),
  /** Still being looked into by the publisher. */
  suspected: keys.optional(),
});

export const advisorySchema = z.strictObject({
  id: z.string().regex(ADVISORY_ID),
  title: text,
  publisher: text,
  publishedAt: z.iso.date().nullable(),
  updatedAt: z.iso.date().nullable(),
  /** The publisher's own count of this document's versions. */
  revision: z.string().min(1).max(40),
  /** Where it stands: the source of what is said here. */
  url: z.string().max(MAX_TEXT).nullable(),
  products: z.array(productSchema).max(MAX_PRODUCTS),
  vulnerabilities: z.array(vulnerabilitySchema).max(MAX_VULNERABILITIES),
  /** What can be done, in short. */
  remedies: z.array(text).max(MAX_REMEDIES),
});

export const exploitedSchema = z.strictObject({
  cve: z.string().regex(CVE_ID),
  ransomware: z.boolean(),
  addedAt: z.iso.date(),
  maker: text,
  product: text,
});

export const catalogueSchema = z.strictObject({
  /** The publisher's own count of this document's versions. */
  revision: z.string().min(1).max(40),
  releasedAt: z.string().min(1).max(40),
  exploited: z.array(exploitedSchema).max(50_000),
});

export type Advisory = z.infer<typeof advisorySchema>;
export type AdvisoryProduct = z.infer<typeof productSchema>;
export type AdvisoryVulnerability = z.infer<typeof vulnerabilitySchema>;
export type Exploited = z.infer<typeof exploitedSchema>;
/** The catalogue of vulnerabilities known to be exploited (CISA KEV). */
export type Catalogue = z.infer<typeof catalogueSchema>;
