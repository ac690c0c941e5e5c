#!/usr/bin/env node
/** The `wardtap` command: each subcommand is one file in commands/, loaded only when it is asked for. */
import { Command, CommanderError } from "commander";
import { CommandError, EXIT } from "./commands/output.ts";
import { ConfigError } from "./config.ts";
import { VERSION } from "./version.ts";

/** A replay on a Pi need not wait for the database, the logger and the WebSocket library to load. */
const COMMANDS: Record<string, (program: Command) => Promise<void>> = {
  replay: async (program) => (await import("./commands/replay.ts")).addReplayCommand(program),
  run: async (program) => (await import("./commands/run.ts")).addRunCommand(program),
  sniff: async (program) => (await import("./commands/sniff.ts")).addSniffCommand(program),
  agent: async (program) => (await import("./commands/agent.ts")).addAgentCommand(program),
  ledger: async (program) => (await import("./commands/ledger.ts")).addLedgerCommand(program),
  findings: async (program) => (await import("./commands/findings.ts")).addFindingsCommand(program),
  mud: async (program) => (await import("./commands/mud.ts")).addMudCommand(program),
  status: async (program) => (await import("./commands/status.ts")).addStatusCommand(program),
  knowledge: async (program) => (await import("./commands/knowledge.ts")).addKnowledgeCommand(program),
  doctor: async (program) => (await import("./commands/doctor.ts")).addDoctorCommand(program),
  lights: async (program) => (await import("./commands/lights.ts")).addLightsCommand(program),
};

const program = new Command("wardtap")
  .description("Passive device inventory for hospital wards: listens on a mirror port, never transmits on it.")
  .version(VERSION)
  .showHelpAfterError("(wardtap --help shows what there is)")
  .exitOverride();

/** These go on when whoever read their output (a panel, a log) has gone. */
const LASTING = ["run", "agent", "sniff"];
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  if (!LASTING.includes(process.argv[2] ?? "")) process.exit();
});

try {
  const asked = Object.hasOwn(COMMANDS, process.argv[2] ?? "") ? [process.argv[2] as string] : Object.keys(COMMANDS);
  for (const name of asked) await COMMANDS[name]?.(program);
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof ConfigError || error instanceof CommandError) {
    process.stderr.write(`wardtap: ${error.message}\n`);
    return error instanceof CommandError ? error.exitCode : EXIT.usage;
  }
  // A bug of ours. Its message may quote what was read from the wire, so only its kind and place are shown.
  const { name, stack, code } = (error instanceof Error ? error : new Error()) as NodeJS.ErrnoException;
  const place = (stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  process.stderr.write(
    `wardtap: something went wrong that should not (${code ?? name}). Please report it with these lines:\n${place.join("\n")}\n`,
  );
  return EXIT.failed;
}
