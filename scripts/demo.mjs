/** `npm run demo`: sets up what is missing, then shows a ward's devices on the console's live page. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { root, setUp } from "./setup.mjs";

if (process.argv.includes("--help")) {
  console.log(`npm run demo                   until Ctrl-C
npm run demo -- --seconds 60   stops by itself
npm run demo -- --port 9000    another port for the page

As root on Linux it builds a small ward of real programs in network namespaces and captures it live.
Without root it plays a recorded capture at its own pace. Nothing stays behind.`);
  process.exit(0);
}
const isRoot = process.getuid?.() === 0 && process.platform === "linux";
setUp(isRoot ? ["install", "demo"] : ["install"]);
const child = spawn(process.execPath, [join(root, "dist/tests/ward/demo.js"), ...process.argv.slice(2)], {
  stdio: "inherit",
});
// The demo hears Ctrl-C itself and cleans up; this parent only waits for it.
for (const signal of ["SIGINT", "SIGHUP"]) process.on(signal, () => undefined);
process.on("SIGTERM", () => child.kill("SIGTERM"));
child.once("exit", (code) => process.exit(code ?? 1));
