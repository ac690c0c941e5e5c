/** Copies what the compiler leaves behind (SQL, knowledge data) into dist/, next to the code that reads it, and bundles the command. */
import { chmodSync, copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleCommand } from "./bundle.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const ROOMS = ["agent", "console", "hardware", "tests/ward", "tests/support"];
const ENDINGS = [".sql", ".json", ".txt", ".dump"];

for (const room of ROOMS) {
  for (const entry of readdirSync(join(root, room), { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath ?? entry.path, entry.name);
    if (
      !entry.isFile() ||
      path.includes("page") ||
      !ENDINGS.some((ending) => entry.name.endsWith(ending)) ||
      entry.name === "tsconfig.json"
    )
      continue;
    const target = join(root, "dist", path.slice(root.length + 1));
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(path, target);
  }
}
await bundleCommand();
chmodSync(join(root, "dist/agent/cli.js"), 0o755);
