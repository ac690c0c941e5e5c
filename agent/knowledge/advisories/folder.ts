/** The folder of imported advisories: one file each, replaced whole, so that a power cut leaves the old or the new one. */
import { createHash, randomBytes } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { parseBounded, readJson } from "./bounded-json.ts";
import { type Advisory, advisorySchema, type Catalogue, catalogueSchema } from "./schema.ts";

/** More files than this are not read, and told. */
const MAX_FILES = 20_000;
const TEMPORARY = /^\.[0-9a-f]{16}\.new$/;
const LEFTOVER_AFTER_MS = 3_600_000;
const CATALOGUE_FILE = "exploited-vulnerabilities.json";

const storedSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("advisory"), advisory: advisorySchema }),
  z.strictObject({ kind: z.literal("catalogue"), catalogue: catalogueSchema }),
]);
type Stored = z.infer<typeof storedSchema>;

export interface Imported {
  /** By id in lower case. */
  advisories: Map<string, Advisory>;
  catalogue: Catalogue | null;
  /** Null when nothing was imported. */
  digest: string | null;
  problems: { file: string; problem: string }[];
}

/** A folder that isn't there holds nothing. Files that can't be used are told and left alone. */
export function readFolder(path: string): Imported {
  const imported: Imported = { advisories: new Map(), catalogue: null, digest: null, problems: [] };
  const names = namesIn(path);
  if (names.length > MAX_FILES)
    imported.problems.push({ file: path, problem: `holds more than ${MAX_FILES} files; the rest is not read` });
  const hash = createHash("sha256");
  for (const name of names.slice(0, MAX_FILES)) {
    const read = readJson(join(path, name));
    const stored = "problem" in read ? undefined : storedSchema.safeParse(read.value);
    if ("problem" in read) imported.problems.push({ file: name, problem: read.problem });
    else if (stored?.success !== true) imported.problems.push({ file: name, problem: "is none of ours" });
    else {
      hash.update(`${name}\0`).update(read.bytes);
      if (stored.data.kind === "catalogue") imported.catalogue = stored.data.catalogue;
      else imported.advisories.set(stored.data.advisory.id.toLowerCase(), stored.data.advisory);
    }
  }
  if (imported.advisories.size > 0 || imported.catalogue !== null) imported.digest = hash.digest("hex");
  return imported;
}

/** Changes whenever a file comes, goes or is replaced; cheap enough to be asked once a minute. */
export function folderState(path: string): string {
  const states = namesIn(path)
    .slice(0, MAX_FILES)
    .map((name) => {
      try {
        const { size, mtimeMs, ino } = statSync(join(path, name));
        return `${name} ${size} ${mtimeMs} ${ino}`;
      } catch {
        return `${name} gone`;
      }
    });
  return createHash("sha256").update(states.join("\n")).digest("hex");
}

/** Durable when it returns. Throws what the file system says. */
export const storeAdvisory = (folder: string, advisory: Advisory): void =>
  store(folder, fileOf(advisory.id), { kind: "advisory", advisory });

export const storeCatalogue = (folder: string, catalogue: Catalogue): void =>
  store(folder, CATALOGUE_FILE, { kind: "catalogue", catalogue });

/** What an import that was cut off left half written; a younger one may still be at work. */
export function removeLeftovers(folder: string): void {
  for (const name of everyNameIn(folder)) {
    const path = join(folder, name);
    const state = TEMPORARY.test(name) ? statSync(path, { throwIfNoEntry: false }) : undefined;
    if (state !== undefined && Date.now() - state.mtimeMs > LEFTOVER_AFTER_MS) rmSync(path, { force: true });
  }
}

export function removeAdvisory(folder: string, id: string): void {
  rmSync(join(folder, fileOf(id)));
  syncFolder(folder);
}

export function removeCatalogue(folder: string): void {
  rmSync(join(folder, CATALOGUE_FILE));
  syncFolder(folder);
}

function store(folder: string, name: string, stored: Stored): void {
  const bytes = Buffer.from(`${JSON.stringify(stored)}\n`);
  // What we write we must be able to read again.
  if ("problem" in parseBounded(bytes)) throw new Error("an advisory that can't be read again");
  mkdirSync(folder, { recursive: true });
  const temporary = join(folder, `.${randomBytes(8).toString("hex")}.new`);
  const file = openSync(temporary, "wx", 0o644);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    fsyncSync(file);
    closeSync(file);
    renameSync(temporary, join(folder, name));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(folder);
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** The schema leaves only harmless characters in an id; a colon is none on some file systems. */
const fileOf = (id: string) => `${id.toLowerCase().replaceAll(":", "_")}.json`;

const namesIn = (path: string): string[] =>
  everyNameIn(path)
    .filter((name) => name.endsWith(".json") && !name.startsWith("."))
    .sort();

function everyNameIn(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
