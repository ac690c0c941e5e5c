/** The demo: console and tap on this machine, a ward to listen to, the page's address and the four lights. */
import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { makeFifo } from "../../agent/pipe/reader.ts";
import { AGENT_RIGHTS, SNIFFER_RIGHTS, withRights } from "../../agent/rights.ts";
import { repositoryRoot } from "../support/built.ts";
import { runWardDay, wardDayOptions } from "./script.ts";
import { buildWard, type Ward } from "./ward.ts";

const MAX_SECONDS = 6 * 3600;
const FIRST_PORT = 8080;
const PORTS_TRIED = 20;
const STOP_MS = 10_000;

const dist = (path: string) => join(repositoryRoot(), "dist", path);
const cli = dist("agent/cli.js");
const isRoot = process.getuid?.() === 0 && process.platform === "linux";

const { values } = parseArgs({ options: { seconds: { type: "string" }, port: { type: "string" } } });
const seconds = Math.min(MAX_SECONDS, Number(values.seconds ?? MAX_SECONDS));
if (!(seconds > 0) || (values.port !== undefined && !/^\d{1,5}$/.test(values.port))) {
  process.stderr.write("demo: --seconds and --port take a number\n");
  process.exit(2);
}

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop.abort());

const folder = mkdtempSync(join(tmpdir(), "wardtap-demo-"));
const log = createWriteStream(join(folder, "log.txt"));
const children: ChildProcess[] = [];
let ward: Ward | undefined;
let exitCode = 0;
try {
  await demo();
} catch (error) {
  if (!stop.signal.aborted) {
    exitCode = 1;
    process.stderr.write(`\nThe demo stopped: ${(error as Error).message}\n`);
  }
} finally {
  stop.abort();
  for (const child of [...children].reverse()) await end(child);
  await ward?.close();
  log.end();
  rmSync(folder, { recursive: true, force: true });
  process.stdout.write("\nThe demo is over; nothing of it is left.\n");
}
process.exit(exitCode);

async function demo(): Promise<void> {
  const port = await startConsole();
  process.stdout.write(`\nThe console's live page:  http://127.0.0.1:${port}/\n`);
  process.stdout.write(
    isRoot
      ? "A ward of real programs in network namespaces is captured live.\n"
      : "Not root: a recorded capture is played at its own pace.\n",
  );
  process.stdout.write("Devices arrive one after the other. Ctrl-C ends the demo.\n\nThe four lights of the tap:\n");
  const pipes = join(folder, "pipes");
  const [name, sniffer] = isRoot ? await wardSniffer(pipes) : ["recording", recordingPlayer(pipes)];
  startAgent(name, pipes, port);
  start("sniffer", sniffer);
  if (ward !== undefined) {
    await runWardDay(ward, {
      seconds,
      signal: stop.signal,
      onTrouble: (trouble) => log.write(`ward: ${String(trouble)}\n`),
    });
  } else await sleep(seconds * 1000, undefined, { signal: stop.signal });
}

async function startConsole(): Promise<number> {
  const wanted =
    values.port === undefined ? Array.from({ length: PORTS_TRIED }, (_, i) => FIRST_PORT + i) : [Number(values.port)];
  for (const port of wanted) {
    const child = spawn(
      process.execPath,
      [dist("console/main.js"), "--port", String(port), "--data", join(folder, "console"), "--log", "warn"],
      {
        stdio: ["ignore", "pipe", "pipe"],
        detached: true,
      },
    );
    let complaint = "";
    child.stderr.on("data", (chunk: Buffer) => {
      complaint += chunk.toString();
      log.write(chunk);
    });
    const address = await Promise.race([
      new Promise<string>((resolve) => createInterface({ input: child.stdout }).once("line", resolve)),
      new Promise<undefined>((resolve) => child.once("exit", () => resolve(undefined))),
    ]);
    if (address !== undefined) {
      children.push(child);
      watch("console", child);
      return Number(new URL(/http:\/\/\S+/.exec(address)?.[0] ?? `http://127.0.0.1:${port}/`).port);
    }
    if (!complaint.includes("already in use") || values.port !== undefined)
      throw new Error(complaint.trim() || "the console did not start");
  }
  throw new Error(`ports ${FIRST_PORT} to ${FIRST_PORT + PORTS_TRIED - 1} are all in use; choose one with --port`);
}

/** The sniffer alone stands in the tap's namespace, where the mirror port is. */
async function wardSniffer(pipes: string): Promise<[string, string[]]> {
  ward = await buildWard({ ...wardDayOptions, lifetimeSeconds: Math.min(MAX_SECONDS, seconds + 60) });
  const port = ward.mirrorInterface;
  const pipe = join(pipes, `observations-${port}`);
  makeFifo(pipe);
  const sniff = [process.execPath, cli, "sniff", "--interface", port, "--pipe", pipe, "--source", "auto"];
  return [port, ["ip", "netns", "exec", ward.tapNamespace, ...withRights(SNIFFER_RIGHTS, sniff)]];
}

function recordingPlayer(pipes: string): string[] {
  const pipe = join(pipes, "observations-recording");
  makeFifo(pipe);
  return [process.execPath, dist("tests/ward/play.js"), join(repositoryRoot(), "tests/captures/ward.pcap"), pipe];
}

function startAgent(port: string, pipes: string, consolePort: number): void {
  const config = join(folder, "wardtap.toml");
  writeFileSync(
    config,
    `[tap]\nid = "demo"\nname = "Ward 7 (demo)"\n[capture]\ninterfaces = ["${port}"]\npipeDirectory = "${pipes}"\n` +
      `[ledger]\npath = "${join(folder, "tap", "ledger.db")}"\n[uplink]\nurl = "ws://127.0.0.1:${consolePort}/uplink"\n[lights]\ndriver = "panel"\n`,
  );
  start("agent", withRights(AGENT_RIGHTS, [process.execPath, cli, "agent", "--config", config]), "inherit");
}

function start(name: string, command: string[], stdout: "inherit" | "pipe" = "pipe"): void {
  const [program, ...words] = command as [string, ...string[]];
  const child = spawn(program, words, { stdio: ["ignore", stdout, "pipe"], detached: true });
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  children.push(child);
  watch(name, child);
}

/** A part that ends by itself ends the demo, with its last words. */
function watch(name: string, child: ChildProcess): void {
  let last = "";
  child.stderr?.on("data", (chunk: Buffer) => (last = chunk.toString().trim() || last));
  child.once("exit", (code, signal) => {
    if (stop.signal.aborted) return;
    exitCode = 1;
    process.stderr.write(`\nThe demo's ${name} ended by itself (${signal ?? `exit code ${code}`}): ${last}\n`);
    stop.abort();
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
  await ended;
  clearTimeout(timer);
}
