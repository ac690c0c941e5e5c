#!/usr/bin/env node
/** The console's program: reads its options, opens the store, listens on this machine, and stops cleanly. */
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError } from "commander";
import { pino } from "pino";
import { tellAffected } from "./affected.ts";
import { createLocalBus } from "./bus.ts";
import { buildConsole } from "./server.ts";
import { openStore } from "./store/worker-store.ts";
import { readVersion } from "./version.ts";

const EXIT_TROUBLE = 1;
const EXIT_USAGE = 2;
/** Where `wardtap knowledge import` puts them. */
const DEFAULT_KNOWLEDGE = "/var/lib/wardtap/knowledge";
/** A stop that takes longer is forced: what was acknowledged is on the disk already. */
const STOP_MS = 8000;

const EXAMPLES = `
Examples:
  wardtap-console                            on http://127.0.0.1:8080/
  wardtap-console --port 9000 --data ./data  another port and folder
  wardtap-console affected CVE-2019-12255    which of our devices a vulnerability concerns

Taps on this machine connect to ws://127.0.0.1:8080/uplink`;

/** Under systemd the state folder is given; else the user's own. */
function defaultFolder(): string {
  const given = process.env.STATE_DIRECTORY?.split(":")[0];
  return given || join(process.env.XDG_STATE_HOME || join(homedir(), ".local", "state"), "wardtap-console");
}

function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new InvalidArgumentError("A port is a number from 0 to 65535.");
  return port;
}

const isLoopback = (host: string) => /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/.test(host);

function fail(sentence: string, code: number): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(code);
}

function listenProblem(error: NodeJS.ErrnoException, host: string, port: number): string {
  if (error.code === "EADDRINUSE") {
    return `Port ${port} is already in use: is another console running? Choose another port with --port.`;
  }
  if (error.code === "EACCES") return `Port ${port} needs more rights. Choose one above 1023 with --port.`;
  if (error.code === "EADDRNOTAVAIL") return `This machine has no address ${host}.`;
  return `The console can't listen on ${host}, port ${port}: ${error.message}`;
}

async function main(): Promise<void> {
  const version = readVersion();
  const program = new Command("wardtap-console")
    .description("The central team's view of all taps: live page, register, findings.")
    .version(version)
    .option("--port <number>", "port to listen on; 0 picks a free one", readPort, 8080)
    .option("--host <address>", "address to listen on; only this machine until TLS and pairing exist", "127.0.0.1")
    .option("--data <folder>", "where the console keeps its data", defaultFolder())
    .option("--knowledge <folder>", 'where "wardtap knowledge import" keeps advisories', DEFAULT_KNOWLEDGE)
    .option("--log <level>", "debug, info, warn, error or silent", "info")
    .addHelpText("after", EXAMPLES)
    .allowExcessArguments(false)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT_USAGE));
  const options = () => program.opts<Options>();
  program.action(() => serve(options(), version));
  program
    .command("affected")
    .description("Which of our devices an advisory or a CVE concerns.")
    .argument("<what>", "a CVE or an advisory's id")
    .option("--json", "as JSON")
    .action(async (what: string, { json = false }: { json?: boolean }) => {
      process.exitCode = await tellAffected({ ...options(), what, json });
    });
  await program.parseAsync();
}

interface Options {
  port: number;
  host: string;
  data: string;
  knowledge: string;
  log: string;
}

async function serve({ port, host, data, knowledge, log: level }: Options, version: string): Promise<void> {
  if (!isLoopback(host)) {
    fail(
      `The console listens on this machine only (127.0.0.1, ::1 or localhost) until TLS and pairing exist; ${host} is refused.`,
      EXIT_USAGE,
    );
  }
  if (!["debug", "info", "warn", "error", "silent"].includes(level))
    fail(`There is no log level ${level}.`, EXIT_USAGE);

  // The log goes to stderr: stdout holds the address alone.
  const log = pino({ name: "console", level }, pino.destination({ fd: 2, sync: true }));
  const store = await openStore({
    folder: data,
    knowledgeFolder: knowledge,
    onFailure: (error) => fail(`The console's store stopped: ${error.message}`, EXIT_TROUBLE),
  }).catch((error: Error) => fail(`The console can't open its data in ${data}: ${error.message}`, EXIT_TROUBLE));
  const pageFolder = fileURLToPath(new URL("./page/", import.meta.url));
  const server = await buildConsole({ store, bus: createLocalBus(), log, version, pageFolder });

  let stopping = false;
  async function stop(): Promise<void> {
    if (stopping) return;
    stopping = true;
    setTimeout(() => fail("The console took too long to stop.", EXIT_TROUBLE), STOP_MS).unref();
    await server.close();
    await store.close();
    process.exit(0);
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void stop());

  const heard = await server.listen({ host, port }).catch(async (error: NodeJS.ErrnoException) => {
    await store.close();
    return fail(listenProblem(error, host, port), EXIT_TROUBLE);
  });
  process.stdout.write(`The console is at http://${host.includes(":") ? `[${host}]` : host}:${heard}/\n`);
}

await main();
