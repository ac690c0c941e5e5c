/** Clears a ward away when its maker closes it, dies or runs out of time; and wards whose maker died long ago. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runAsHost, runShell } from "./shell.ts";

/** A ward's temporary folder is called this, then the maker's process id, a dash and random letters. */
export const TEMPORARY_PREFIX = "wardtap-ward-";
const NAMESPACE = /^wt-(\d+)-/;

/** Shell function: ends every process in the ward's namespaces, then removes the namespaces. */
const REAP = `
reap() {
  for namespace in $(ip netns list | cut -d' ' -f1 | grep "^$1-[a-z]"); do
    for pid in $(ip netns pids "$namespace"); do kill -9 "$pid" 2>/dev/null || true; done
    ip netns del "$namespace" || true
  done
}
`;

/**
 * A small shell process in a session of its own, holding one end of a pipe. The pipe closes when the maker lets go or
 * dies in whatever way, even by kill -9; then (or when the time is over) the reaper takes the ward down.
 */
export class WardReaper {
  readonly #shell: ChildProcess;
  readonly #ended: Promise<void>;

  constructor(prefix: string, folder: string, lifetimeSeconds: number) {
    const script = `${REAP}
trap '' INT TERM HUP
timeout "$3" cat >/dev/null || true
reap "$1"
rm -rf "$2"
`;
    this.#shell = spawn("/bin/sh", ["-uc", script, "wardtap-reaper", prefix, folder, String(lifetimeSeconds)], {
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
      cwd: "/",
    });
    this.#ended = new Promise((resolve) => {
      this.#shell.on("close", () => resolve());
      this.#shell.on("error", () => resolve());
    });
    // A forgotten ward must not keep the maker's process from ending.
    this.#shell.stdin?.on("error", () => {});
    (this.#shell.stdin as unknown as { unref?: () => void } | null)?.unref?.();
    this.#shell.unref();
  }

  /** Takes the ward down and waits until that is done. */
  async reap(): Promise<void> {
    this.#shell.ref();
    this.#shell.stdin?.end();
    await this.#ended;
  }
}

/** Removes namespaces and folders of wards whose maker no longer runs (a power cut, or a reaper that was killed). */
export async function sweepDeadWards(): Promise<void> {
  const list = await runAsHost("ip", ["netns", "list"]);
  const dead = new Set<string>();
  for (const line of list.split("\n")) {
    const pid = NAMESPACE.exec(line)?.[1];
    if (pid && !existsSync(`/proc/${pid}`)) dead.add(pid);
  }
  for (const pid of dead) await runShell(`${REAP}\nreap wt-${pid}`);

  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(TEMPORARY_PREFIX)) continue;
    const pid = name.slice(TEMPORARY_PREFIX.length).split("-")[0] ?? "";
    if (/^\d+$/.test(pid) && !existsSync(`/proc/${pid}`))
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}
