/** What people ask of taps, kept from before it is sent until the tap has answered: nothing is lost, nothing done twice. */
import type { Database } from "../../agent/sqlite.ts";
import type { WorkView } from "../api/shapes-detail.ts";
import type { FindingTable } from "./findings.ts";
import { MAX_WORK_KEPT, MAX_WORK_WAITING, type NewWork, StoreError } from "./store.ts";

interface Kept {
  id: string;
  tapId: string;
  findingId: string;
  action: WorkView["action"];
  asked: string;
  askedAt: string;
  state: WorkView["state"];
  sentAt: string | null;
  answeredAt: string | null;
  message: string;
  registerId: string | null;
}

const SELECT = `SELECT work.id, work.tapId, work.findingId, work.action, work.asked, work.askedAt, work.state,
    work.sentAt, work.answeredAt, work.message, findings.registerId FROM work
  LEFT JOIN findings ON findings.tapId = work.tapId AND findings.findingId = work.findingId`;

const viewOf = ({ asked, sentAt: _, registerId, ...work }: Kept): WorkView => ({
  ...work,
  registerId: registerId ?? "",
  ...(JSON.parse(asked) as Asked),
});
type Asked = Pick<WorkView, "by" | "reason" | "control" | "owner" | "reviewAt">;

export function createWork(database: Database, findings: FindingTable) {
  const sql = {
    find: database.prepare(`${SELECT} WHERE work.id = ?`),
    add: database.prepare(
      `INSERT INTO work (id, tapId, findingId, action, asked, askedAt, state, message)
       VALUES (@id, @tapId, @findingId, @action, @asked, @askedAt, 'waiting', '')`,
    ),
    count: database.prepare("SELECT count(*) FROM work WHERE tapId = ? AND state = 'waiting'").pluck(),
    ofFinding: database.prepare(`${SELECT} WHERE work.tapId = ? AND work.findingId = ? ORDER BY number DESC LIMIT ?`),
    waiting: database.prepare(`${SELECT} WHERE work.state = 'waiting' ORDER BY number LIMIT ?`),
    next: database.prepare(`${SELECT} WHERE work.tapId = ? AND work.state = 'waiting' ORDER BY number LIMIT 1`),
    sent: database.prepare("UPDATE work SET sentAt = ? WHERE id = ? AND state = 'waiting'"),
    settle: database.prepare(
      "UPDATE work SET state = @state, message = @message, answeredAt = @at WHERE id = @id AND state = 'waiting'",
    ),
    trim: database.prepare(
      `DELETE FROM work WHERE state <> 'waiting' AND number <=
         (SELECT number FROM work WHERE state <> 'waiting' ORDER BY number DESC LIMIT 1 OFFSET ?)`,
    ),
  };
  const find = (id: string) => sql.find.get(id) as Kept | undefined;

  /** The same id again gives what was kept the first time. Throws unknown-finding or limit. */
  function ask({ id, registerId, action, at, ...rest }: NewWork): { work: WorkView; again: boolean } {
    const kept = find(id);
    if (kept) return { work: viewOf(kept), again: true };
    const finding = findings.byId(registerId);
    if (!finding) throw new StoreError("unknown-finding", "The register has no such finding.");
    const { tapId, findingId } = finding;
    if (Number(sql.count.get(tapId)) >= MAX_WORK_WAITING)
      throw new StoreError("limit", `At most ${MAX_WORK_WAITING} changes wait for one tap.`);
    const asked: Asked = {
      by: rest.by,
      reason: rest.reason ?? null,
      control: rest.control ?? null,
      owner: rest.owner ?? null,
      reviewAt: rest.reviewAt ?? null,
    };
    sql.add.run({ id, tapId, findingId, action, asked: JSON.stringify(asked), askedAt: at });
    sql.trim.run(MAX_WORK_KEPT);
    return { work: viewOf(find(id)!), again: false };
  }

  function settle(id: string, state: "done" | "refused", message: string, at: string): WorkView | null {
    return sql.settle.run({ id, state, message, at }).changes > 0 ? viewOf(find(id)!) : null;
  }

  /** null when there is no such work or it was sent already. */
  function withdraw(id: string, at: string): WorkView | null {
    const kept = find(id);
    if (!kept || kept.sentAt !== null || kept.state !== "waiting") return null;
    sql.settle.run({ id, state: "withdrawn", message: "", at });
    return viewOf(find(id)!);
  }

  return {
    ask,
    settle,
    withdraw,
    ofFinding: (tapId: string, findingId: string, limit: number) =>
      (sql.ofFinding.all(tapId, findingId, limit) as Kept[]).map(viewOf),
    waiting: (limit: number) => (sql.waiting.all(limit) as Kept[]).map(viewOf),
    next(tapId: string, at: string): WorkView | null {
      const kept = sql.next.get(tapId) as Kept | undefined;
      if (!kept) return null;
      sql.sent.run(at, kept.id);
      return viewOf(kept);
    },
  };
}
export type WorkTable = ReturnType<typeof createWork>;
