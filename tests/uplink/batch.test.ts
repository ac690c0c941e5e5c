/** Batches cut out of a real ledger fit one message and together hold everything. */
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openLedger } from "../../agent/ledger/ledger.ts";
import { tombstone } from "../../agent/ledger/rows.ts";
import { nextBatch } from "../../agent/uplink/batch.ts";
import { MAX_MESSAGE_BYTES, MAX_ROWS_PER_MESSAGE, readMessage, rowsSchema } from "../../agent/uplink/messages.ts";
import { temporaryFolder } from "./support/temporary.ts";
import { AT, device } from "./support/ward-rows.ts";

function ledgerWith(...batches: Parameters<ReturnType<typeof openLedger>["write"]>[0][]) {
  const ledger = openLedger(join(temporaryFolder(), "ledger.db"), { clock: () => Date.UTC(2026, 4, 1) * 1000 });
  onTestFinished(() => ledger.close());
  for (const batch of batches) ledger.write(batch);
  return ledger;
}
const read = (text: string) => {
  const checked = readMessage(rowsSchema, text);
  if ("problem" in checked) throw new Error(checked.problem);
  return checked.message;
};

test("an empty ledger has no batch", () => {
  expect(nextBatch(ledgerWith(), 0)).toBeUndefined();
});

test("many rows are cut by number, and nothing is left out", () => {
  const ledger = ledgerWith(Array.from({ length: MAX_ROWS_PER_MESSAGE * 2 + 1 }, (_, index) => device(`dev-${index}`)));
  const sizes: number[] = [];
  let after = 0;
  for (let batch = nextBatch(ledger, 0); batch; batch = nextBatch(ledger, after)) {
    expect(read(batch.text)).toMatchObject({ after, upTo: batch.upTo });
    sizes.push(batch.rows);
    after = batch.upTo;
  }
  expect(sizes).toEqual([MAX_ROWS_PER_MESSAGE, MAX_ROWS_PER_MESSAGE, 1]);
  expect(after).toBe(ledger.revision());
});

test("large rows are cut by bytes, whatever their characters weigh", () => {
  const why = "病".repeat(100_000);
  const ledger = ledgerWith(Array.from({ length: 10 }, (_, index) => device(`dev-${index}`, { why })));
  let after = 0;
  let rows = 0;
  for (let batch = nextBatch(ledger, 0); batch; batch = nextBatch(ledger, after)) {
    expect(Buffer.byteLength(batch.text)).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
    rows += batch.rows;
    after = batch.upTo;
  }
  expect(rows).toBe(10);
});

test("a row that fits no message goes without its body and says so", () => {
  const row = {
    kind: "device" as const,
    key: "dev-1",
    revision: 1,
    version: 1,
    body: { why: "x".repeat(MAX_MESSAGE_BYTES) },
  };
  const ledger = {
    ledgerId: "0".repeat(32),
    ackedRevision: 0,
    revision: () => 1,
    rowsAbove: () => [row],
    backlog: () => 1,
  };
  const batch = nextBatch(ledger, 0)!;
  expect(batch.tooLarge).toBe(1);
  expect(read(batch.text).rows[0]).toMatchObject({ key: "dev-1", body: { tooLargeBytes: expect.any(Number) } });
});

test("revisions whose rows are gone count as sent", () => {
  const ledger = ledgerWith([device("dev-1")], [device("dev-1", { model: "B" })], [tombstone("device", "dev-1", AT)]);
  const batch = nextBatch(ledger, 0)!;
  expect(batch).toMatchObject({ rows: 1, upTo: 3 });
  expect(nextBatch(ledger, batch.upTo)).toBeUndefined();
});
