/** The SQLite engine: answers every question of the store, synchronously, in its own thread. */
import type { WireRow } from "../../agent/uplink/messages.ts";
import { createAdvisories } from "./advisories.ts";
import { createAliases } from "./aliases.ts";
import { openDatabase } from "./database.ts";
import { createDetails } from "./details.ts";
import { createFeed } from "./feed.ts";
import { createFindingLists } from "./finding-lists.ts";
import { createFindings } from "./findings.ts";
import { createLedgers } from "./ledgers.ts";
import { createMoved } from "./moved.ts";
import { createRegister } from "./register.ts";
import { asSent, createRows, type KeptRow } from "./rows.ts";
import { type KeptTap, MAX_ROWS_PER_TAP, type RegisterChanges, StoreError, type SyncStore } from "./store.ts";
import { createWork } from "./work.ts";

/** Throws a plain sentence when the folder can't be opened. */
export function openEngine(folder: string, knowledgeFolder: string | null = null): SyncStore {
  const database = openDatabase(folder);
  const ledgers = createLedgers(database);
  const rows = createRows(database);
  const aliases = createAliases(rows);
  const feed = createFeed(database);
  const moved = createMoved(database);
  const register = createRegister(database, { rows, aliases, feed, moved });
  const findings = createFindings(database, { rows, aliases, register, feed, moved });
  const lists = createFindingLists(database);
  const work = createWork(database, findings);
  const advisories = createAdvisories(database, knowledgeFolder);
  const details = createDetails({ rows, aliases, register, findings, feed, work, advisories, moved });
  const sql = {
    remake: database.prepare("DELETE FROM facts WHERE name = 'remake'"),
    taps: database.prepare("SELECT tapId, name, version, lastHeardAt, summary FROM taps ORDER BY tapId"),
    remember: database.prepare("UPDATE taps SET lastHeardAt = ?, summary = ? WHERE tapId = ?"),
  };

  /** Looks again at all that the changed rows touch: the ids they name, and whom these stand for. */
  function refresh(tapId: string, changed: Iterable<KeptRow>, at: string): RegisterChanges {
    const devices = new Set<string>();
    const touchedFindings = new Set<string>();
    for (const row of changed) {
      if (row.kind === "device" || row.kind === "alias") devices.add(row.key);
      if (row.deviceId !== null && ["alias", "period", "finding"].includes(row.kind)) devices.add(row.deviceId);
      if (row.kind === "finding") touchedFindings.add(row.key);
      if (row.kind !== "alias") continue;
      for (const id of [row.key, ...aliases.aliasesOf(tapId, row.key)]) {
        for (const key of rows.keysAbout(tapId, "finding", id, -1)) touchedFindings.add(key);
      }
    }
    for (const id of [...devices]) {
      // Where the last one has no row, one on the way is shown in its place: all of them count.
      for (const each of aliases.chainOf(tapId, id)) devices.add(each);
      for (const alias of aliases.aliasesOf(tapId, id)) devices.add(alias);
    }
    return look(tapId, devices, touchedFindings, at);
  }

  function refreshAll(tapId: string, at: string): RegisterChanges {
    const devices = new Set([...register.idsOf(tapId), ...rows.keys(tapId, "device")]);
    return look(tapId, devices, new Set([...findings.idsOf(tapId), ...rows.keys(tapId, "finding")]), at);
  }

  function look(tapId: string, devices: Set<string>, findingIds: Set<string>, at: string): RegisterChanges {
    const changes: RegisterChanges = { devices: [], gone: [], findings: [], seen: [], feed: [] };
    for (const id of [...devices].sort()) register.refresh(tapId, id, at, changes);
    const news = [...findingIds].sort().flatMap((id) => findings.refresh(tapId, id, at, changes) ?? []);
    findings.tellNews(news, at, changes);
    return changes;
  }

  function mergeRows(ledger: number, sent: WireRow[]): { touched: KeptRow[]; added: number } {
    const touched: KeptRow[] = [];
    let added = 0;
    for (const row of sent) {
      const merged = rows.merge(ledger, row);
      if (!merged) continue;
      touched.push(merged.after);
      if (merged.before) touched.push(merged.before);
      else added++;
    }
    return { touched, added };
  }

  /** After a change of schema: the register made again, without telling anybody. */
  function remake(): void {
    if (sql.remake.run().changes === 0) return;
    for (const { tapId } of sql.taps.all() as { tapId: string }[]) {
      const changes: RegisterChanges = { devices: [], gone: [], findings: [], seen: [], feed: [] };
      for (const id of rows.keys(tapId, "finding")) findings.refresh(tapId, id, "", changes);
    }
  }

  const engine: SyncStore = {
    howFarIsLedger(greeting) {
      const { ledger, turned } = ledgers.greet(greeting);
      const changed = ledgers.settle(ledger) || turned;
      const nothing = { devices: [], gone: [], findings: [], seen: [], feed: [] };
      const changes = changed ? refreshAll(greeting.tapId, greeting.at) : nothing;
      return { revision: ledger.revision, ...changes };
    },
    whatDoRowsChange({ tapId, ledgerId, rows: sent, after, upTo, at }) {
      const ledger = ledgers.find(tapId, ledgerId);
      if (!ledger) throw new StoreError("unknown-ledger", "Rows of a ledger that was never greeted.");
      const { touched, added } = mergeRows(ledger.id, sent);
      const kept = ledgers.ofTap(tapId).reduce((sum, each) => sum + each.rows, added);
      if (kept > MAX_ROWS_PER_TAP)
        throw new StoreError("limit", `The console keeps at most ${MAX_ROWS_PER_TAP} rows of a tap.`);
      const revision = ledgers.advance(ledger, after ?? ledger.revision, upTo);
      const replaced = ledgers.move(ledger, revision, ledger.rows + added);
      return { revision, ...(replaced ? refreshAll(tapId, at) : refresh(tapId, touched, at)) };
    },
    rememberSummary: (tapId, lastHeardAt, summary) =>
      void sql.remember.run(lastHeardAt, JSON.stringify(summary), tapId),
    rememberFeedItem: (item) => feed.remember(item),
    whichTaps: () =>
      (sql.taps.all() as (Omit<KeptTap, "summary"> & { summary: string | null })[]).map((tap) => ({
        ...tap,
        summary: tap.summary === null ? null : JSON.parse(tap.summary),
        devices: register.count(tap.tapId),
        openFindings: findings.countOpen(tap.tapId),
      })),
    whichDevices: (limit) => register.all(limit),
    whichFindings: (limit) => findings.all(limit),
    whatHappenedLast: (limit) => feed.latest(limit),
    whichFindingsMatch: lists.page,
    howDoFindingsGroup: lists.groups,
    whatIsKnownOfDevice: details.device,
    whatIsKnownOfFinding: details.finding,
    whichAdvisoriesMatch: advisories.list,
    whichDevicesAreAffected: advisories.affected,
    keepWork: work.ask,
    whichWorkWaits: work.waiting,
    whatShallTapDo: work.next,
    keepAnswer: work.settle,
    withdrawWork: work.withdraw,
    whatDidTapSend(tapId, kind, key) {
      const row = rows.current(tapId, kind, key);
      return row ? asSent(row) : null;
    },
    close: () => void database.close(),
  };
  // One transaction each: what a call says is committed when it returns, and nothing of it when it throws.
  engine.howFarIsLedger = database.transaction(engine.howFarIsLedger).immediate;
  engine.whatDoRowsChange = database.transaction(engine.whatDoRowsChange).immediate;
  engine.rememberFeedItem = database.transaction(engine.rememberFeedItem).immediate;
  engine.keepWork = database.transaction(engine.keepWork).immediate;
  engine.whatShallTapDo = database.transaction(engine.whatShallTapDo).immediate;
  engine.keepAnswer = database.transaction(engine.keepAnswer).immediate;
  engine.withdrawWork = database.transaction(engine.withdrawWork).immediate;
  database.transaction(remake).immediate();
  return engine;
}
