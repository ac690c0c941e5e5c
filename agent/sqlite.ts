/** Opens SQLite files with the better-sqlite3 that fits this Node: release 13 from Node 22 on where it is there, else 12. */
import { createRequire } from "node:module";
import type BetterSqlite from "better-sqlite3";

export type Database = BetterSqlite.Database;
export type Statement = BetterSqlite.Statement;

export interface Sqlite {
  readonly Database: typeof BetterSqlite;
  /** Of the package, such as "13.2.0". */
  readonly version: string;
}

/** On Node 20 release 13 crashes; on Node 24 release 12 can abort the process when a statement is cleaned up. */
const FIRST_NODE_OF_13 = 22;
/** npm's alias for release 13: an optional package, which npm leaves out where it doesn't fit. */
const RELEASE_13 = "better-sqlite3-next";
const RELEASE_12 = "better-sqlite3";

const nodeMajor = () => Number(process.versions.node.split(".")[0]);
let loaded: Sqlite | undefined;

/** The one this process uses, loaded at the first call. Throws as `pickSqlite` does. */
export function loadSqlite(): Sqlite {
  loaded ??= pickSqlite(createRequire(import.meta.url), nodeMajor());
  return loaded;
}

/** Throws better-sqlite3's SqliteError, with SQLite's code, when the file can't be opened; else as `pickSqlite` does. */
export function openSqlite(path: string, options?: BetterSqlite.Options): Database {
  const { Database } = loadSqlite();
  return new Database(path, options);
}

/**
 * The first release that loads. Throws a sentence with every reason when none does.
 * @param load a `require` that begins where the packages are looked for
 */
export function pickSqlite(load: NodeJS.Require, major: number): Sqlite {
  const reasons: string[] = [];
  for (const name of major >= FIRST_NODE_OF_13 ? [RELEASE_13, RELEASE_12] : [RELEASE_12]) {
    try {
      const Database = load(name) as typeof BetterSqlite;
      // The native part is only loaded with the first database.
      new Database(":memory:").close();
      const { version } = load(`${name}/package.json`) as { version: string };
      return { Database, version };
    } catch (error) {
      reasons.push(`${name}: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`);
    }
  }
  throw new Error(`No better-sqlite3 loads in Node ${major} (${reasons.join("; ")}).`);
}
