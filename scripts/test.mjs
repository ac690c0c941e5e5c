/** `npm test`: sets up what is missing and runs every test; further words go to vitest (npm test -- tests/decode). */
import { run, setUp } from "./setup.mjs";

if (process.argv.includes("--help")) {
  console.log(`npm test                    every test (as root also those in network namespaces)
npm test -- tests/decode    only some
Captures for further tests: WARDTAP_SHARED=folder (default ../shared).`);
  process.exit(0);
}
const missing = setUp(["install", "demo", "test"]);
if (missing.length > 0) console.log(`Tests that need these will be skipped by name: ${missing.join(", ")}`);
run("npx", ["vitest", "run", "--configLoader", "runner", ...process.argv.slice(2)]);
