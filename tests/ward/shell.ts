/** Runs the ward's own set-up commands outside any host, with a time limit. */
import { execFile } from "node:child_process";

/** Set-up commands are quick; one that hangs (a stuck kernel lock) fails the ward instead of hanging the tests. */
const MAX_SETUP_MS = 30_000;

/** Runs a program and gives its standard output; rejects with its error output when it fails. */
export function runAsHost(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, [...args], { timeout: MAX_SETUP_MS }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${command} ${args[0] ?? ""}: ${stderr.trim() || error.message}`));
      else resolve(stdout);
    });
  });
}

/** Runs lines of shell, stopping at the first that fails. */
export async function runShell(script: string): Promise<void> {
  await runAsHost("/bin/sh", ["-euc", script]);
}
