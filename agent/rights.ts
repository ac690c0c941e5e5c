/** Starts a program with only the rights it needs, by util-linux's setpriv: Node can't give up capabilities itself. */
import { spawnSync } from "node:child_process";
import { CommandError } from "./commands/output.ts";

/** Linux capabilities to keep; all others are gone for good, for children too. */
export type Rights = readonly string[];

export const SNIFFER_RIGHTS: Rights = ["net_raw"];
export const AGENT_RIGHTS: Rights = [];

/** The command line to run. Without root there is nothing to take away: the command stays as it is. */
export function withRights(rights: Rights, command: readonly string[]): string[] {
  if (process.getuid?.() !== 0 || process.platform !== "linux") return [...command];
  if (spawnSync("setpriv", ["--version"]).error !== undefined) {
    throw new CommandError(
      "setpriv (package util-linux) is missing: without it both processes would run with all of root's rights.",
    );
  }
  const kept = rights.map((right) => `,+${right}`).join("");
  // With the one who started them gone nobody would restart or end them: they end too.
  return [
    "setpriv",
    "--pdeathsig",
    "TERM",
    "--no-new-privs",
    `--bounding-set=-all${kept}`,
    `--inh-caps=-all${kept}`,
    ...command,
  ];
}
