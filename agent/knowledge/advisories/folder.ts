/** The folder of imported advisories, read: whatever lies there. */
import { createHash } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readJson } from "./bounded-json.ts";
import { type Advisory, advisorySchema, type Catalogue, catalogueSchema } from "./schema.ts";

/** More files than this are not read, and told. */
const MAX_FILES = 20_000;
/** Of all files together; more is not read, and told, and no import goes beyond. */
export const MAX_FOLDER_BYTES = 192 << 20;

const storedSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("advisory"), advisory: advisorySchema }),
  z.strictObject({ kind: z.literal("catalogue"), catalogue: catalogueSchema }),
]);
export type Stored = z.infer<typeof storedSchema>;

export interface Imported {
  /** By id in lower case. */
  advisories: Map<string, Advisory>;
  catalogue: Catalogue | null;
  /** Null when nothing was imported. */
  digest: string | null;
  /** Of all that was read. */
  bytes: number;
  problems: { file: string; problem: string }[];
}

/** A folder that isn't there holds nothing. Files that can't be used are told and left alone. */
export function readFolder(path: string): Imported {
  const imported: Imported = { advisories: new Map(), catalogue: null, digest: null, bytes: 0, problems: [] };
  const refusal = refusalOf(path);
  if (refusal !== undefined) imported.problems.push({ file: path, problem: `can't be read (${refusal})` });
  const names = namesIn(path);
  if (names.length > MAX_FILES)
    imported.problems.push({ file: path, problem: `holds more than ${MAX_FILES} files; the rest is not read` });
  const hash = createHash("sha256");
  for (const name of names.slice(0, MAX_FILES)) {
    const read = readJson(join(path, name));
    if ("problem" in read) {
      imported.problems.push({ file: name, problem: read.problem });
      continue;
    }
    if (imported.bytes + read.bytes.length > MAX_FOLDER_BYTES) {
      imported.problems.push({ file: path, problem: `${FULL}; the rest is not read` });
      break;
    }
    imported.bytes += read.bytes.length;
    const stored = storedSchema.safeParse(read.value);
    if (!stored.success) imported.problems.push({ file: name, problem: "is none of ours" });
    else {
      hash.update(`${name}\0`).update(read.bytes);
      if (stored.data.kind === "catalogue") imported.catalogue = stored.data.catalogue;
      else imported.advisories.set(stored.data.advisory.id.toLowerCase(), stored.data.advisory);
    }
  }
  if (imported.advisories.size > 0 || imported.catalogue !== null) imported.digest = hash.digest("hex");
  return imported;
}

export const FULL = `holds more than ${MAX_FOLDER_BYTES >> 20} MiB`;

/** Changes whenever a file comes, goes, is replaced or given to other readers; cheap enough to be asked once a minute. */
export function folderState(path: string): string {
  const states = namesIn(path)
    .slice(0, MAX_FILES)
    .map((name) => {
      try {
        const { size, mtimeMs, ino, mode, uid } = statSync(join(path, name));
        return `${name} ${size} ${mtimeMs} ${ino} ${mode} ${uid}`;
      } catch {
        return `${name} gone`;
      }
    });
  return createHash("sha256").update(states.join("\n")).digest("hex");
}

const namesIn = (path: string): string[] =>
  everyNameIn(path)
    .filter((name) => name.endsWith(".json") && !name.startsWith("."))
    .sort();

export function everyNameIn(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** Why the folder can't be read; undefined when it can, or isn't there. */
function refusalOf(path: string): string | undefined {
  try {
    readdirSync(path);
    return undefined;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    return code === "ENOENT" ? undefined : code;
  }
}
