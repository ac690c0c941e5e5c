/** Findings as pages show them, made again from rows; one that is gone from the ledger leaves as resolved. */
import type { Database } from "../../agent/sqlite.ts";
import type { FindingView } from "../api/shapes.ts";
import type { Aliases } from "./aliases.ts";
import type { FeedTable } from "./feed.ts";
import { changedFindingText, newFindingText } from "./feed-text.ts";
import type { Register } from "./register.ts";
import type { RowTable } from "./rows.ts";
import type { RegisterChanges } from "./store.ts";
import { findingView } from "./views.ts";

export function createFindings(
  database: Database,
  tables: { rows: RowTable; aliases: Aliases; register: Register; feed: FeedTable },
) {
  const { rows, aliases, register, feed } = tables;
  const sql = {
    find: database.prepare("SELECT view FROM findings WHERE tapId = ? AND findingId = ?").pluck(),
    put: database.prepare("INSERT OR REPLACE INTO findings (tapId, findingId, state, view) VALUES (?, ?, ?, ?)"),
    drop: database.prepare("DELETE FROM findings WHERE tapId = ? AND findingId = ?"),
    ofTap: database.prepare("SELECT findingId FROM findings WHERE tapId = ?").pluck(),
    all: database.prepare("SELECT view FROM findings ORDER BY tapId, findingId LIMIT ?").pluck(),
    countOpen: database.prepare("SELECT count(*) FROM findings WHERE tapId = ? AND state = 'open'").pluck(),
  };

  function view(tapId: string, findingId: string): FindingView | null {
    const row = rows.current(tapId, "finding", findingId);
    if (!row) return null;
    const deviceId = row.deviceId === null ? null : aliases.canonical(tapId, row.deviceId);
    return findingView(tapId, findingId, JSON.parse(row.body), deviceId);
  }

  /** Looks at one finding again and adds what changed to `changes`. Devices come first, so that it can name them. */
  function refresh(tapId: string, findingId: string, at: string, changes: RegisterChanges): void {
    const kept = sql.find.get(tapId, findingId) as string | undefined;
    const before = kept === undefined ? null : (JSON.parse(kept) as FindingView);
    const after = view(tapId, findingId);
    const text = JSON.stringify(after);
    if (!before && !after) return;
    if (before && text === kept) return;
    const say = (kind: "finding-new" | "finding-changed", words: string | null) => {
      const deviceId = (after ?? before)!.deviceId;
      if (words !== null) changes.feed.push(feed.remember({ at, tapId, kind, deviceId, text: words }));
    };
    if (!after) {
      sql.drop.run(tapId, findingId);
      changes.findings.push({ ...before!, state: "resolved" });
      say("finding-changed", changedFindingText(before!, null));
      return;
    }
    sql.put.run(tapId, findingId, after.state, text);
    changes.findings.push(after);
    if (before) say("finding-changed", changedFindingText(before, after));
    else
      say("finding-new", newFindingText(after, after.deviceId === null ? null : register.find(tapId, after.deviceId)));
  }

  return {
    refresh,
    idsOf: (tapId: string) => sql.ofTap.all(tapId) as string[],
    all: (limit: number) => (sql.all.all(limit) as string[]).map((text) => JSON.parse(text) as FindingView),
    countOpen: (tapId: string) => Number(sql.countOpen.get(tapId)),
  };
}
