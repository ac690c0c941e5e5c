/** Opens the tap's memory: rows with revisions in one SQLite file with one writer (design.md, "Uplink"). */
import { existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { type Database, openSqlite } from "../sqlite.ts";
import type { Drops } from "./bounds.ts";
import { asLedgerError, LedgerError } from "./error.ts";
import { hasOrphanLog, holdWriterLock, makePrivateFolder, makeWhole, setAside, touchPrivate } from "./files.ts";
import { MIGRATIONS, type Migration, migrate, readMigrations, refuseNewer, schemaVersion } from "./migrate.ts";
import { newLedgerId, RowStore } from "./row-store.ts";
import type { Row, RowChange, RowKind } from "./rows.ts";

/** How long a reader or the writer waits for SQLite's own short locks. */
const BUSY_TIMEOUT_MS = 5000;
/** The write-ahead log is cut back to this after a checkpoint, so that it doesn't keep the size of its worst day. */
const MAX_LOG_BYTES = 8 * 1024 * 1024;

export interface LedgerOptions {
  /** Reads beside a running agent; every writing function then throws. */
  readOnly?: boolean;
  /** Now, in microseconds. */
  clock: () => number;
  /** Where the numbered SQL files are; only tests of migration give another. */
  migrations?: URL;
}

export interface Written {
  /** The highest revision now. */
  revision: number;
  /** Rows that got a new revision; what says the same as before gets none. */
  written: number;
  /** Rows turned away: too many of their kind, too large, or not JSON. */
  refused: number;
}

/** All functions throw LedgerError, with a sentence for people, when the disk or the file fails them. */
export interface Ledger {
  readonly path: string;
  /** A sentence when opening found damage and began a new ledger; null otherwise. For lights and log. */
  readonly repaired: string | null;
  /** 32 hex digits, random, made with the ledger. */
  readonly ledgerId: string;
  /** Gives a new ledgerId after a restore or repair, and forgets what a console acknowledged. */
  replaceLedgerId(): string;
  /** One transaction: all of it is durable when this returns, nothing of it is there when it throws. */
  write(changes: Iterable<RowChange>): Written;
  /** Takes a row away and leaves a tombstone; nothing happens when there is no such row. `at` is ISO 8601 UTC. */
  remove(kind: RowKind, key: string, at: string): Written;
  /** The latest state of rows above `revision`, in order of revision. */
  rowsAbove(revision: number, limit: number): Row[];
  get(kind: RowKind, key: string): Row | undefined;
  /** Rows of a kind in order of key; with a device id only those about it. For large kinds use `iterate`. */
  list(kind: RowKind, deviceId?: string): Row[];
  /** The row about a device with the last key: of `period` its latest hour. */
  lastOf(kind: RowKind, deviceId: string): Row | undefined;
  /** Walks a kind in order of key, page by page: no lock is held while the caller thinks. */
  iterate(kind: RowKind): IterableIterator<Row>;
  count(kind: RowKind): number;
  /** The highest revision ever given. */
  revision(): number;
  /** What the console has acknowledged; setting clamps to 0 … `revision()` and is durable. */
  ackedRevision: number;
  /** Rows above the acknowledged revision. */
  backlog(): number;
  drops(): Drops;
  close(): void;
}

/**
 * Opens, and for the writer makes, checks, migrates or sets aside, the ledger at `path`.
 * Throws LedgerError: `busy` (another writer), `newer`, `older`, `missing` (read-only), `not-a-ledger`, `full`, `io`.
 */
export function openLedger(path: string, options: LedgerOptions): Ledger {
  const steps = readMigrations(options.migrations ?? MIGRATIONS);
  try {
    return options.readOnly ? openReader(path, steps, options) : openWriter(path, steps, options);
  } catch (error) {
    throw asLedgerError(error, path);
  }
}

function openReader(path: string, steps: Migration[], { clock }: LedgerOptions): Ledger {
  // Not existsSync: that calls a ledger missing which only this user may not see.
  if (statSync(path, { throwIfNoEntry: false }) === undefined)
    throw new LedgerError("missing", `There is no ledger yet. (${path})`);
  refuseOtherThanFile(path);
  const db = openSqlite(path, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
  try {
    db.pragma("trusted_schema = OFF");
    refuseNewer(db, steps, path);
    refuseForeign(db, path);
    if (schemaVersion(db) < steps.length)
      throw new LedgerError("older", `This ledger has an older form: start the agent once to bring it up. (${path})`);
    return new RowStore(db, { path, clock, repaired: null, closed: () => undefined });
  } catch (error) {
    db.close();
    throw error;
  }
}

function openWriter(path: string, steps: Migration[], { clock }: LedgerOptions): Ledger {
  makePrivateFolder(dirname(path));
  const lock = holdWriterLock(path);
  try {
    const repaired = putRight(path, steps, clock);
    if (!existsSync(path)) makeWhole(path, (db) => begin(db, steps));
    touchPrivate(path);
    const db = connect(path);
    try {
      migrate(db, steps);
      return new RowStore(db, { path, clock, repaired, closed: lock.release });
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Sets a damaged ledger aside. Returns the sentence that says so, or null when there is nothing to say. */
function putRight(path: string, steps: Migration[], clock: () => number): string | null {
  if (!existsSync(path) && !hasOrphanLog(path)) return null;
  const damage = hasOrphanLog(path) ? "its main file is gone" : findDamage(path, steps);
  if (damage === null) return null;
  const kept = setAside(path, clock());
  return `The ledger was damaged (${damage}); it is kept as ${kept} and a new one was begun.`;
}

/** What is wrong with the file, or null. A full or failing disk is no damage: that throws. */
function findDamage(path: string, steps: Migration[]): string | null {
  refuseOtherThanFile(path);
  if (statSync(path).size === 0) return "it is empty";
  let db: Database | undefined;
  try {
    // Without a change to the file: it may be somebody else's.
    db = openSqlite(path, { fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
    db.pragma("trusted_schema = OFF");
    db.pragma("cell_size_check = ON");
    refuseNewer(db, steps, path);
    const verdict = db.pragma("quick_check(1)", { simple: true });
    if (verdict !== "ok") return "SQLite's check failed";
    refuseForeign(db, path);
    const unreadable = db.prepare("SELECT 1 FROM rows WHERE NOT json_valid(body) LIMIT 1").get();
    if (unreadable !== undefined) return "a row can't be read";
    const known = db.prepare("SELECT count(*) FROM meta WHERE name IN ('ledgerId', 'revision')").pluck().get();
    return known === 2 ? null : "it doesn't know its own id";
  } catch (error) {
    const code = String((error as { code?: unknown }).code);
    if (/^SQLITE_(CORRUPT|NOTADB|ERROR)/.test(code)) return "it can't be read";
    throw error;
  } finally {
    db?.close();
  }
}

function connect(path: string): Database {
  const db = openSqlite(path, { fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
  try {
    db.pragma("trusted_schema = OFF");
    db.pragma("journal_mode = WAL");
    db.pragma("synchronous = FULL");
    db.pragma(`journal_size_limit = ${MAX_LOG_BYTES}`);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function begin(db: Database, steps: Migration[]): void {
  migrate(db, steps);
  const set = db.prepare("INSERT INTO meta (name, value) VALUES (?, ?)");
  db.transaction(() => {
    set.run("ledgerId", newLedgerId());
    set.run("revision", 0);
    set.run("ackedRevision", 0);
  }).immediate();
}

function refuseOtherThanFile(path: string): void {
  if (!statSync(path).isFile()) throw new LedgerError("not-a-ledger", `This is not a file. (${path})`);
}

/** A healthy database of something else is refused, not set aside: somebody mistyped a path. */
function refuseForeign(db: Database, path: string): void {
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
  if (!tables.includes("rows") || !tables.includes("meta"))
    throw new LedgerError("not-a-ledger", `This is a database, but no ledger of wardtap. (${path})`);
}
