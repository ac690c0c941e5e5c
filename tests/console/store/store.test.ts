/** The store in its thread: errors cross as sentences, one owner per folder, bounds hold, closing is clean. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { openSqlite } from "../../../agent/sqlite.ts";
import { MAX_FEED_ITEMS, MAX_LEDGERS_PER_TAP, type Store } from "../../../console/store/store.ts";
import { openStore } from "../../../console/store/worker-store.ts";
import { temporaryFolder } from "../../uplink/support/temporary.ts";
import { AT, alias, device, finding } from "../../uplink/support/ward-rows.ts";
import { type Built, buildConsoleFiles } from "../support/build.ts";

let built: Built;
beforeAll(async () => {
  built = await buildConsoleFiles();
});
afterAll(() => built.remove());

async function open(folder = temporaryFolder()): Promise<Store> {
  const store = await openStore({ folder, worker: built.worker });
  onTestFinished(() => store.close());
  return store;
}
const ledgerOf = (digit: string) => digit.repeat(32);
const greet = (store: Store, ledgerId: string, revision: number) =>
  store.howFarIsLedger({ tapId: "t", name: "T", version: "1", ledgerId, revision, at: AT });
const send = (store: Store, ledgerId: string, changes: object[], from = 1) => {
  const rows = changes.map((change, index) => ({ version: 1, revision: from + index, ...change })) as never[];
  return store.whatDoRowsChange({ tapId: "t", ledgerId, rows, after: from - 1, upTo: from + rows.length - 1, at: AT });
};

test("rows of a ledger that was never greeted are refused by name", async () => {
  const store = await open();
  await expect(send(store, ledgerOf("a"), [device("dev-1")])).rejects.toMatchObject({ code: "unknown-ledger" });
});

test("what was acknowledged is there after closing and opening again", async () => {
  const folder = temporaryFolder();
  const first = await open(folder);
  await greet(first, ledgerOf("a"), 2);
  await send(first, ledgerOf("a"), [device("dev-1"), finding("fnd-1", "dev-1")]);
  await first.close();
  const second = await open(folder);
  expect(await greet(second, ledgerOf("a"), 2)).toMatchObject({ revision: 2, devices: [] });
  expect(await second.whichDevices(10)).toMatchObject([{ deviceId: "dev-1", openFindings: 1 }]);
});

test("a second console on the same folder is told so", async () => {
  const folder = temporaryFolder();
  await open(folder);
  await expect(open(folder)).rejects.toThrow(`Another console is using the data folder ${folder}.`);
});

test("data of a newer console and files that are no database are refused, not overwritten", async () => {
  const newer = temporaryFolder();
  const database = openSqlite(join(newer, "console.db"));
  database.pragma("user_version = 99");
  database.close();
  await expect(open(newer)).rejects.toThrow("written by a newer wardtap");
  const other = temporaryFolder();
  writeFileSync(join(other, "console.db"), "no database at all, but long enough to look like one".repeat(100));
  await expect(open(other)).rejects.toMatchObject({ code: "failed" });
  const folder = temporaryFolder();
  mkdirSync(join(folder, "console.db"));
  await expect(open(folder)).rejects.toMatchObject({ code: "failed" });
});

test("after closing every question is answered with closed, and closing twice is fine", async () => {
  const store = await open();
  await Promise.all([store.close(), store.close()]);
  await expect(store.whichTaps()).rejects.toMatchObject({ code: "closed" });
});

test("questions asked before closing are answered", async () => {
  const store = await open();
  const asked = store.whichTaps();
  await store.close();
  expect(await asked).toEqual([]);
});

test("the feed keeps the newest and its numbers only rise", async () => {
  const store = await open();
  const item = { at: AT, tapId: "t", kind: "tap-gone" as const, deviceId: null, text: "gone" };
  const added = await Promise.all(Array.from({ length: MAX_FEED_ITEMS + 20 }, () => store.rememberFeedItem(item)));
  const kept = await store.whatHappenedLast(MAX_FEED_ITEMS * 2);
  expect(kept).toHaveLength(MAX_FEED_ITEMS);
  expect(kept[0]?.number).toBe(added.at(-1)?.number);
  expect(kept.at(-1)?.number).toBe(added[20]?.number);
});

test("until a new ledger has been received in full, the old one's devices stay", async () => {
  const store = await open();
  await greet(store, ledgerOf("a"), 2);
  await send(store, ledgerOf("a"), [device("dev-1", { model: "old" }), device("dev-2")]);
  const before = await store.whichDevices(10);
  await greet(store, ledgerOf("b"), 2);
  await send(store, ledgerOf("b"), [device("dev-1", { model: "new" })]);
  expect((await store.whichDevices(10)).map((each) => [each.deviceId, each.model]).sort()).toEqual([
    ["dev-1", "new"],
    ["dev-2", "Plum A+"],
  ]);
  const last = await send(store, ledgerOf("b"), [device("dev-3")], 2);
  const id = (deviceId: string) => before.find((each) => each.deviceId === deviceId)?.registerId;
  expect(last.gone).toEqual([id("dev-2")]);
  const after = await store.whichDevices(10);
  expect(after.map((each) => each.deviceId).sort()).toEqual(["dev-1", "dev-3"]);
  expect(after.find((each) => each.deviceId === "dev-1")?.registerId).toBe(id("dev-1"));
});

test("a tap that turns to ledger after ledger fills no disk, and keeps the one that was whole", async () => {
  const folder = temporaryFolder();
  const store = await open(folder);
  await greet(store, ledgerOf("0"), 1);
  await send(store, ledgerOf("0"), [device("dev-whole")]);
  for (const digit of "123456789") {
    await greet(store, ledgerOf(digit), 1000);
    await send(store, ledgerOf(digit), [device(`dev-${digit}`)]);
  }
  expect((await store.whichDevices(10)).map((each) => each.deviceId)).toContain("dev-whole");
  await store.close();
  const database = openSqlite(join(folder, "console.db"), { readonly: true });
  expect(database.prepare("SELECT count(*) FROM ledgers").pluck().get()).toBe(MAX_LEDGERS_PER_TAP);
  expect(database.prepare("SELECT count(DISTINCT ledger) FROM rows").pluck().get()).toBe(MAX_LEDGERS_PER_TAP);
  database.close();
});

test("aliases in a circle or a long chain end, and hide no device for good", async () => {
  const store = await open();
  await greet(store, ledgerOf("a"), 1000);
  const chain = Array.from({ length: 200 }, (_, index) => alias(`dev-${index}`, `dev-${index + 1}`));
  await send(store, ledgerOf("a"), [
    device("x"),
    device("y"),
    alias("x", "y"),
    alias("y", "x"),
    device("dev-0"),
    ...chain,
  ]);
  expect((await store.whichDevices(10)).map((each) => each.deviceId).sort()).toEqual(["dev-0", "x"]);
});

test("rows may come before the device they speak of", async () => {
  const store = await open();
  await greet(store, ledgerOf("a"), 3);
  const early = await send(store, ledgerOf("a"), [finding("fnd-1", "dev-1"), alias("dev-0", "dev-1")]);
  expect(early).toMatchObject({ devices: [], findings: [{ findingId: "fnd-1" }] });
  const late = await send(store, ledgerOf("a"), [device("dev-1")], 3);
  expect(late.devices).toMatchObject([{ deviceId: "dev-1", openFindings: 1 }]);
});
