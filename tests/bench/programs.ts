/** The programs that are measured: how each is told to read a capture file, and how it says its version. */
import { spawnSync } from "node:child_process";
import { accessSync, constants, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

export interface Program {
  name: string;
  command(capture: string): string[];
  version: string;
  /** Throws when the output shows that not all frames were read. */
  check?(outputPath: string, frames: number): void;
  /** Reads only so many frames, in one round: it is too slow for more. */
  onlyFrames?: number;
}

/** tshark prints its line per frame, without names looked up: without any output it would not dissect at all. */
const TSHARK_FRAMES = 100_000;

const PEERS: readonly { name: string; words: (capture: string) => string[]; package: string; onlyFrames?: number }[] = [
  { name: "prads", words: (capture) => ["-r", capture, "-l", "/dev/null"], package: "prads" },
  { name: "ndpiReader", words: (capture) => ["-q", "-i", capture], package: "libndpi-bin" },
  { name: "tshark", words: (capture) => ["-n", "-r", capture], package: "tshark", onlyFrames: TSHARK_FRAMES },
];

/** wardtap as built in `root`. Throws when it isn't built. */
export function wardtapIn(root: string, name: string): Program {
  const cli = join(root, "dist/agent/cli.js");
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, "--version"], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${cli} does not run: ${stderr.trim().split("\n").pop()}`);
  return {
    name,
    version: [stdout.trim(), commitOf(root), `Node ${process.versions.node}`].filter(Boolean).join(", "),
    command: (capture) => [process.execPath, cli, "replay", capture, "--json"],
    check(outputPath, frames) {
      const { capture } = JSON.parse(readFileSync(outputPath, "utf8")) as { capture: { frames: number } };
      if (capture.frames !== frames) throw new Error(`${name} read ${capture.frames} of ${frames} frames`);
    },
  };
}

/** Peers found on the search path, and the names of those that are missing with their Debian packages. */
export function findPeers(): { found: Program[]; missing: string[] } {
  const found: Program[] = [];
  const missing: string[] = [];
  for (const { name, words, package: debian, onlyFrames } of PEERS) {
    if (!isOnPath(name)) missing.push(`${name} (package ${debian})`);
    else {
      const command = (capture: string) => [name, ...words(capture)];
      found.push({ name, command, version: versionOf(name), ...(onlyFrames === undefined ? {} : { onlyFrames }) });
    }
  }
  return { found, missing };
}

/** Each asked by words it surely knows: a peer that doesn't know a word may begin to listen on a live port. */
function versionOf(name: string): string {
  const ask: Record<string, string[]> = {
    tshark: ["--version"],
    ndpiReader: ["-h"],
    prads: ["-r", "/dev/null", "-l", "/dev/null"],
  };
  const { stdout, stderr } = spawnSync(name, ask[name], { encoding: "utf8", timeout: 10_000 });
  return /(?:nDPI|prads|TShark[^\d]*) ?(\d+(?:\.\d+)+)/.exec(`${stdout}${stderr}`)?.[1] ?? "version unknown";
}

function commitOf(root: string): string {
  const git = (...words: string[]) => spawnSync("git", ["-C", root, ...words], { encoding: "utf8" });
  const head = git("rev-parse", "--short", "HEAD");
  if (head.status !== 0) return "";
  return `commit ${head.stdout.trim()}${git("status", "--porcelain", "-uno", "agent").stdout === "" ? "" : " with changes"}`;
}

function isOnPath(name: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return folder !== "";
    } catch {
      return false;
    }
  });
}
