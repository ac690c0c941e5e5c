import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Ledger, openLedger } from "../../agent/ledger/ledger.ts";
import { type Row, type RowChange, rowKey, tombstone } from "../../agent/ledger/rows.ts";
import { clock, NOON, opened, row, temporaryFolder } from "./support.ts";

test("each row of a batch gets a revision of its own, in order", () => {
  const ledger = opened();
  expect(ledger.write([row("a"), row("b")])).toEqual({ revision: 2, written: 2, refused: 0 });
  expect(ledger.rowsAbove(0, 10).map(({ key, revision }) => [key, revision])).toEqual([
    ["a", 1],
    ["b", 2],
  ]);
});

test("what says the same as before gets no new revision", () => {
  const ledger = opened();
  ledger.write([row("a", { maker: "Hospira", ips: ["10.0.0.1"] })]);
  expect(ledger.write([row("a", { ips: ["10.0.0.1"], maker: "Hospira", model: undefined })]).written).toBe(0);
  expect(ledger.revision()).toBe(1);
});

test("a changed row moves above the others", () => {
  const ledger = opened();
  ledger.write([row("a"), row("b")]);
  ledger.write([row("a", { maker: "Hospira" })]);
  expect(ledger.rowsAbove(0, 10).map(({ key }) => key)).toEqual(["b", "a"]);
  expect(ledger.rowsAbove(2, 10).map(({ key }) => key)).toEqual(["a"]);
});

test("a row is read back as it was written, with its version", () => {
  const ledger = opened();
  const body = { names: ["ward \ud800 7", "\u0000", "ü"], nested: { a: [1, null, true] }, confidence: 0.93 };
  ledger.write([row("a b%20", body)]);
  expect(ledger.get("device", "a b%20")).toEqual({ kind: "device", key: "a b%20", revision: 1, version: 1, body });
});

test("one key in two kinds is two rows", () => {
  const ledger = opened();
  ledger.write([row("a", { x: 1 }), { kind: "finding", key: "a", body: { x: 2 } }]);
  expect(ledger.get("device", "a")?.body).toEqual({ x: 1 });
  expect(ledger.get("finding", "a")?.body).toEqual({ x: 2 });
});

describe("tombstones", () => {
  test("a removed row leaves a tombstone in its place", () => {
    const ledger = opened();
    ledger.write([row("a b")]);
    expect(ledger.remove("device", "a b", NOON)).toEqual({ revision: 2, written: 1, refused: 0 });
    expect(ledger.get("device", "a b")).toBeUndefined();
    expect(ledger.rowsAbove(0, 10)).toEqual([
      {
        kind: "tombstone",
        key: rowKey("device", "a b"),
        revision: 2,
        version: 1,
        body: { kind: "device", key: "a b", at: NOON },
      },
    ]);
  });

  test("removing what isn't there says nothing", () => {
    const ledger = opened();
    ledger.write([row("a")]);
    ledger.remove("device", "a", NOON);
    expect(ledger.remove("device", "a", "2027-01-01T00:00:00.000000Z").written).toBe(0);
    expect(ledger.remove("peer", "never", NOON).written).toBe(0);
  });

  test("a row that comes back takes its tombstone away", () => {
    const ledger = opened();
    ledger.write([row("a")]);
    ledger.remove("device", "a", NOON);
    ledger.write([row("a")]);
    expect(ledger.rowsAbove(0, 10).map(({ kind, revision }) => [kind, revision])).toEqual([["device", 3]]);
  });

  test("a tombstone that names no row kind is turned away", () => {
    const ledger = opened();
    const body = { kind: "rows; DROP TABLE rows", key: "a", at: NOON };
    expect(ledger.write([{ kind: "tombstone", key: "x", body }])).toMatchObject({ written: 0, refused: 1 });
  });
});

describe("reading", () => {
  test("rows about a device are found by its id, not by ids that begin alike", () => {
    const ledger = opened();
    const about = (id: string): RowChange => ({ kind: "evidence", key: rowKey(id, "arp", "x"), body: {} });
    ledger.write([about("dev-1"), about("dev-10"), about("dev 1")]);
    expect(ledger.list("evidence", "dev-1").map(({ key }) => key)).toEqual(["dev-1 arp x"]);
    expect(ledger.list("evidence", "dev 1").map(({ key }) => key)).toEqual(["dev%201 arp x"]);
  });

  test("the last hour of a device is found without reading the others", () => {
    const ledger = opened();
    const hour = (at: string): RowChange => ({ kind: "period", key: rowKey("d", at), body: { at, hourAt: at } });
    ledger.write([hour("2026-05-01T11:00:00.000000Z"), hour("2026-05-01T09:00:00.000000Z")]);
    expect(ledger.lastOf("period", "d")?.body.at).toBe("2026-05-01T11:00:00.000000Z");
    expect(ledger.lastOf("period", "e")).toBeUndefined();
  });

  test("a kind of many pages is walked whole while rows are written", () => {
    const ledger = opened();
    const keys = Array.from({ length: 1200 }, (_, n) => `k${String(n).padStart(4, "0")}`);
    ledger.write(keys.map((key) => row(key)));
    const walked: string[] = [];
    for (const { key } of ledger.iterate("device")) {
      walked.push(key);
      if (walked.length % 500 === 0) ledger.write([row("a", { n: walked.length })]);
    }
    expect(walked).toEqual(keys);
  });

  test("senseless limits and revisions give no rows rather than all", () => {
    const ledger = opened();
    ledger.write([row("a")]);
    for (const limit of [0, -1, Number.NaN]) expect(ledger.rowsAbove(0, limit)).toEqual([]);
    expect(ledger.rowsAbove(Number.MAX_SAFE_INTEGER, 5)).toEqual([]);
  });
});

describe("what has no place in the ledger", () => {
  test.each<[string, RowChange]>([
    ["a kind nobody knows", { kind: "patient" as never, key: "a", body: {} }],
    ["a key without end", row("k".repeat(3000))],
    ["a body without end", row("a", { text: "x".repeat(300_000) })],
    ["a body nested without end", row("a", nested(5000))],
    ["a body that isn't JSON", row("a", { n: 1n })],
  ])("%s is turned away and counted, and the rest of the batch is kept", (_, bad) => {
    const ledger = opened();
    expect(ledger.write([row("good"), bad, row("better")])).toEqual({ revision: 2, written: 2, refused: 1 });
    expect(ledger.drops().rowsRefused).toBe(1);
  });
});

describe("what the console has acknowledged", () => {
  test("outlives the process", () => {
    const path = `${temporaryFolder()}/ledger.db`;
    const first = opened(path);
    first.write([row("a"), row("b"), row("c")]);
    first.ackedRevision = 2;
    first.close();
    const second = opened(path);
    expect(second.ackedRevision).toBe(2);
    expect(second.backlog()).toBe(1);
  });

  test("is never more than there is", () => {
    const ledger = opened();
    ledger.write([row("a")]);
    for (const [said, kept] of [
      [1e300, 1],
      [-5, 0],
      [Number.NaN, 0],
    ] as const) {
      ledger.ackedRevision = said;
      expect(ledger.ackedRevision).toBe(kept);
    }
  });

  test("is forgotten with the ledger's id", () => {
    const ledger = opened();
    ledger.write([row("a")]);
    ledger.ackedRevision = 1;
    const before = ledger.ledgerId;
    expect(before).toMatch(/^[0-9a-f]{32}$/);
    expect(ledger.replaceLedgerId()).toBe(ledger.ledgerId);
    expect(ledger.ledgerId).toMatch(/^[0-9a-f]{32}$/);
    expect(ledger.ledgerId).not.toBe(before);
    expect(ledger.ackedRevision).toBe(0);
  });
});

type Step = { put: number; body: number } | { remove: number };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ put: fc.nat(7), body: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ remove: fc.nat(7) }) },
);

/** A console, as plainly as one can: the latest word on each key. */
class Listener {
  rows = new Map<string, Row>();
  has = 0;
  hear(rows: Row[]) {
    for (const one of rows) {
      const target = one.kind === "tombstone" ? rowKey(String(one.body.kind), String(one.body.key)) : undefined;
      const key = target ?? rowKey(one.kind, one.key);
      const held = this.rows.get(key);
      if (held && held.revision > one.revision) continue;
      this.rows.set(key, one);
      this.has = Math.max(this.has, one.revision);
    }
  }
  state = () => stateOf([...this.rows.values()]);
}
const stateOf = (rows: Row[]) =>
  Object.fromEntries(
    rows.filter(({ kind }) => kind !== "tombstone").map(({ kind, key, body }) => [`${kind} ${key}`, body]),
  );

test("whoever asks for rows above what it has, however cut and repeated, ends with the ledger's state", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({ steps: fc.array(step, { maxLength: 6 }), ask: fc.nat(4), lost: fc.boolean(), again: fc.nat(20) }),
        {
          maxLength: 12,
        },
      ),
      (rounds) => {
        const folder = mkdtempSync(join(tmpdir(), "wardtap-ledger-"));
        const ledger = openLedger(`${folder}/ledger.db`, { clock });
        try {
          const listener = new Listener();
          for (const { steps, ask, lost, again } of rounds) {
            ledger.write(steps.map(changeOf));
            const rows = ledger.rowsAbove(listener.has, ask);
            if (!lost) listener.hear(rows);
            // A repeat from further back, as after a restart of either end.
            if (again > 15)
              listener.hear(
                ledger
                  .rowsAbove(0, 3)
                  .slice(0, 1)
                  .filter((one) => one.revision <= listener.has),
              );
          }
          catchUp(listener, ledger);
          expect(listener.state()).toEqual(stateOf([...ledger.iterate("device"), ...ledger.iterate("finding")]));
        } finally {
          ledger.close();
          rmSync(folder, { recursive: true });
        }
      },
    ),
    { numRuns: 60 },
  );
});

function catchUp(listener: Listener, ledger: Ledger) {
  for (let rows = ledger.rowsAbove(listener.has, 2); rows.length > 0; rows = ledger.rowsAbove(listener.has, 2))
    listener.hear(rows);
}

function changeOf(one: Step): RowChange {
  const kind = ("put" in one ? one.put : one.remove) % 2 === 0 ? "device" : "finding";
  if ("remove" in one) return tombstone(kind, `k ${one.remove}`, NOON);
  return { kind, key: `k ${one.put}`, body: { n: one.body } };
}

function nested(depth: number): Record<string, unknown> {
  let body: Record<string, unknown> = {};
  for (let n = 0; n < depth; n++) body = { body };
  return body;
}
