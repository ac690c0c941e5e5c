/** Lists of findings, filtered, sorted and cut by the database: quick with tens of thousands of them. */
import type { Database } from "../../agent/sqlite.ts";
import type { DeviceView, FindingView } from "../api/shapes.ts";
import type { FindingAction, FindingGroup, FindingPage } from "../api/shapes-detail.ts";
import { severityRank } from "../severity.ts";
import { linkOf } from "./links.ts";
import type { FindingQuery } from "./store.ts";

/** Each filter's condition; one that isn't asked for is left out. */
const CONDITIONS: Record<keyof Omit<FindingQuery, "from" | "limit">, string> = {
  state: "findings.state = @state",
  severity: "findings.urgency = @severity",
  medical: "coalesce(devices.medical, 0) = @medical",
  tapId: "findings.tapId = @tapId",
  rule: "findings.rule = @rule",
};
const JOINED =
  "FROM findings LEFT JOIN devices ON devices.tapId = findings.tapId AND devices.deviceId = findings.deviceId";

export function createFindingLists(database: Database) {
  const waiting = database
    .prepare(
      "SELECT action FROM work WHERE tapId = ? AND findingId = ? AND state = 'waiting' ORDER BY number DESC LIMIT 1",
    )
    .pluck();

  /** Statements differ only in which of the fixed conditions they hold; what is asked for goes in as parameters. */
  function ask(query: FindingQuery, select: (where: string) => string): unknown[] {
    const asked = Object.keys(CONDITIONS).filter((name) => query[name as keyof FindingQuery] !== undefined);
    const conditions = asked.map((name) => CONDITIONS[name as keyof typeof CONDITIONS]);
    const where = `${JOINED}${conditions.length > 0 ? ` WHERE ${conditions.join(" AND ")}` : ""}`;
    return database.prepare(select(where)).all({
      ...query,
      severity: severityRank(query.severity ?? ""),
      medical: Number(query.medical ?? false),
    });
  }

  function page(query: FindingQuery): FindingPage {
    const [counted] = ask(query, (where) => `SELECT count(*) AS total ${where}`) as { total: number }[];
    const rows = ask(
      query,
      (where) => `SELECT findings.view AS finding, devices.view AS device ${where}
        ORDER BY findings.urgency, findings.firstSeenAt DESC, findings.registerId LIMIT @limit OFFSET @from`,
    ) as { finding: string; device: string | null }[];
    return {
      total: counted?.total ?? 0,
      findings: rows.map((row) => {
        const finding = JSON.parse(row.finding) as FindingView;
        return {
          ...finding,
          device: row.device === null ? null : linkOf(JSON.parse(row.device) as DeviceView),
          asked: (waiting.get(finding.tapId, finding.findingId) as FindingAction | undefined) ?? null,
        };
      }),
    };
  }

  /** One of each rule, worst first; the title is that of its worst finding. */
  function groups(query: FindingQuery): FindingGroup[] {
    const rows = ask(
      query,
      // With min() SQLite gives the other bare columns of the row that holds the least.
      (where) => `SELECT findings.rule, min(findings.urgency) AS urgency, findings.view, count(*) AS findings,
          count(DISTINCT findings.tapId || ' ' || findings.deviceId) AS devices,
          count(DISTINCT CASE WHEN devices.medical = 1 THEN devices.registerId END) AS medicalDevices,
          sum(findings.state = 'open') AS open, max(findings.lastSeenAt) AS lastSeenAt
        ${where} GROUP BY findings.rule ORDER BY urgency, findings DESC, findings.rule`,
    ) as (Omit<FindingGroup, "title" | "severity"> & { urgency: number; view: string })[];
    return rows.map(({ urgency: _, view, ...group }) => {
      const { title, severity } = JSON.parse(view) as FindingView;
      return { ...group, title, severity };
    });
  }

  return { page, groups };
}
