/** Opens the console's SQLite file: durable, one owner, brought to this version. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Database, openSqlite } from "../../agent/sqlite.ts";
import { migrate } from "./schema.ts";

const FILE_NAME = "console.db";
/** A second console on the same folder is told so after this long. */
const BUSY_TIMEOUT_MS = 500;

/** Throws a plain sentence when the folder can't be used, another console has it, or a newer one wrote it. */
export function openDatabase(folder: string): Database {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const database = openSqlite(join(folder, FILE_NAME), { timeout: BUSY_TIMEOUT_MS });
  try {
    // Exclusive first: the positions held in memory are true only while nobody else writes.
    database.pragma("locking_mode = EXCLUSIVE");
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = FULL");
    database.pragma("foreign_keys = ON");
    database.pragma("trusted_schema = OFF");
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    if (error instanceof Error && "code" in error && error.code === "SQLITE_BUSY") {
      throw new Error(`Another console is using the data folder ${folder}.`);
    }
    throw error;
  }
}
