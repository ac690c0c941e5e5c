/** What people ask of taps: kept before it is sent, once, in order, over restarts, within bounds. */
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { openEngine } from "../../../console/store/engine.ts";
import { MAX_WORK_WAITING, type NewWork, type Store, type SyncStore } from "../../../console/store/store.ts";
import { openStore } from "../../../console/store/worker-store.ts";
import { temporaryFolder } from "../../uplink/support/temporary.ts";
import { AT, device, finding } from "../../uplink/support/ward-rows.ts";
import { type Built, buildConsoleFiles } from "../support/build.ts";

let built: Built;
beforeAll(async () => {
  built = await buildConsoleFiles();
});
afterAll(() => built.remove());

const LEDGER = "a".repeat(32);

/** A store with one tap, one pump and one finding, whose register id it gives. */
async function withFinding(folder = temporaryFolder()): Promise<{ store: Store; registerId: string }> {
  const store = await openStore({ folder, worker: built.worker });
  onTestFinished(() => store.close());
  await store.howFarIsLedger({ tapId: "t", name: "T", version: "1", ledgerId: LEDGER, revision: 2, at: AT });
  const rows = [device("dev-1"), finding("fnd-1", "dev-1")].map((row, index) => ({
    ...row,
    version: 1,
    revision: index + 1,
  }));
  await store.whatDoRowsChange({ tapId: "t", ledgerId: LEDGER, rows, after: 0, upTo: 2, at: AT });
  const [found] = await store.whichFindings(1);
  return { store, registerId: found?.registerId ?? "" };
}
const work = (registerId: string, id: string, change: Partial<NewWork> = {}): NewWork => ({
  id,
  registerId,
  action: "acknowledge",
  by: "A. Engineer",
  at: AT,
  ...change,
});

test("what is asked waits, and is there after a restart", async () => {
  const folder = temporaryFolder();
  const { store, registerId } = await withFinding(folder);
  const asked = await store.keepWork(work(registerId, "w-1", { reason: "Being looked at" }));
  expect(asked).toMatchObject({ again: false, work: { id: "w-1", state: "waiting", by: "A. Engineer", tapId: "t" } });
  await store.close();
  const again = await openStore({ folder, worker: built.worker });
  onTestFinished(() => again.close());
  expect(await again.whichWorkWaits(10)).toEqual([asked.work]);
  expect(await again.whatIsKnownOfFinding(registerId)).toMatchObject({ asked: [asked.work] });
});

test("the same id twice is kept once, as it was asked the first time", async () => {
  const { store, registerId } = await withFinding();
  await store.keepWork(work(registerId, "w-1"));
  const again = await store.keepWork(work(registerId, "w-1", { action: "resolve" }));
  expect(again).toMatchObject({ again: true, work: { action: "acknowledge" } });
  expect(await store.whichWorkWaits(10)).toHaveLength(1);
});

test("a tap is given the oldest until it has answered that one", async () => {
  const { store, registerId } = await withFinding();
  await store.keepWork(work(registerId, "w-1"));
  await store.keepWork(work(registerId, "w-2", { action: "reopen" }));
  expect(await store.whatShallTapDo("t", AT)).toMatchObject({ id: "w-1" });
  expect(await store.whatShallTapDo("t", AT)).toMatchObject({ id: "w-1" });
  expect(await store.keepAnswer("w-1", "done", "It is acknowledged now.", AT)).toMatchObject({ state: "done" });
  expect(await store.whatShallTapDo("t", AT)).toMatchObject({ id: "w-2" });
  expect(await store.keepAnswer("w-2", "refused", "No.", AT)).toMatchObject({ state: "refused", message: "No." });
  expect(await store.whatShallTapDo("t", AT)).toBeNull();
  expect(await store.whatShallTapDo("another", AT)).toBeNull();
});

test("an answer counts once", async () => {
  const { store, registerId } = await withFinding();
  await store.keepWork(work(registerId, "w-1"));
  await store.keepAnswer("w-1", "done", "", AT);
  expect(await store.keepAnswer("w-1", "refused", "late", AT)).toBeNull();
  expect(await store.keepAnswer("never-asked", "done", "", AT)).toBeNull();
});

test("what was never sent can be taken back, what was sent can't", async () => {
  const { store, registerId } = await withFinding();
  await store.keepWork(work(registerId, "w-1"));
  expect(await store.withdrawWork("w-1", AT)).toMatchObject({ state: "withdrawn" });
  expect(await store.whatShallTapDo("t", AT)).toBeNull();
  await store.keepWork(work(registerId, "w-2"));
  await store.whatShallTapDo("t", AT);
  expect(await store.withdrawWork("w-2", AT)).toBeNull();
  expect(await store.withdrawWork("no-such", AT)).toBeNull();
});

test("work on a finding that the register doesn't have is refused by name", async () => {
  const { store } = await withFinding();
  await expect(store.keepWork(work("fin-none", "w-1"))).rejects.toMatchObject({ code: "unknown-finding" });
});

test("past the limit the next is refused, and what waits stays", async () => {
  const engine: SyncStore = openEngine(temporaryFolder());
  onTestFinished(() => engine.close());
  engine.howFarIsLedger({ tapId: "t", name: "T", version: "1", ledgerId: LEDGER, revision: 1, at: AT });
  const rows = [{ ...finding("fnd-1", null), version: 1, revision: 1 }];
  engine.whatDoRowsChange({ tapId: "t", ledgerId: LEDGER, rows, after: 0, upTo: 1, at: AT });
  const registerId = engine.whichFindings(1)[0]?.registerId ?? "";
  for (let count = 0; count < MAX_WORK_WAITING; count++) engine.keepWork(work(registerId, `w-${count}`));
  expect(() => engine.keepWork(work(registerId, "one-more"))).toThrow(expect.objectContaining({ code: "limit" }));
  expect(engine.whichWorkWaits(MAX_WORK_WAITING + 1)).toHaveLength(MAX_WORK_WAITING);
});
