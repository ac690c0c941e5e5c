/** Keeping a child running, with real processes: what must be done again before it starts again. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { Supervised } from "../../agent/supervise.ts";

const DEADLINE_MS = 20_000;
const folder = mkdtempSync(join(tmpdir(), "wardtap-supervise-"));
let child: Supervised | undefined;
afterEach(async () => {
  await child?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!holds() && Date.now() < deadline) await sleep(20);
  expect(holds()).toBe(true);
}

test("a child whose port can't be silenced again stays ended until it can", async () => {
  const said: string[] = [];
  child = new Supervised("sniffer", [process.execPath, "-e", "process.exit(3)"], (line) => said.push(line));
  const endings = () => said.filter((line) => line.includes("ended (exit code 3)")).length;
  const endingsAtTries: number[] = [];
  child.beforeRestart = () => {
    endingsAtTries.push(endings());
    if (endingsAtTries.length === 1) throw new Error("the port is gone");
  };
  child.start();
  await until(() => endings() === 2);
  // Both tries came after the first end: the one that failed started nothing.
  expect(endingsAtTries).toEqual([1, 1]);
  expect(said[1]).toMatch(/^the port is gone; trying again in \d+ s$/);
});
