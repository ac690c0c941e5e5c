/** A dead agent goes dark: what lights-off does with the lines the agent left on record. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const LIGHTS_OFF = join(import.meta.dirname, "../../systemd/lights-off");
let sysfs: string;
beforeEach(() => {
  sysfs = mkdtempSync(join(tmpdir(), "wardtap-dark-"));
  writeFileSync(join(sysfs, "unexport"), "");
});
afterEach(() => {
  rmSync(sysfs, { recursive: true, force: true });
});

function line(number: number, direction: string, value: string): () => string {
  const folder = join(sysfs, `gpio${number}`);
  mkdirSync(folder);
  writeFileSync(join(folder, "direction"), `${direction}\n`);
  writeFileSync(join(folder, "value"), value);
  return () => readFileSync(join(folder, "value"), "utf8").trim();
}
function darken(record: string): number | null {
  const path = join(sysfs, "record");
  writeFileSync(path, record);
  return spawnSync("sh", [LIGHTS_OFF, path, sysfs]).status;
}

test("lit LEDs on record go dark and the record goes", () => {
  const lines = [529, 539].map((number) => line(number, "out", "1"));
  expect(darken("529\n539\n")).toBe(0);
  expect(lines.map((value) => value())).toEqual(["0", "0"]);
  expect(existsSync(join(sysfs, "record"))).toBe(false);
});

test("lines that are not on record, and the button, are left alone", () => {
  const other = line(530, "out", "1");
  const button = line(517, "in", "1");
  darken("517\n");
  expect([other(), button()]).toEqual(["1", "1"]);
});

test("a record of nonsense does no harm", () => {
  const outside = line(1, "out", "1");
  expect(darken("../gpio1\n-1\n1 \n99999999999\n$(reboot)\n\n")).toBe(0);
  expect(outside()).toBe("1");
});

test("without a record there is nothing to do", () => {
  expect(spawnSync("sh", [LIGHTS_OFF, join(sysfs, "none"), sysfs]).status).toBe(0);
});
