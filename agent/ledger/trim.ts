/** Keeps the ledger within its bounds while a batch is written, and counts what that costs. */
import type { Database } from "../sqlite.ts";
import { isoMicros } from "../time.ts";
import { BOUNDS, MAX_AGED_OUT_PER_WRITE, MAX_PERIOD_AGE_DAYS } from "./bounds.ts";
import { ROW_KINDS, type RowKind } from "./rows.ts";

const DAY_MICROS = 24 * 3600 * 1_000_000;

/** Called inside the write's transaction: begin, then admit and left per row, then end; and committed after it. */
export class Trimmer {
  readonly #clock: () => number;
  readonly #statements: ReturnType<typeof prepare>;
  /** Rows of each kind; a failed write may leave it wrong, so `begin` counts again after one. */
  #counts = new Map<RowKind, number>();
  #trusted = false;
  #grown = new Set<RowKind>();
  /** kind → ids of devices that got a new row of that kind. */
  #devices = new Map<RowKind, Set<string>>();

  constructor(db: Database, clock: () => number) {
    this.#clock = clock;
    this.#statements = prepare(db);
  }

  begin(): void {
    if (!this.#trusted) for (const kind of ROW_KINDS) this.#counts.set(kind, Number(this.#statements.count.get(kind)));
    this.#trusted = false;
    this.#grown.clear();
    this.#devices.clear();
  }

  /** Whether a new row of this kind may be written. */
  admit(kind: RowKind, key: string): boolean {
    const bound = BOUNDS[kind];
    const count = this.#counts.get(kind) ?? 0;
    if (bound.atLimit === "turn-away" && count >= bound.total) return false;
    this.#counts.set(kind, count + 1);
    this.#grown.add(kind);
    if (bound.perDevice !== undefined) {
      const devices = this.#devices.get(kind) ?? new Set();
      this.#devices.set(kind, devices.add(key.slice(0, key.indexOf(" ") + 1)));
    }
    return true;
  }

  left(kind: RowKind): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 1) - 1);
  }

  end(refused: number): void {
    for (const [kind, devices] of this.#devices)
      for (const device of devices) this.#drop(kind, this.#overPerDevice(kind, device));
    for (const kind of this.#grown) this.#drop(kind, this.#overTotal(kind));
    if (this.#grown.has("period")) this.#drop("period", this.#aged());
    this.#count("rowsRefused", refused);
  }

  /** The transaction held: the counts in memory are right. */
  committed(): void {
    this.#trusted = true;
  }

  #overPerDevice(kind: RowKind, device: string): number[] {
    const end = `${device.slice(0, -1)}!`;
    const count = Number(this.#statements.countAbout.get(kind, device, end));
    const over = count - (BOUNDS[kind].perDevice ?? count);
    return over > 0 ? (this.#statements.oldestAbout.all(kind, device, end, over) as number[]) : [];
  }

  #overTotal(kind: RowKind): number[] {
    const over = (this.#counts.get(kind) ?? 0) - BOUNDS[kind].total;
    return over > 0 ? (this.#statements.oldest.all(kind, over) as number[]) : [];
  }

  #aged(): number[] {
    const limit = isoMicros(this.#clock() - MAX_PERIOD_AGE_DAYS * DAY_MICROS);
    return this.#statements.aged.all(MAX_AGED_OUT_PER_WRITE, limit) as number[];
  }

  #drop(kind: RowKind, revisions: number[]): void {
    if (revisions.length === 0) return;
    const acked = Number(this.#statements.acked.get() ?? 0);
    for (const revision of revisions) {
      this.#statements.erase.run(revision);
      this.left(kind);
    }
    this.#count(BOUNDS[kind].count, revisions.length);
    this.#count("unsent", revisions.filter((revision) => revision > acked).length);
  }

  #count(name: string, more: number): void {
    if (more > 0) this.#statements.count1.run(name, more);
  }
}

const prepare = (db: Database) => ({
  count: db.prepare("SELECT count(*) FROM rows WHERE kind = ?").pluck(),
  countAbout: db.prepare("SELECT count(*) FROM rows WHERE kind = ? AND key >= ? AND key < ?").pluck(),
  oldest: db.prepare("SELECT revision FROM rows WHERE kind = ? ORDER BY revision LIMIT ?").pluck(),
  // By when it was first seen, not written, so that the ledger and the presenter cut at the same place.
  oldestAbout: db
    .prepare(
      `SELECT revision FROM rows WHERE kind = ? AND key >= ? AND key < ?
       ORDER BY json_extract(body, '$.firstSeenAt'), key LIMIT ?`,
    )
    .pluck(),
  aged: db
    .prepare(
      `SELECT revision FROM (SELECT revision, body FROM rows WHERE kind = 'period' ORDER BY revision LIMIT ?)
       WHERE json_extract(body, '$.hourAt') < ?`,
    )
    .pluck(),
  erase: db.prepare("DELETE FROM rows WHERE revision = ?"),
  acked: db.prepare("SELECT value FROM meta WHERE name = 'ackedRevision'").pluck(),
  count1: db.prepare(
    "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = value + excluded.value",
  ),
});
