/** Rows as they came: of one key the highest revision stays, so repeats and order make no difference. */
import type { Database } from "../../agent/sqlite.ts";
import type { WireRow } from "../../agent/uplink/messages.ts";
import { readId, readTime } from "./views.ts";

/** A row as kept; `gone` when the tombstone of (kind, key) stands in its place. */
export interface KeptRow {
  kind: string;
  key: string;
  revision: number;
  version: number;
  body: string;
  extra: string | null;
  gone: number;
  deviceId: string | null;
  seenAt: string | null;
}

const MAX_KIND = 32;
const MAX_KEY = 2048;

/** What a tombstone takes away; undefined for other rows and for a tombstone this version can't read. */
function tombstoneTarget(row: WireRow): { kind: string; key: string } | undefined {
  const { kind, key } = row.body;
  if (row.kind !== "tombstone" || typeof kind !== "string" || typeof key !== "string") return undefined;
  return kind.length <= MAX_KIND && key.length <= MAX_KEY && kind !== "tombstone" ? { kind, key } : undefined;
}

export function createRows(database: Database) {
  const sql = {
    find: database.prepare("SELECT * FROM rows WHERE ledger = ? AND kind = ? AND key = ?"),
    put: database.prepare(
      `INSERT OR REPLACE INTO rows (ledger, kind, key, revision, version, body, extra, gone, deviceId, seenAt)
       VALUES (@ledger, @kind, @key, @revision, @version, @body, @extra, @gone, @deviceId, @seenAt)`,
    ),
    current: database.prepare(
      `SELECT rows.* FROM ledgers JOIN rows ON rows.ledger = ledgers.id AND rows.kind = @kind AND rows.key = @key
       WHERE ledgers.tapId = @tapId AND ledgers.replaced = 0 ORDER BY ledgers.heard DESC LIMIT 1`,
    ),
    keysAbout: database
      .prepare(
        // Left to itself SQLite walks all keys of the kind, for they come in order: with n rows n² steps.
        `SELECT DISTINCT rows.key FROM ledgers JOIN rows INDEXED BY rowsOfDevice ON rows.ledger = ledgers.id
         WHERE ledgers.tapId = ? AND ledgers.replaced = 0 AND rows.kind = ? AND rows.deviceId = ? AND rows.gone = 0
         ORDER BY rows.key LIMIT ?`,
      )
      .pluck(),
    keys: database
      .prepare(
        `SELECT DISTINCT rows.key FROM ledgers JOIN rows ON rows.ledger = ledgers.id
         WHERE ledgers.tapId = ? AND ledgers.replaced = 0 AND rows.kind = ? ORDER BY rows.key`,
      )
      .pluck(),
    periods: database
      .prepare(
        `SELECT rows.body FROM ledgers JOIN rows INDEXED BY rowsOfDevice ON rows.ledger = ledgers.id
         WHERE ledgers.tapId = @tapId AND ledgers.replaced = 0 AND rows.kind = 'period' AND rows.deviceId = @deviceId
           AND rows.gone = 0 ORDER BY rows.seenAt DESC LIMIT @limit`,
      )
      .pluck(),
    lastSeen: database
      .prepare(
        `SELECT max((SELECT max(seenAt) FROM rows INDEXED BY rowsOfDevice WHERE ledger = ledgers.id AND kind = 'period' AND deviceId = @deviceId))
         FROM ledgers WHERE tapId = @tapId AND replaced = 0`,
      )
      .pluck(),
  };

  /** Bodies of the newest `period` rows of a device. */
  const periods = (tapId: string, deviceId: string, limit: number) =>
    (sql.periods.all({ tapId, deviceId, limit }) as string[]).map(
      (body) => JSON.parse(body) as Record<string, unknown>,
    );

  /** Keeps the row unless what is kept is as new; returns both, so that the register knows what to look at again. */
  function merge(ledger: number, row: WireRow): { before: KeptRow | undefined; after: KeptRow } | undefined {
    const target = tombstoneTarget(row);
    const { kind, key, revision, version, body, ...extra } = row;
    const place = target ?? { kind, key };
    const before = sql.find.get(ledger, place.kind, place.key) as KeptRow | undefined;
    if (before && before.revision >= revision) return undefined;
    const after: KeptRow = {
      ...place,
      revision,
      version,
      body: JSON.stringify(body),
      extra: Object.keys(extra).length > 0 ? JSON.stringify(extra) : null,
      gone: target ? 1 : 0,
      deviceId: target ? null : readId(body.deviceId),
      seenAt: target || kind !== "period" ? null : readTime(body.lastSeenAt),
    };
    sql.put.run({ ledger, ...after });
    return { before, after };
  }

  /** What the tap says now of a key: the newest ledger that has a word on it decides; undefined when none or gone. */
  function current(tapId: string, kind: string, key: string): KeptRow | undefined {
    const row = sql.current.get({ tapId, kind, key }) as KeptRow | undefined;
    return row && !row.gone ? row : undefined;
  }

  /** Keys of a kind that say this device id now; a limit of -1 is none. */
  const keysAbout = (tapId: string, kind: string, deviceId: string, limit: number): string[] =>
    (sql.keysAbout.all(tapId, kind, deviceId, limit) as string[]).filter(
      (key) => current(tapId, kind, key)?.deviceId === deviceId,
    );

  return {
    merge,
    current,
    keysAbout,
    periods,
    keys: (tapId: string, kind: string) => sql.keys.all(tapId, kind) as string[],
    lastSeen: (tapId: string, deviceId: string) => sql.lastSeen.get({ tapId, deviceId }) as string | null,
  };
}
export type RowTable = ReturnType<typeof createRows>;

/** The row as it came over the wire. */
export const asSent = ({ kind, key, revision, version, body, extra }: KeptRow): WireRow => ({
  ...(extra === null ? {} : JSON.parse(extra)),
  kind,
  key,
  revision,
  version,
  body: JSON.parse(body),
});
