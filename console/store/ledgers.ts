/** Which ledgers a tap has spoken of, how far each is committed, and when a new one takes an old one's place. */
import type { Database } from "../../agent/sqlite.ts";
import { type Greeting, MAX_LEDGERS_PER_TAP, MAX_TAPS, StoreError } from "./store.ts";

/** Batches that came before the one that joins them to what is committed; past it the tap sends them again. */
const MAX_RANGES_AHEAD = 16;

export interface LedgerRecord {
  id: number;
  tapId: string;
  ledgerId: string;
  /** Every row up to here is committed. */
  revision: number;
  /** The tap's revision when it turned to this ledger: from there on the ledger replaces the older ones. */
  target: number;
  heard: number;
  replaced: number;
  rows: number;
}

export function createLedgers(database: Database) {
  const sql = {
    tapCount: database.prepare("SELECT count(*) FROM taps").pluck(),
    tap: database.prepare("SELECT 1 FROM taps WHERE tapId = ?").pluck(),
    keepTap: database.prepare(
      `INSERT INTO taps (tapId, name, version, lastHeardAt) VALUES (@tapId, @name, @version, NULL)
       ON CONFLICT (tapId) DO UPDATE SET name = @name, version = @version`,
    ),
    find: database.prepare("SELECT * FROM ledgers WHERE tapId = ? AND ledgerId = ?"),
    ofTap: database.prepare("SELECT * FROM ledgers WHERE tapId = ? ORDER BY heard DESC"),
    add: database.prepare(
      "INSERT INTO ledgers (tapId, ledgerId, revision, target, heard, replaced, rows) VALUES (?, ?, 0, ?, ?, 0, 0)",
    ),
    turnTo: database.prepare("UPDATE ledgers SET target = ?, heard = ?, replaced = 0 WHERE id = ?"),
    move: database.prepare("UPDATE ledgers SET revision = ?, rows = ? WHERE id = ?"),
    replace: database.prepare("UPDATE ledgers SET replaced = 1 WHERE tapId = ? AND heard < ? AND replaced = 0"),
    dropRows: database.prepare("DELETE FROM rows WHERE ledger = ?"),
    drop: database.prepare("DELETE FROM ledgers WHERE id = ?"),
  };
  /** Ledger row id → ranges (after, upTo] received ahead of a gap. Memory only: losing it costs a repeat. */
  const ahead = new Map<number, { after: number; upTo: number }[]>();

  const find = (tapId: string, ledgerId: string) => sql.find.get(tapId, ledgerId) as LedgerRecord | undefined;
  const ofTap = (tapId: string) => sql.ofTap.all(tapId) as LedgerRecord[];

  function greet(greeting: Greeting): { ledger: LedgerRecord; turned: boolean } {
    const { tapId, ledgerId } = greeting;
    if (sql.tap.get(tapId) === undefined && Number(sql.tapCount.get()) >= MAX_TAPS) {
      throw new StoreError("limit", `The console keeps at most ${MAX_TAPS} taps.`);
    }
    sql.keepTap.run({ tapId, name: greeting.name, version: greeting.version });
    const newest = ofTap(tapId)[0];
    // A new session sends again from what is committed; what the old one had ahead of a gap is forgotten.
    if (newest) ahead.delete(newest.id);
    if (newest?.ledgerId === ledgerId) return { ledger: newest, turned: false };
    const heard = (newest?.heard ?? 0) + 1;
    const known = find(tapId, ledgerId);
    if (known) sql.turnTo.run(greeting.revision, heard, known.id);
    else sql.add.run(tapId, ledgerId, greeting.revision, heard);
    makeRoom(tapId);
    return { ledger: find(tapId, ledgerId)!, turned: true };
  }

  /** Replaced ledgers go first, then those never received in full; what the register shows goes last. */
  function makeRoom(tapId: string): void {
    const older = ofTap(tapId).slice(1);
    const worth = (ledger: LedgerRecord) => (ledger.replaced ? 0 : ledger.revision < ledger.target ? 1 : 2);
    older.sort((a, b) => worth(b) - worth(a) || b.heard - a.heard);
    for (const { id } of older.slice(MAX_LEDGERS_PER_TAP - 1)) {
      sql.dropRows.run(id);
      sql.drop.run(id);
      ahead.delete(id);
    }
  }

  /** How far the ledger is committed once (after, upTo] is kept too. */
  function advance(ledger: LedgerRecord, after: number, upTo: number): number {
    const ranges = ahead.get(ledger.id) ?? [];
    let revision = ledger.revision;
    const waiting = [...ranges, { after, upTo }].sort((a, b) => a.after - b.after);
    while (waiting.length > 0 && waiting[0]!.after <= revision) revision = Math.max(revision, waiting.shift()!.upTo);
    if (waiting.length > 0) ahead.set(ledger.id, waiting.slice(0, MAX_RANGES_AHEAD));
    else ahead.delete(ledger.id);
    return revision;
  }

  /** Keeps the new position; true when this ledger has just taken the place of older ones. */
  function move(ledger: LedgerRecord, revision: number, rows: number): boolean {
    sql.move.run(revision, rows, ledger.id);
    return settle({ ...ledger, revision });
  }

  const settle = (ledger: LedgerRecord): boolean =>
    ledger.revision >= ledger.target && sql.replace.run(ledger.tapId, ledger.heard).changes > 0;

  return { find, ofTap, greet, advance, move, settle };
}
