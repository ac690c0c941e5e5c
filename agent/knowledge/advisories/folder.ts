/** The folder of imported advisories: one file each, replaced whole, so that a power cut leaves the old or the new one. */
import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import { parseBounded, readJson } from "./bounded-json.ts";
import { type Advisory, advisorySchema, type Catalogue, catalogueSchema } from "./schema.ts";

/** More files than this are not read, and told. */
const MAX_FILES = 20_000;
/** Of all files together; more is not read, and told, and no import goes beyond. */
const MAX_FOLDER_BYTES = 192 << 20;
/** Root imports, and the agent, who is another user, reads: whatever umask root has. */
const FILE_MODE = 0o644;
const FOLDER_MODE = 0o755;
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

const FULL = `holds more than ${MAX_FOLDER_BYTES >> 20} MiB`;

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

/** What is ready to be stored. */
export interface Parcel {
  name: string;
  bytes: Buffer;
}

export const advisoryParcel = (advisory: Advisory): Parcel =>
  parcel(fileOf(advisory.id), { kind: "advisory", advisory });

export const catalogueParcel = (catalogue: Catalogue): Parcel =>
  parcel(CATALOGUE_FILE, { kind: "catalogue", catalogue });

const parcel = (name: string, stored: Stored): Parcel => ({
  name,
  bytes: Buffer.from(`${JSON.stringify(stored)}\n`),
});

/** Why it can't be kept beside what was read; undefined when it can. */
export function problemOf({ bytes }: Parcel, beside: Imported): string | undefined {
  // What we write we must be able to read again.
  const read = parseBounded(bytes);
  if ("problem" in read) return `is too much to be kept: it ${read.problem}`;
  return beside.bytes + bytes.length > MAX_FOLDER_BYTES ? `has no room: the folder ${FULL} then` : undefined;
}

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

/** Durable when it returns. Throws what the file system says. */
export function store(folder: string, { name, bytes }: Parcel): void {
  const made = mkdirSync(folder, { recursive: true });
  if (made !== undefined) openToReaders(made, folder);
  const temporary = join(folder, `.${randomBytes(8).toString("hex")}.new`);
  const file = openSync(temporary, "wx", FILE_MODE);
  try {
    fchmodSync(file, FILE_MODE);
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

/** Every folder that was made, from the outermost `made` down to `folder`. */
function openToReaders(made: string, folder: string): void {
  for (let one = resolve(folder); ; one = dirname(one)) {
    chmodSync(one, FOLDER_MODE);
    if (one === resolve(made) || one === dirname(one)) return;
  }
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/**
 * The schema leaves only harmless characters in an id; a colon is none on some file systems. An id has no percent sign, so
 * no two ids share a file, and none takes the catalogue's.
 */
function fileOf(id: string): string {
  const name = `${id.toLowerCase().replaceAll(":", "%3a")}.json`;
  return name === CATALOGUE_FILE ? `%${name}` : name;
}

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
