/** All knowledge files, read and checked once, and the digest that names their state. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { z } from "zod";
import { ouiText } from "./oui.ts";

const source = z.string().min(3);
const weight = z.number().int().min(1).max(99);

const makersSchema = z.array(
  z.strictObject({
    /** The name we show. */
    maker: z.string(),
    /** Regular expressions over registered organisation names and names that devices give. */
    aliases: z.array(z.string()).min(1),
    /** Class that its network cards suggest, where the maker makes little else that is networked. */
    class: z.string().optional(),
    classWeight: weight.optional(),
    medical: z.boolean().optional(),
    /** False where the card says little of the device (card makers, module makers). */
    ofDevice: z.boolean().optional(),
    source,
  }),
);

const patternsSchema = z.array(
  z.strictObject({
    id: z.string().regex(/^[a-z0-9-]+$/),
    /** Evidence attributes it looks at. */
    attributes: z.array(z.string()).min(1),
    /** Case-insensitive regular expression over the value. */
    pattern: z.string(),
    claims: z.array(
      z.strictObject({
        field: z.enum(["class", "maker", "model", "version", "serial", "os"]),
        /** Text; $1, $2 stand for the pattern's groups. */
        value: z.string(),
        weight,
      }),
    ),
    source,
  }),
);

export interface Maker {
  maker: string;
  aliases: RegExp[];
  class: string | undefined;
  classWeight: number;
  medical: boolean;
  ofDevice: boolean;
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

const files = ["makers.json", "patterns.json"] as const;
const read = (file: string) => readFileSync(new URL(file, import.meta.url));

let loaded: { makers: Maker[]; patterns: ProductPattern[] } | undefined;

/** Throws with the file's name when a knowledge file is not what it should be. */
export function knowledge(): { makers: Maker[]; patterns: ProductPattern[] } {
  loaded ??= {
    makers: parse("makers.json", makersSchema).map((entry) => ({
      maker: entry.maker,
      aliases: entry.aliases.map((alias) => new RegExp(alias, "i")),
      class: entry.class,
      classWeight: entry.classWeight ?? 0,
      medical: entry.medical ?? false,
      ofDevice: entry.ofDevice ?? true,
    })),
    patterns: parse("patterns.json", patternsSchema).map((entry) => ({
      ...entry,
      pattern: new RegExp(entry.pattern, "i"),
    })),
  };
  return loaded;
}

function parse<T>(file: string, schema: z.ZodType<T>): T {
  const checked = schema.safeParse(JSON.parse(read(file).toString("utf8")));
  if (checked.success) return checked.data;
  throw new Error(`knowledge file ${file}: ${z.prettifyError(checked.error)}`);
}

let digest: string | undefined;

/** "sha256…" over all knowledge files and the OUI list. */
export function knowledgeDigest(): string {
  if (digest === undefined) {
    const hash = createHash("sha256");
    for (const file of files) hash.update(file).update(read(file));
    digest = `sha256:${hash.update(ouiText()).digest("hex")}`;
  }
  return digest;
}
