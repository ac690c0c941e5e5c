#!/usr/bin/env node
/** The `wardtap` command: each subcommand is one file in commands/. */
import { Command, CommanderError } from "commander";
import { addAgentCommand } from "./commands/agent.ts";
import { addLedgerCommand } from "./commands/ledger.ts";
import { addLightsCommand } from "./commands/lights.ts";
import { CommandError, EXIT } from "./commands/output.ts";
import { addReplayCommand } from "./commands/replay.ts";
import { addRunCommand } from "./commands/run.ts";
import { addSniffCommand } from "./commands/sniff.ts";
import { ConfigError } from "./config.ts";
import { VERSION } from "./version.ts";

const program = new Command("wardtap")
  .description("Passive device inventory for hospital wards: listens on a mirror port, never transmits on it.")
  .version(VERSION)
  .showHelpAfterError("(wardtap --help shows what there is)")
  .exitOverride();

addReplayCommand(program);
addRunCommand(program);
addSniffCommand(program);
addAgentCommand(program);
addLedgerCommand(program);
addLightsCommand(program);

try {
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
  throw error;
}
