/** Brings a ledger's tables to what this program expects: numbered SQL files, applied once, in one transaction. */
import { readdirSync, readFileSync } from "node:fs";
import type { Database } from "../sqlite.ts";
import { LedgerError } from "./error.ts";

/** The files beside this one; the build copies them. */
export const MIGRATIONS = new URL("./migrations/", import.meta.url);
const NAME = /^(\d{3})-[a-z0-9-]+\.sql$/;

export interface Migration {
  number: number;
  sql: string;
}

/** In order, from 001 without a gap; anything else is a mistake in the package. */
export function readMigrations(folder: URL): Migration[] {
  const steps = readdirSync(folder)
    .filter((name) => NAME.test(name))
    .sort()
    .map((name) => ({ number: Number(NAME.exec(name)?.[1]), sql: readFileSync(new URL(name, folder), "utf8") }));
  if (steps.length === 0 || steps.some((step, index) => step.number !== index + 1))
    throw new Error(`ledger migrations in ${folder.pathname} are not numbered from 001 without a gap`);
  return steps;
}

export const schemaVersion = (db: Database) => Number(db.pragma("user_version", { simple: true }));

/** Refuses a ledger that a newer program wrote: reading it with old eyes could lose what it holds. */
export function refuseNewer(db: Database, steps: Migration[], path: string): void {
  const version = schemaVersion(db);
  if (version > steps.length)
    throw new LedgerError(
      "newer",
      `This ledger was written by a newer wardtap (form ${version}, this program knows up to ${steps.length}): ` +
        `update wardtap, or move the ledger away to start a new one. (${path})`,
    );
}

/** All missing steps or none: a step that fails leaves the ledger as it was. */
export function migrate(db: Database, steps: Migration[]): void {
  const missing = steps.slice(schemaVersion(db));
  if (missing.length === 0) return;
  db.transaction(() => {
    for (const step of missing) db.exec(step.sql);
    db.pragma(`user_version = ${steps.length}`);
  }).immediate();
}
