/** Rows in SQLite: what may get a new revision, what a tombstone does, and how rows are read back. */
import { randomBytes } from "node:crypto";
import type { Database, Statement } from "../sqlite.ts";
import { type Drops, MAX_BODY_LENGTH, MAX_KEY_LENGTH, MAX_ROWS_READ } from "./bounds.ts";
import { canonicalJson } from "./canonical.ts";
import { asLedgerError, LedgerError } from "./error.ts";
import type { Ledger, Written } from "./ledger.ts";
import { prepareRows } from "./row-statements.ts";
import { isRowKind, ROW_VERSION, type Row, type RowChange, type RowKind, rowKey, tombstone } from "./rows.ts";
import { Trimmer } from "./trim.ts";

const PAGE_ROWS = 500;

interface StoredRow {
  revision: number;
  kind: RowKind;
  key: string;
  version: number;
  body: string;
}
interface About {
  path: string;
  clock: () => number;
  repaired: string | null;
  closed: () => void;
}

/** 32 hex digits. */
export const newLedgerId = () => randomBytes(16).toString("hex");

export class RowStore implements Ledger {
  readonly path: string;
  readonly repaired: string | null;
  readonly #db: Database;
  readonly #closed: () => void;
  readonly #trimmer: Trimmer;
  readonly #statements: ReturnType<typeof prepareRows>;

  constructor(db: Database, { path, clock, repaired, closed }: About) {
    this.#db = db;
    this.path = path;
    this.repaired = repaired;
    this.#closed = closed;
    this.#statements = prepareRows(db);
    this.#trimmer = new Trimmer(db, clock);
  }

  get ledgerId(): string {
    return this.#do(() => String(this.#statements.meta.get("ledgerId")));
  }

  replaceLedgerId(): string {
    const id = newLedgerId();
    this.#transaction(() => {
      this.#statements.setMeta.run("ledgerId", id);
      this.#statements.setMeta.run("ackedRevision", 0);
    });
    return id;
  }

  write(changes: Iterable<RowChange>): Written {
    const written = this.#transaction(() => {
      const before = this.#number("revision");
      let revision = before;
      let refused = 0;
      this.#trimmer.begin();
      for (const change of changes) {
        const outcome = this.#apply(change, revision + 1);
        if (outcome === "written") revision++;
        else if (outcome === "refused") refused++;
      }
      if (revision !== before) this.#statements.setMeta.run("revision", revision);
      this.#trimmer.end(refused);
      return { revision, written: revision - before, refused };
    });
    this.#trimmer.committed();
    return written;
  }

  remove(kind: RowKind, key: string, at: string): Written {
    return this.write([tombstone(kind, key, at)]);
  }

  #apply(change: RowChange, revision: number): "written" | "same" | "refused" {
    const { kind, key } = change;
    const body = readBody(change);
    if (body === null) return "refused";
    if (kind === "tombstone" && !this.#bury(change)) return "same";
    const version = ROW_VERSION[kind];
    const old = this.#statements.find.get(kind, key) as StoredRow | undefined;
    if (old === undefined) {
      if (!this.#trimmer.admit(kind, key)) return "refused";
    } else if (old.body === body && old.version === version) return "same";
    this.#statements.put.run(revision, kind, key, version, body);
    // A row that comes back takes its tombstone away: the latest state of a key is told once.
    if (old === undefined && kind !== "tombstone") this.#erase("tombstone", rowKey(kind, key));
    return "written";
  }

  /** False when there is nothing to bury: then no tombstone is written either. */
  #bury({ body }: RowChange): boolean {
    return this.#erase(body.kind as RowKind, String(body.key));
  }

  #erase(kind: RowKind, key: string): boolean {
    const gone = this.#statements.erase.run(kind, key).changes > 0;
    if (gone) this.#trimmer.left(kind);
    return gone;
  }

  rowsAbove(revision: number, limit: number): Row[] {
    const most = Math.max(0, Math.min(Math.trunc(limit) || 0, MAX_ROWS_READ));
    return this.#rows(this.#statements.above, Number.isFinite(revision) ? revision : 0, most);
  }

  get(kind: RowKind, key: string): Row | undefined {
    return this.#rows(this.#statements.find, kind, key)[0];
  }

  list(kind: RowKind, deviceId?: string): Row[] {
    if (deviceId === undefined) return [...this.iterate(kind)];
    return this.#rows(this.#statements.about, kind, ...keysAbout(deviceId));
  }

  lastOf(kind: RowKind, deviceId: string): Row | undefined {
    return this.#rows(this.#statements.lastAbout, kind, ...keysAbout(deviceId))[0];
  }

  *iterate(kind: RowKind): IterableIterator<Row> {
    let after = "";
    for (;;) {
      const page = this.#rows(this.#statements.page, kind, after, PAGE_ROWS);
      yield* page;
      const last = page.at(-1);
      if (last === undefined) return;
      after = last.key;
    }
  }

  count(kind: RowKind): number {
    return this.#do(() => Number(this.#statements.count.get(kind)));
  }

  revision(): number {
    return this.#do(() => this.#number("revision"));
  }

  get ackedRevision(): number {
    return this.#do(() => this.#number("ackedRevision"));
  }

  set ackedRevision(revision: number) {
    this.#transaction(() => {
      const clamped = Math.max(0, Math.min(Math.trunc(revision) || 0, this.#number("revision")));
      if (clamped !== this.#number("ackedRevision")) this.#statements.setMeta.run("ackedRevision", clamped);
    });
  }

  backlog(): number {
    return this.#do(() => Number(this.#statements.backlog.get(this.#number("ackedRevision"))));
  }

  drops(): Drops {
    const counted = (name: string) => this.#do(() => this.#number(name));
    return {
      periodsDropped: counted("periodsDropped"),
      evidenceDropped: counted("evidenceDropped"),
      servicesDropped: counted("servicesDropped"),
      peersDropped: counted("peersDropped"),
      tombstonesDropped: counted("tombstonesDropped"),
      unsent: counted("unsent"),
      rowsRefused: counted("rowsRefused"),
    };
  }

  close(): void {
    if (!this.#db.open) return;
    this.#db.close();
    this.#closed();
  }

  #number(name: string): number {
    return Number(this.#statements.meta.get(name) ?? 0);
  }

  #rows(statement: Statement, ...values: unknown[]): Row[] {
    return this.#do(() => (statement.all(...values) as StoredRow[]).map((row) => this.#read(row)));
  }

  #read(row: StoredRow): Row {
    try {
      return { ...row, body: JSON.parse(row.body) };
    } catch (error) {
      throw new LedgerError(
        "corrupt",
        `The ledger is damaged: row ${row.revision} can't be read. (${this.path})`,
        error,
      );
    }
  }

  #do<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw asLedgerError(error, this.path);
    }
  }

  /** better-sqlite3 rolls back when `work` or the commit throws. */
  #transaction<T>(work: () => T): T {
    if (this.#db.readonly) throw new LedgerError("read-only", `This ledger was opened for reading. (${this.path})`);
    return this.#do(() => this.#db.transaction(work).immediate());
  }
}

/** The body as it will be kept; null for what has no place in the ledger. */
function readBody({ kind, key, body }: RowChange): string | null {
  if (!isRowKind(kind) || key.length === 0 || key.length > MAX_KEY_LENGTH) return null;
  if (kind === "tombstone" && (!isRowKind(body.kind) || body.kind === "tombstone" || typeof body.key !== "string"))
    return null;
  try {
    const text = canonicalJson(body);
    return text.length > MAX_BODY_LENGTH ? null : text;
  } catch {
    return null;
  }
}

/** Keys about a device begin with its id and a space; "!" is the character after the space. */
const keysAbout = (deviceId: string) => [`${rowKey(deviceId)} `, `${rowKey(deviceId)}!`];
