/** What tests of a ward look for after it closed. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { WARD_MARK } from "./process.ts";
import { TEMPORARY_PREFIX } from "./reaper.ts";

/** What a ward left behind: namespaces, processes that carry its mark, temporary folders. */
export function leftovers(prefix: string): string[] {
  const namespaces = execFileSync("ip", ["netns", "list"], { encoding: "utf8" }).split("\n");
  const processes = readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/environ`, "latin1").includes(`${WARD_MARK}=${prefix}\0`);
    } catch {
      return false;
    }
  });
  const folders = readdirSync(tmpdir()).filter((name) => name.startsWith(`${TEMPORARY_PREFIX}${prefix.slice(3)}-`));
  return [...namespaces.filter((name) => name.startsWith(`${prefix}-`)), ...processes, ...folders];
}
