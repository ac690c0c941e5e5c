/** Silences a mirror port before listening: no addresses, no IPv6, no ARP, nothing that the system could send. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CommandError } from "./commands/output.ts";

/** In the source tree the script is one level up, seen from dist two. */
const SCRIPT = ["../systemd/mirror-up", "../../systemd/mirror-up"]
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .find(existsSync);

/** Throws a plain sentence when the port can't be silenced: then nothing may listen on it. Needs root. */
export function prepareMirrorPort(port: string): void {
  if (SCRIPT === undefined) throw new CommandError("systemd/mirror-up is missing from this installation.");
  const done = spawnSync("sh", [SCRIPT, port], { encoding: "utf8" });
  if (done.status === 0) return;
  throw new CommandError(
    `The mirror port ${port} can't be made silent: ${(done.stderr || done.error?.message || "").trim()}`,
  );
}
