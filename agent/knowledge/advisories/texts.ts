/** The bundled advisories as they lie on the disk: what the digest of all knowledge covers, and others read. */
import { readdirSync, readFileSync } from "node:fs";

const read = (file: string) => readFileSync(new URL(file, import.meta.url));

export const vendorNamesText = (): Buffer => read("vendor-names.json");

/** One file for each maker, and the catalogue of what is known to be exploited. */
export const advisoryFiles = (): string[] =>
  readdirSync(new URL("data/", import.meta.url))
    .filter((name) => name.endsWith(".json") && name !== CATALOGUE)
    .sort();

const CATALOGUE = "exploited.json";

export const advisoryText = (file: string): Buffer => read(`data/${file}`);
export const catalogueText = (): Buffer => advisoryText(CATALOGUE);

export const advisoriesText = (): Buffer =>
  Buffer.concat([vendorNamesText(), catalogueText(), ...advisoryFiles().map(advisoryText)]);
