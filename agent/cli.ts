#!/usr/bin/env node
/** The `wardtap` command: each subcommand is one file in commands/. */
import { Command, CommanderError } from "commander";
import { CommandError, EXIT } from "./commands/output.ts";
import { addReplayCommand } from "./commands/replay.ts";
import { ConfigError } from "./config.ts";
import { VERSION } from "./version.ts";

const program = new Command("wardtap")
  .description("Passive device inventory for hospital wards: listens on a mirror port, never transmits on it.")
  .version(VERSION)
  .showHelpAfterError("(wardtap --help shows what there is)")
  .exitOverride();

addReplayCommand(program);

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
