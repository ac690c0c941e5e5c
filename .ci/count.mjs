/** Prints one line from vitest's own JSON report: how many tests passed and failed. Exits 1 unless some ran and none failed. */
import { readFileSync } from "node:fs";

let passed = 0;
let failed = 0;
let isWhole = false;
try {
  const report = JSON.parse(readFileSync(process.argv[2], "utf8"));
  // A file that could not even be loaded has no tests to count, but it failed.
  const unloaded = report.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
  passed = report.numPassedTests;
  failed = report.numFailedTests + unloaded.length;
  isWhole = report.success;
} catch (error) {
  console.error(`There is no report of the tests: ${error.message}`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = isWhole && passed > 0 && failed === 0 ? 0 : 1;
