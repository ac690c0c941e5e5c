/** Where the ward's own small programs lie: plain JavaScript in the source tree, also when the ward runs from dist/. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Full path of a file in tests/ward/programs; throws when the source tree is not there. */
export function programPath(name: string): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    const path = join(folder, "tests", "ward", "programs", name);
    if (existsSync(path)) return path;
  }
  throw new Error(`tests/ward/programs/${name} not found: the ward needs the source tree`);
}
