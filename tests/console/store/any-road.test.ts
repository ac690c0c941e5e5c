/** The register after any sequence of cuts, repeats, reorders and restarts equals what one uninterrupted session gives. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Ledger, openLedger } from "../../../agent/ledger/ledger.ts";
import { type RowChange, tombstone } from "../../../agent/ledger/rows.ts";
import { openEngine } from "../../../console/store/engine.ts";
import type { Batch, SyncStore } from "../../../console/store/store.ts";
import { temporaryFolder } from "../../uplink/support/temporary.ts";
import { AT, alias, device, evidence, finding, period } from "../../uplink/support/ward-rows.ts";

const IDS = ["dev-a", "dev-b", "dev-c", "dev-d"];
const FINDINGS = ["fnd-1", "fnd-2", "fnd-3"];
const id = fc.constantFrom(...IDS);
const findingId = fc.constantFrom(...FINDINGS);
const time = fc
  .integer({ min: 0, max: 59 })
  .map((minute) => `2026-05-01T12:${String(minute).padStart(2, "0")}:00.000000Z`);

const change: fc.Arbitrary<RowChange> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(id, fc.constantFrom("A", "B", "C")).map(([of, model]) => device(of, { model })) },
  { weight: 2, arbitrary: fc.tuple(id, id).map(([of, to]) => alias(of, to)) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(findingId, fc.option(id, { nil: null }), fc.constantFrom("open", "resolved"))
      .map(([of, about, state]) => finding(of, about, { state })),
  },
  { weight: 3, arbitrary: fc.tuple(id, time).map(([of, seen]) => period(of, AT, seen)) },
  { weight: 1, arbitrary: id.map((of) => evidence(of, "hl7.prt.16", "Plum")) },
  { weight: 2, arbitrary: id.map((of) => tombstone("device", of, AT)) },
  { weight: 1, arbitrary: id.map((of) => tombstone("alias", of, AT)) },
  { weight: 1, arbitrary: findingId.map((of) => tombstone("finding", of, AT)) },
);

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("write" as const),
      changes: fc.array(change, { minLength: 1, maxLength: 6 }),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("send" as const), rows: fc.integer({ min: 1, max: 4 }) }) },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant("deliver" as const), which: fc.nat(7), backwards: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("repeat" as const), which: fc.nat(7) }) },
  { weight: 2, arbitrary: fc.constant({ do: "cut" as const }) },
  { weight: 1, arbitrary: fc.constant({ do: "restart" as const }) },
  { weight: 1, arbitrary: fc.constant({ do: "new-ledger" as const }) },
);

/** A tap's side of a session without a socket: what is on the wire is a list. */
function speak(ledger: Ledger, engine: () => SyncStore) {
  let sentTo = 0;
  let onTheWire: Batch[] = [];
  return {
    hello() {
      onTheWire = [];
      const { ledgerId } = ledger;
      sentTo = engine().howFarIsLedger({
        tapId: "t",
        name: "T",
        version: "1",
        ledgerId,
        revision: ledger.revision(),
        at: AT,
      }).revision;
    },
    send(limit: number): boolean {
      const revision = ledger.revision();
      if (sentTo >= revision) return false;
      const rows = ledger.rowsAbove(sentTo, limit).map((row) => ({ ...row }));
      const upTo = rows.length < limit ? revision : rows.at(-1)!.revision;
      onTheWire.push({ tapId: "t", ledgerId: ledger.ledgerId, rows, after: sentTo, upTo, at: AT });
      sentTo = upTo;
      return true;
    },
    deliver(which: number, options: { backwards?: boolean; keep?: boolean } = {}) {
      const at = onTheWire.length > 0 ? which % onTheWire.length : -1;
      const batch = onTheWire[at];
      if (!batch) return;
      if (!options.keep) onTheWire.splice(at, 1);
      const rows = options.backwards ? [...batch.rows].reverse() : batch.rows;
      engine().whatDoRowsChange({ ...batch, rows });
    },
    /** Everything there is, in order. */
    finish() {
      while (onTheWire.length > 0) this.deliver(0);
      while (this.send(500)) this.deliver(0);
    },
  };
}

function all(engine: SyncStore) {
  const keys = [
    ...IDS.flatMap(
      (of) =>
        [
          ["device", of],
          ["alias", of],
          ["period", `${of} ${AT}`],
        ] as const,
    ),
    ...FINDINGS.map((of) => ["finding", of] as const),
  ];
  return {
    devices: engine.whichDevices(100),
    findings: engine.whichFindings(100),
    rows: keys.map(([kind, key]) => engine.whatDidTapSend("t", kind, key)),
  };
}

test("any road leads to the same register", () => {
  const folder = temporaryFolder();
  let run = 0;
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 60, size: "max" }), (steps) => {
      run++;
      const at = (name: string) => join(folder, String(run), name);
      const ledger = openLedger(at("ledger/ledger.db"), { clock: () => Date.UTC(2026, 4, 1, 13) * 1000 });
      let rough = openEngine(at("rough"));
      const smooth = openEngine(at("smooth"));
      try {
        const roughSession = speak(ledger, () => rough);
        const smoothSession = speak(ledger, () => smooth);
        smoothSession.hello();
        roughSession.hello();
        for (const each of steps) {
          if (each.do === "write") {
            ledger.write(each.changes);
            smoothSession.finish();
          } else if (each.do === "send") roughSession.send(each.rows);
          else if (each.do === "deliver") roughSession.deliver(each.which, { backwards: each.backwards });
          else if (each.do === "repeat") roughSession.deliver(each.which, { keep: true });
          else if (each.do === "new-ledger") {
            ledger.replaceLedgerId();
            smoothSession.hello();
            smoothSession.finish();
            roughSession.hello();
          } else {
            if (each.do === "restart") {
              rough.close();
              rough = openEngine(at("rough"));
            }
            roughSession.hello();
          }
        }
        roughSession.finish();
        // A gap that was filled late is acknowledged late: the next session closes it.
        roughSession.hello();
        roughSession.finish();
        expect(all(rough)).toEqual(all(smooth));
      } finally {
        rough.close();
        smooth.close();
        ledger.close();
        rmSync(join(folder, String(run)), { recursive: true, force: true });
      }
    }),
    { numRuns: 60 },
  );
});
