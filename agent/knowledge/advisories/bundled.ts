/** The advisories that come with the program: facts of published advisories on medical devices, each naming its source. */
import { knowledgeDigest } from "../knowledge.ts";
import { AdvisoryIndex } from "./advisory-index.ts";
import type { Advisory, Catalogue } from "./schema.ts";
import { advisoryFiles, advisoryText, catalogueText } from "./texts.ts";

let index: AdvisoryIndex | undefined;

export function bundledKnowledge(): AdvisoryIndex {
  index ??= new AdvisoryIndex(bundledAdvisories(), bundledCatalogue(), knowledgeDigest());
  return index;
}

/** A test checks each against the schema, so that the product needn't at each start. */
export const bundledAdvisories = (): Advisory[] =>
  advisoryFiles().flatMap((file) => JSON.parse(advisoryText(file).toString("utf8")) as Advisory[]);

/** Only the part that concerns what wardtap can find. */
export const bundledCatalogue = (): Catalogue => JSON.parse(catalogueText().toString("utf8")) as Catalogue;
