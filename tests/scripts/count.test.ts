/** The closing line of .ci/run comes from vitest's own report, and nothing bad passes for good. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { repositoryRoot } from "../support/built.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wardtap-count-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const file = (status: string, tests: number) => ({ status, assertionResults: Array(tests).fill({ status }) });

function count(report: string) {
  const path = join(folder, "tests.json");
  writeFileSync(path, report);
  const done = spawnSync(process.execPath, [join(repositoryRoot(), ".ci/count.mjs"), path], { encoding: "utf8" });
  return { line: done.stdout, code: done.status };
}

test("all passed: says how many, exit code 0", () => {
  const report = { success: true, numPassedTests: 12, numFailedTests: 0, testResults: [file("passed", 12)] };
  expect(count(JSON.stringify(report))).toEqual({ line: "12 passed, 0 failed\n", code: 0 });
});

test("a failed test is counted, exit code 1", () => {
  const report = { success: false, numPassedTests: 11, numFailedTests: 1, testResults: [file("failed", 12)] };
  expect(count(JSON.stringify(report))).toEqual({ line: "11 passed, 1 failed\n", code: 1 });
});

test("a file that could not be loaded counts as a failure", () => {
  const testResults = [file("passed", 3), file("failed", 0)];
  const report = { success: false, numPassedTests: 3, numFailedTests: 0, testResults };
  expect(count(JSON.stringify(report))).toEqual({ line: "3 passed, 1 failed\n", code: 1 });
});

test("an error outside any test fails the run although every test passed", () => {
  const report = { success: false, numPassedTests: 3, numFailedTests: 0, testResults: [file("passed", 3)] };
  expect(count(JSON.stringify(report))).toEqual({ line: "3 passed, 0 failed\n", code: 1 });
});

test("no test at all is a failure", () => {
  const report = { success: true, numPassedTests: 0, numFailedTests: 0, testResults: [] };
  expect(count(JSON.stringify(report)).code).toBe(1);
});

test("a report that is missing or cut short still gives the line, and exit code 1", () => {
  expect(count('{"success":true,"numPass')).toEqual({ line: "0 passed, 0 failed\n", code: 1 });
});
