/** The SQL of the row store, prepared once per connection. */
import type { Database } from "../sqlite.ts";

const COLUMNS = "revision, kind, key, version, body";
export const prepareRows = (db: Database) => ({
  meta: db.prepare("SELECT value FROM meta WHERE name = ?").pluck(),
  setMeta: db.prepare("INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value"),
  find: db.prepare(`SELECT ${COLUMNS} FROM rows WHERE kind = ? AND key = ?`),
  put: db.prepare(
    `INSERT INTO rows (${COLUMNS}) VALUES (?, ?, ?, ?, ?) ON CONFLICT (kind, key)
     DO UPDATE SET revision = excluded.revision, version = excluded.version, body = excluded.body`,
  ),
  erase: db.prepare("DELETE FROM rows WHERE kind = ? AND key = ?"),
  above: db.prepare(`SELECT ${COLUMNS} FROM rows WHERE revision > ? ORDER BY revision LIMIT ?`),
  about: db.prepare(`SELECT ${COLUMNS} FROM rows WHERE kind = ? AND key >= ? AND key < ? ORDER BY key`),
  lastAbout: db.prepare(
    `SELECT ${COLUMNS} FROM rows WHERE kind = ? AND key >= ? AND key < ? ORDER BY key DESC LIMIT 1`,
  ),
  page: db.prepare(`SELECT ${COLUMNS} FROM rows WHERE kind = ? AND key > ? ORDER BY key LIMIT ?`),
  count: db.prepare("SELECT count(*) FROM rows WHERE kind = ?").pluck(),
  backlog: db.prepare("SELECT count(*) FROM rows WHERE revision > ?").pluck(),
});
