/** `wardtap doctor`: looks at everything a tap needs and says in plain words what is missing and what to do. */
import type { Command } from "commander";
import { DEFAULT_CONFIG_PATH } from "../config.ts";
import { type Check, warn } from "../doctor/check.ts";
import { checkMachine } from "../doctor/machine.ts";
import { checkPort } from "../doctor/port.ts";
import { checkAgent, checkConfig, checkConsole, checkLedger, checkNetworks } from "../doctor/tap.ts";
import { doctorText } from "./doctor-text.ts";
import { EXIT, isColoured, writeOut } from "./output.ts";

const EXAMPLES = `
Examples:
  wardtap doctor                    on a tap that is installed
  wardtap doctor --interface eth1   this mirror port, before it is
  wardtap doctor --json             for other programs

Nothing is changed and nothing is sent, but for one connection each to the agent and the console on this machine.
Exit codes: 0 nothing fails (warnings there may be); 1 something fails.`;

interface Options {
  config: string;
  interface?: string[];
  json?: boolean;
}

export function addDoctorCommand(program: Command): void {
  program
    .command("doctor")
    .description("check this machine, the mirror port, the ledger and the road to the console")
    .option("--config <file>", "configuration file", DEFAULT_CONFIG_PATH)
    .option("--interface <name...>", "mirror port, or several; default: the configuration's")
    .option("--json", "print the checks as JSON")
    .addHelpText("after", EXAMPLES)
    .action(async (options: Options) => {
      const checks = await examine(options);
      const text = options.json
        ? `${JSON.stringify({ schema: 1, checks }, null, 2)}\n`
        : doctorText(checks, isColoured(process.stdout));
      process.exitCode = checks.some(({ state }) => state === "fail") ? EXIT.failed : EXIT.ok;
      await writeOut(text);
    });
}

async function examine(options: Options): Promise<Check[]> {
  const { config, check } = checkConfig(options.config);
  const ports = options.interface ?? config.capture.interfaces;
  return [
    ...checkMachine(),
    check,
    ...(ports.length > 0
      ? ports.flatMap(checkPort)
      : [warn("port", "no mirror port is configured", "Name it: wardtap doctor --interface eth1")]),
    checkNetworks(config),
    ...checkLedger(config.ledger.path),
    await checkAgent(config.ledger.path),
    await checkConsole(config.uplink.url),
  ];
}
