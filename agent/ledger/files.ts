/** The ledger's files: private to their owner, held by one writer, and set aside whole when damaged. */
import {
  chmodSync,
  closeSync,
  existsSync,
  fchownSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { type Database, openSqlite } from "../sqlite.ts";
import { isoMicros } from "../time.ts";
import { LedgerError } from "./error.ts";

/** Damaged ledgers kept for people to look at; older ones go, or the card would fill with them. */
export const MAX_BROKEN_KEPT = 3;
const OWNER_ONLY = 0o600;
/** SQLite's companions of a database file. */
const COMPANIONS = ["-wal", "-shm", "-journal"];

/** Makes the folder and its missing parents. (Node's own recursive mkdir never returns below /proc.) */
export function makePrivateFolder(folder: string): void {
  if (existsSync(folder)) return;
  if (dirname(folder) !== folder) makePrivateFolder(dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}

/**
 * Makes an empty file only its owner may read; SQLite gives its companions the same rights. Made by root beside
 * `neighbour` it belongs to whom that belongs to: their own process must be able to open it afterwards.
 */
export function touchPrivate(path: string, neighbour = path): void {
  try {
    const file = openSync(path, "wx", OWNER_ONLY);
    const theirs = process.getuid?.() === 0 ? statSync(neighbour, { throwIfNoEntry: false }) : undefined;
    if (theirs !== undefined) fchownSync(file, theirs.uid, theirs.gid);
    closeSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    try {
      chmodSync(path, OWNER_ONLY);
    } catch {
      // Somebody else's file that we may still use: its rights are theirs to choose.
    }
  }
}

/**
 * Makes this process the ledger's one writer until it ends, however it ends: an exclusive SQLite lock, which is a lock
 * of the operating system, on a file of its own beside the ledger. (On the ledger itself it would shut out readers.)
 */
export function holdWriterLock(path: string): { release: () => void } {
  const lockPath = `${path}.lock`;
  touchPrivate(lockPath, path);
  const lock = openSqlite(lockPath, { timeout: 0 });
  try {
    lock.pragma("journal_mode = MEMORY");
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    if (String((error as { code?: unknown }).code).startsWith("SQLITE_BUSY"))
      throw new LedgerError("busy", `Another wardtap is already writing this ledger. (${path})`, error);
    throw error;
  }
  return { release: () => lock.close() };
}

/** Renames a damaged ledger and its companions to NAME.broken-TIME. Returns the new name. */
export function setAside(path: string, now: number): string {
  const stamp = isoMicros(now).slice(0, 19).replaceAll(/[-:]/g, "");
  let target = `${path}.broken-${stamp}Z`;
  for (let copy = 2; existsSync(target) || existsSync(`${target}-wal`); copy++)
    target = `${path}.broken-${stamp}Z-${copy}`;
  for (const suffix of ["", ...COMPANIONS]) if (existsSync(path + suffix)) renameSync(path + suffix, target + suffix);
  forgetOldest(path);
  return target;
}

function forgetOldest(path: string): void {
  const folder = dirname(path);
  const prefix = `${basename(path)}.broken-`;
  const companion = new RegExp(`(${COMPANIONS.join("|")})$`);
  const broken = new Set(readdirSync(folder).filter((name) => name.startsWith(prefix)));
  const names = [...new Set([...broken].map((name) => name.replace(companion, "")))].sort();
  for (const name of names.slice(0, -MAX_BROKEN_KEPT))
    for (const suffix of ["", ...COMPANIONS]) rmSync(join(folder, name + suffix), { force: true });
}

/** Makes a new database under another name and only then gives it its own, so that a half-made one is never met. */
export function makeWhole(path: string, fill: (db: Database) => void): void {
  const unfinished = `${path}.new`;
  for (const suffix of ["", ...COMPANIONS]) rmSync(unfinished + suffix, { force: true });
  touchPrivate(unfinished);
  const db = openSqlite(unfinished);
  try {
    db.pragma("synchronous = FULL");
    fill(db);
  } finally {
    db.close();
  }
  renameSync(unfinished, path);
  const folder = openSync(dirname(path), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** A write-ahead log whose database is gone: SQLite would play it into whatever takes the name. */
export const hasOrphanLog = (path: string) => !existsSync(path) && existsSync(`${path}-wal`);
