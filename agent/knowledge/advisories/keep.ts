/** The folder of imported advisories, written: one file each, replaced whole, so that a power cut leaves the old or the new one. */
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseBounded } from "./bounded-json.ts";
import { everyNameIn, FULL, type Imported, MAX_FOLDER_BYTES, type Stored } from "./folder.ts";
import type { Advisory, Catalogue } from "./schema.ts";

/** Root imports, and the agent, who is another user, reads: whatever umask root has. */
const FILE_MODE = 0o644;
const FOLDER_MODE = 0o755;
const TEMPORARY = /^\.[0-9a-f]{16}\.new$/;
const LEFTOVER_AFTER_MS = 3_600_000;
const CATALOGUE_FILE = "exploited-vulnerabilities.json";

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
