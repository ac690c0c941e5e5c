import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { openLedger } from "../../agent/ledger/ledger.ts";
import { openSqlite } from "../../agent/sqlite.ts";
import { builtPath } from "../support/built.ts";
import { clock, temporaryFolder } from "./support.ts";

const WRITER = fileURLToPath(new URL("children/writer.mjs", import.meta.url));
const KILLS = 50;
const ROWS_PER_BATCH = 20;
const LONGEST_LIFE_MS = 60;

/** Lets a writer live for a moment, kills it, and returns the lines it managed to say. */
function liveAndDie(path: string, fromStart: boolean): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [WRITER, pathToFileURL(builtPath("agent/ledger/ledger.js")).href, path], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    let trouble = "";
    const die = () => setTimeout(() => child.kill("SIGKILL"), Math.random() * LONGEST_LIFE_MS);
    // Half of them die anywhere from their first moment, half once they write.
    if (fromStart) setTimeout(die, Math.random() * 3 * LONGEST_LIFE_MS);
    else child.stdout.once("data", die);
    child.stdout.on("data", (text) => {
      said += text;
    });
    child.stderr.on("data", (text) => {
      trouble += text;
    });
    child.on("close", (_, signal) => {
      if (signal === "SIGKILL") resolve(said.split("\n").slice(0, -1));
      else reject(new Error(`the writer ended by itself: ${trouble}`));
    });
  });
}

test("a writer killed 50 times under load loses no acknowledged row and leaves a whole ledger", {
  timeout: 180_000,
}, async () => {
  const path = join(temporaryFolder(), "ledger.db");
  let acknowledged = 0;
  let revisionTold = 0;
  let lives = 0;
  for (let kill = 1; kill <= KILLS; kill++) {
    const lines = await liveAndDie(path, kill % 2 === 0);
    if (lines.length > 0) lives++;
    expect(lines.filter((line) => line.startsWith("repaired"))).toEqual([]);
    for (const line of lines) {
      const [, batch, revision] = line.split(" ");
      acknowledged = Math.max(acknowledged, Number(batch));
      revisionTold = Math.max(revisionTold, Number(revision));
    }
    if (existsSync(path)) check(path, acknowledged, revisionTold);
  }
  expect(lives).toBeGreaterThanOrEqual(KILLS / 2);
  expect(acknowledged).toBeGreaterThan(KILLS);
});

function check(path: string, acknowledged: number, revisionTold: number) {
  const ledger = openLedger(path, { clock });
  try {
    expect(ledger.repaired).toBeNull();
    const latest = Number(ledger.get("device", "latest")?.body.batch ?? 0);
    // The last batch may be committed and not yet told; more than one can't.
    expect(latest - acknowledged).toBeOneOf([0, 1]);
    expect(ledger.revision()).toBeGreaterThanOrEqual(revisionTold);
    const rows = new Map<number, number>();
    for (const { body } of ledger.iterate("evidence")) {
      expect(body.text).toBe("x".repeat((Number(body.batch) * 7 + Number(body.n) * 131) % 900));
      rows.set(Number(body.batch), (rows.get(Number(body.batch)) ?? 0) + 1);
    }
    expect([...rows.values()].every((count) => count === ROWS_PER_BATCH)).toBe(true);
    expect(rows.size).toBe(latest);
  } finally {
    ledger.close();
  }
  const db = openSqlite(path, { readonly: true });
  expect(db.pragma("integrity_check", { simple: true })).toBe("ok");
  db.close();
}
