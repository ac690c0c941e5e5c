/** Bundled and imported advisories together: of two versions of one advisory the later counts. */
import { createHash } from "node:crypto";
import { knowledgeDigest } from "../knowledge.ts";
import { AdvisoryIndex } from "./advisory-index.ts";
import { bundledAdvisories, bundledCatalogue, bundledKnowledge } from "./bundled.ts";
import { type Imported, readFolder } from "./folder.ts";
import { compareRevisions } from "./newer.ts";
import type { Advisory } from "./schema.ts";

/** What is known when these were imported; only the bundled ones when nothing was. */
export function knowledgeWith(imported: Imported): AdvisoryIndex {
  if (imported.digest === null) return bundledKnowledge();
  const { advisories } = merged(imported);
  const digest = createHash("sha256").update(`${knowledgeDigest()}\0${imported.digest}`).digest("hex");
  return new AdvisoryIndex(advisories, imported.catalogue ?? bundledCatalogue(), `sha256:${digest}`);
}

export const knowledgeIn = (folder: string): AdvisoryIndex => knowledgeWith(readFolder(folder));

/** The bundled version wins over the same one imported: it was looked through, and mends slips of the published form. */
export function merged({ advisories: imported }: Imported): { advisories: Advisory[]; importedIds: Set<string> } {
  const all = new Map(bundledAdvisories().map((one) => [one.id.toLowerCase(), one]));
  const importedIds = new Set<string>();
  for (const [key, one] of imported) {
    const bundled = all.get(key);
    if (bundled !== undefined && compareRevisions(one, bundled) <= 0) continue;
    all.set(key, one);
    importedIds.add(one.id);
  }
  return { advisories: [...all.values()].sort((a, b) => (a.id < b.id ? -1 : 1)), importedIds };
}
