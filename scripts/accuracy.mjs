/** `npm run accuracy`: sets up what is missing, then measures how often wardtap is right. */
import { join } from "node:path";
import { root, run, setUp } from "./setup.mjs";

if (!process.argv.includes("--help")) setUp(["install"], console.error);
run(process.execPath, [join(root, "dist/tests/accuracy/run.js"), ...process.argv.slice(2)]);
