/** Findings as pages show them, made again from rows; one that is gone from the ledger leaves as resolved. */
import type { Database } from "../../agent/sqlite.ts";
import type { FindingView } from "../api/shapes.ts";
import { severityRank } from "../severity.ts";
import type { Aliases } from "./aliases.ts";
import type { FeedTable } from "./feed.ts";
import { changedFindingText, manyFindingsText, newFindingText } from "./feed-text.ts";
import type { MovedTable } from "./moved.ts";
import type { Register } from "./register.ts";
import type { RowTable } from "./rows.ts";
import type { RegisterChanges } from "./store.ts";
import { findingRegisterIdOf, findingView, readTexts } from "./views.ts";

/** Findings of one rule told one by one; more that come at once are one line. */
const MAX_TOLD_SINGLY = 3;

export function createFindings(
  database: Database,
  tables: { rows: RowTable; aliases: Aliases; register: Register; feed: FeedTable; moved: MovedTable },
) {
  const { rows, aliases, register, feed, moved } = tables;
  const sql = {
    find: database.prepare("SELECT view FROM findings WHERE tapId = ? AND findingId = ?").pluck(),
    put: database.prepare(
      `INSERT OR REPLACE INTO findings
         (tapId, findingId, registerId, deviceId, rule, urgency, state, firstSeenAt, lastSeenAt, view)
       VALUES (@tapId, @findingId, @registerId, @deviceId, @rule, @urgency, @state, @firstSeenAt, @lastSeenAt, @text)`,
    ),
    byId: database.prepare("SELECT view FROM findings WHERE registerId = ?").pluck(),
    about: database
      .prepare(
        "SELECT view FROM findings WHERE tapId = ? AND deviceId = ? ORDER BY state <> 'open', urgency, findingId LIMIT ?",
      )
      .pluck(),
    countAbout: database.prepare("SELECT count(*) FROM findings WHERE tapId = ? AND deviceId = ?").pluck(),
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

  /** Ids that its tap knew it by before devices were merged. */
  const formerIds = (tapId: string, findingId: string): string[] =>
    readTexts(JSON.parse(rows.current(tapId, "finding", findingId)?.body ?? "{}").formerIds);

  /** Looks at one finding again and adds what changed to `changes`; gives the finding when it is new. */
  function refresh(tapId: string, findingId: string, at: string, changes: RegisterChanges): FindingView | undefined {
    const kept = sql.find.get(tapId, findingId) as string | undefined;
    const before = kept === undefined ? null : (JSON.parse(kept) as FindingView);
    const after = view(tapId, findingId);
    const text = JSON.stringify(after);
    if (!before && !after) return undefined;
    if (before && text === kept) return undefined;
    const say = (words: string | null) => {
      const { deviceId } = (after ?? before)!;
      if (words !== null)
        changes.feed.push(feed.remember({ at, tapId, kind: "finding-changed", deviceId, text: words }));
    };
    if (!after) {
      sql.drop.run(tapId, findingId);
      changes.findings.push({ ...before!, state: "resolved" });
      say(changedFindingText(before!, null));
      return undefined;
    }
    for (const former of formerIds(tapId, findingId))
      moved.remember(findingRegisterIdOf(tapId, former), after.registerId);
    sql.put.run({ ...after, urgency: severityRank(after.severity), text });
    changes.findings.push(after);
    if (!before) return after;
    say(changedFindingText(before, after));
    return undefined;
  }

  /** Tells of new findings: many of one rule in one line, so that they push nothing else out. Devices are known by now. */
  function tellNews(news: FindingView[], at: string, changes: RegisterChanges): void {
    const groups = new Map<string, FindingView[]>();
    for (const finding of news) {
      const group = `${finding.rule} ${finding.severity}`;
      groups.set(group, [...(groups.get(group) ?? []), finding]);
    }
    for (const [group, found] of groups) {
      const told = found.map((finding) => ({
        finding,
        device: finding.deviceId === null ? null : register.find(finding.tapId, finding.deviceId),
      }));
      const { tapId } = told[0]!.finding;
      const item = { at, tapId, kind: "finding-new", group } as const;
      if (told.length > MAX_TOLD_SINGLY) {
        const text = manyFindingsText(
          told[0]!.finding,
          told.map(({ device }) => device),
        );
        changes.feed.push(feed.remember({ ...item, deviceId: null, text }));
        continue;
      }
      for (const { finding, device } of told)
        changes.feed.push(
          feed.remember({ ...item, deviceId: finding.deviceId, text: newFindingText(finding, device) }),
        );
    }
  }

  const readAll = (texts: unknown[]) => (texts as string[]).map((text) => JSON.parse(text) as FindingView);

  return {
    byId: (registerId: string) => readAll(sql.byId.all(registerId))[0] ?? null,
    /** Of one device, open and worst first. */
    about: (tapId: string, deviceId: string, limit: number) => readAll(sql.about.all(tapId, deviceId, limit)),
    countAbout: (tapId: string, deviceId: string) => Number(sql.countAbout.get(tapId, deviceId)),
    refresh,
    tellNews,
    idsOf: (tapId: string) => sql.ofTap.all(tapId) as string[],
    all: (limit: number) => readAll(sql.all.all(limit)),
    countOpen: (tapId: string) => Number(sql.countOpen.get(tapId)),
  };
}
export type FindingTable = ReturnType<typeof createFindings>;
