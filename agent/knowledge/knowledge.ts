/** All knowledge files, read once, and the digest that names their state. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { advisoriesText } from "./advisories/texts.ts";
import { attributeSetsText, expandAttributes } from "./attribute-sets.ts";
import { defaultLoginsText } from "./default-logins.ts";
import { lookupServicesText } from "./lookup-services.ts";
import { ouiText } from "./oui.ts";
import { portsText } from "./ports.ts";
import { remoteAccessText } from "./remote-access.ts";
import type { MakerEntries, PatternEntries } from "./schema.ts";
import { vendorNumbersText } from "./vendor-numbers.ts";

export interface Maker {
  maker: string;
  aliases: RegExp[];
  class: string | undefined;
  classWeight: number;
  medical: boolean;
  ofDevice: boolean;
  owner: string | undefined;
}

export interface ProductPattern {
  id: string;
  attributes: readonly string[];
  pattern: RegExp;
  claims: readonly {
    field: "class" | "maker" | "model" | "version" | "serial" | "os";
    value: string;
    weight: number;
  }[];
}

const read = (file: string) => readFileSync(new URL(file, import.meta.url));
/** One file per family of products or protocols: adding an entry is adding a row or a file. */
const patternFiles = () =>
  readdirSync(new URL("patterns/", import.meta.url))
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => `patterns/${name}`);

const makerFiles = () =>
  readdirSync(new URL(".", import.meta.url))
    .filter((name) => /^makers.*\.json$/.test(name))
    .sort();

let loaded: { makers: Maker[]; patterns: ProductPattern[] } | undefined;

/** Shipped with the program; schema.ts says what the files hold. */
export function knowledge(): { makers: Maker[]; patterns: ProductPattern[] } {
  loaded ??= {
    makers: makerFiles()
      .flatMap((file) => entries<MakerEntries>(file))
      .map((entry) => ({
        maker: entry.maker,
        aliases: entry.aliases.map((alias) => new RegExp(alias, "i")),
        class: entry.class,
        classWeight: entry.classWeight ?? 0,
        medical: entry.medical ?? false,
        ofDevice: entry.ofDevice ?? true,
        owner: entry.owner,
      })),
    patterns: patternFiles().flatMap((file) => entries<PatternEntries>(file).flatMap(patternsOf)),
  };
  return loaded;
}

/** A row, and, where it says so, the same for the names that people give to devices: a rule of its own. */
function patternsOf({ id, attributes, pattern, claims, nameWeight }: PatternEntries[number]): ProductPattern[] {
  const compiled = new RegExp(pattern, "i");
  const row = { id, attributes: expandAttributes(attributes), pattern: compiled, claims };
  if (nameWeight === undefined) return [row];
  const weaker = claims.map((claim) => ({ ...claim, weight: Math.min(claim.weight, nameWeight) }));
  return [row, { id: `${id}-name`, attributes: expandAttributes(["@name"]), pattern: compiled, claims: weaker }];
}

/** True for a brand and its owner, and for two brands of one owner. */
export function isSameHouse(a: string, b: string): boolean {
  const house = (name: string) => knowledge().makers.find(({ maker }) => maker === name)?.owner ?? name;
  return house(a) === house(b);
}

const entries = <T>(file: string) => JSON.parse(read(file).toString("utf8")) as T;

let digest: string | undefined;

/** "sha256…" over all knowledge files and the OUI list. */
export function knowledgeDigest(): string {
  if (digest === undefined) {
    const hash = createHash("sha256");
    for (const file of [...makerFiles(), ...patternFiles(), "windows.json", "os-lifetimes.json"])
      hash.update(file).update(read(file));
    hash
      .update(attributeSetsText())
      .update(portsText())
      .update(vendorNumbersText())
      .update(defaultLoginsText())
      .update(remoteAccessText())
      .update(lookupServicesText())
      .update(advisoriesText());
    digest = `sha256:${hash.update(ouiText()).digest("hex")}`;
  }
  return digest;
}
