/** `wardtap ledger list|show|export`: what the tap remembers, read beside the running agent. */
import { existsSync } from "node:fs";
import { type Command, Option } from "commander";
import { DEFAULT_CONFIG_PATH } from "../config.ts";
import { readConfig } from "../config-file.ts";
import { exportLedger, listDevices, showDevice } from "../ledger/commands.ts";
import { LedgerError } from "../ledger/error.ts";
import { type Ledger, openLedger } from "../ledger/ledger.ts";
import { CommandError, EXIT, isColoured, writeOut } from "./output.ts";

/** Where a command finds the ledger. */
export interface LedgerPlace {
  ledger?: string;
  config: string;
}

export function addLedgerCommand(program: Command): void {
  const ledger = program.command("ledger").description("what the tap remembers: list, show or export devices");
  const where = (command: Command) =>
    command
      .option("--ledger <file>", "ledger file; default: the configuration's")
      .option("--config <file>", "configuration file", DEFAULT_CONFIG_PATH);
  const format = () => new Option("--format <format>", "how to print");

  where(ledger.command("list"))
    .description("all devices, one line each")
    .addOption(format().choices(["table", "json", "csv"]).default("table"))
    .addHelpText("after", "\nExamples:\n  wardtap ledger list\n  wardtap ledger list --format csv > devices.csv")
    .action((options: LedgerPlace & { format: "table" | "json" | "csv" }) =>
      withLedger(options, (open) =>
        writeOut(
          listDevices(open, {
            format: options.format,
            columns: process.stdout.columns ?? 120,
            colour: isColoured(process.stdout),
          }),
        ),
      ),
    );
  where(ledger.command("show").argument("<device>", "device id, MAC, IP address or name"))
    .description("one device, in plain words, with the reasons")
    .addHelpText("after", "\nExamples:\n  wardtap ledger show 10.0.0.155\n  wardtap ledger show ICU-PUMP-04")
    .action((device: string, options: LedgerPlace) =>
      withLedger(options, (open) => writeOut(showDevice(open, device, { colour: isColoured(process.stdout) }))),
    );
  where(ledger.command("export"))
    .description("everything about all devices, for other programs")
    .addOption(format().choices(["json", "csv"]).default("json"))
    .addHelpText("after", "\nExample:\n  wardtap ledger export --format csv > ledger.csv")
    .action((options: LedgerPlace & { format: "json" | "csv" }) =>
      withLedger(options, (open) => exportLedger(open, options.format, writeOut)),
    );
}

/** Opens read-only and turns what goes wrong into sentences. */
export async function withLedger(where: LedgerPlace, use: (ledger: Ledger) => Promise<void>): Promise<void> {
  const path = ledgerPath(where);
  let ledger: Ledger | undefined;
  try {
    ledger = openLedger(path, { readOnly: true, clock: () => Date.now() * 1000 });
    await use(ledger);
  } catch (error) {
    if (error instanceof LedgerError)
      throw new CommandError(error.message, error.code === "not-found" ? EXIT.failed : EXIT.usage);
    throw error;
  } finally {
    ledger?.close();
  }
}

export const ledgerPath = (where: LedgerPlace): string => where.ledger ?? configured(where.config);

function configured(config: string): string {
  if (config === DEFAULT_CONFIG_PATH && !existsSync(config))
    throw new CommandError(
      `There is no configuration file ${config}: say where the ledger is with --ledger FILE.`,
      EXIT.usage,
    );
  return readConfig(config).ledger.path;
}
