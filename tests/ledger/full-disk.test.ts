import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openLedger } from "../../agent/ledger/ledger.ts";
import { builtPath } from "../support/built.ts";
import { clock, row, temporaryFolder } from "./support.ts";

const FILLER = fileURLToPath(new URL("children/full-disk.mjs", import.meta.url));
const isRoot = process.getuid?.() === 0;
const mustRun = process.env.CI === "true";

/** A disk of 1 MiB that only the child sees: mounted in a mount namespace of its own, gone when it ends. */
function onSmallDisk(folder: string) {
  const script = 'mount -t tmpfs -o size=1m tmpfs "$1" && exec "$2" "$3" "$4" "$1"';
  const args = [
    "-m",
    "sh",
    "-c",
    script,
    "sh",
    folder,
    process.execPath,
    FILLER,
    pathToFileURL(builtPath("agent/ledger/ledger.js")).href,
  ];
  const child = spawnSync("unshare", args, { encoding: "utf8", timeout: 60_000 });
  if (child.status !== 0) throw new Error(`the child failed: ${child.error?.message ?? child.stderr}`);
  return JSON.parse(child.stdout);
}

describe.skipIf(!isRoot && !mustRun)("a full disk (needs root)", () => {
  // biome-ignore lint/suspicious/noExplicitAny: what the child said, checked field by field below.
  let said: any;
  beforeAll(() => {
    const folder = mkdtempSync(join(tmpdir(), "wardtap-ledger-"));
    try {
      said = onSmallDisk(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("a batch that doesn't fit is refused in plain words", () => {
    expect(said.failed).toMatchObject({ name: "LedgerError", code: "full" });
    expect(said.failed.message).toContain("The disk is full");
    expect(said.again.code).toBe("full");
  });

  test("nothing of that batch is written, and everything before it is", () => {
    expect(said.batches).toBeGreaterThan(5);
    expect(said.atFull).toEqual({ count: (said.batches - 1) * 10, revision: (said.batches - 1) * 10, half: null });
  });

  test("a batch that says nothing new needs no space", () => {
    expect(said.sameAgain).toEqual({ result: 0 });
  });

  test("a ledger opened on a full disk is never taken for a damaged one", () => {
    if (said.reopened.code) expect(said.reopened.code).toBe("full");
    else expect(said.reopened.result).toEqual({ repaired: null, ...said.atFull });
    expect(said.freed).toEqual({ repaired: null, ...said.atFull });
  });

  test("writing goes on where it stopped once there is space", () => {
    expect(said.written).toEqual({ revision: said.batches * 10, written: 10, refused: 0 });
    expect(said.after).toEqual({ count: said.batches * 10, revision: said.batches * 10 });
  });
});

test("a folder that can't be made is said in plain words", () => {
  expect(() => openLedger("/proc/wardtap/ledger.db", { clock })).toThrow(/The ledger/);
});

test("a ledger with a size limit reached mid-batch keeps none of the batch and goes on when it is lifted", async () => {
  const { openSqlite } = await import("../../agent/sqlite.ts");
  const { RowStore } = await import("../../agent/ledger/row-store.ts");
  const path = join(temporaryFolder(), "ledger.db");
  openLedger(path, { clock }).close();
  const db = openSqlite(path);
  const ledger = new RowStore(db, { path, clock, repaired: null, closed: () => undefined });
  onTestFinished(() => ledger.close());
  const big = Array.from({ length: 100 }, (_, n) => row(`d${n}`, { text: "x".repeat(1000) }));
  db.pragma(`max_page_count = ${Number(db.pragma("page_count", { simple: true })) + 5}`);
  expect(() => ledger.write(big)).toThrow("The disk is full");
  expect([ledger.count("device"), ledger.revision()]).toEqual([0, 0]);
  db.pragma("max_page_count = 100000");
  expect(ledger.write(big)).toEqual({ revision: 100, written: 100, refused: 0 });
});
