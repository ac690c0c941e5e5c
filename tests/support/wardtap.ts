/** Runs the built `wardtap` command as people do: a process of its own, its words and its exit code. */
import { type ChildProcess, spawn } from "node:child_process";
import { builtPath } from "./built.ts";

export interface Finished {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  stdin?: Buffer | "closed";
  env?: NodeJS.ProcessEnv;
  /** Put before the node binary, e.g. setpriv and its words. */
  before?: readonly string[];
  cwd?: string;
}

const MAX_OUTPUT_BYTES = 64 << 20;
/** A command that should have ended is killed, so that a failing test leaves no process behind. */
const MAX_RUN_MS = 100_000;

export function startWardtap(words: readonly string[], options: RunOptions = {}): ChildProcess {
  const [program, ...rest] = [...(options.before ?? []), process.execPath, builtPath("agent/cli.js"), ...words] as [
    string,
    ...string[],
  ];
  return spawn(program, rest, {
    stdio: [options.stdin === undefined || options.stdin === "closed" ? "ignore" : "pipe", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1", ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
}

/** Resolves when it is gone; its output must fit in 64 MiB. */
export async function wardtap(words: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const child = startWardtap(words, options);
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  let bytes = 0;
  const keep = (list: Buffer[]) => (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= MAX_OUTPUT_BYTES) list.push(chunk);
    else child.kill("SIGKILL");
  };
  child.stdout?.on("data", keep(out));
  child.stderr?.on("data", keep(err));
  const timer = setTimeout(() => child.kill("SIGKILL"), MAX_RUN_MS);
  // A command that refuses its input may be gone before it has read it.
  child.stdin?.on("error", () => undefined);
  if (Buffer.isBuffer(options.stdin)) child.stdin?.end(options.stdin);
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode, by) => resolve([exitCode, by]));
  });
  clearTimeout(timer);
  return { code, signal, stdout: Buffer.concat(out).toString("utf8"), stderr: Buffer.concat(err).toString("utf8") };
}

/** What no person should ever be shown. */
export const STACK_TRACE = /\n\s+at .+:\d+:\d+|node:internal|ERR_[A-Z_]+|\bundefined\b|\[object /;
