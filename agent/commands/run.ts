/** `wardtap run`: agent and sniffers without systemd; restarts the sniffers, takes rights away from both. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Command, Option } from "commander";
import { stringify } from "smol-toml";
import { type Config, defaultConfig } from "../config.ts";
import { parseConfig, readConfig } from "../config-file.ts";
import { prepareMirrorPort } from "../mirror-port.ts";
import { makeFifo } from "../pipe/reader.ts";
import { AGENT_RIGHTS, type Rights, SNIFFER_RIGHTS, withRights } from "../rights.ts";
import { Supervised } from "../supervise.ts";
import { pipePath } from "./agent.ts";
import { CommandError, EXIT } from "./output.ts";

const CLI = fileURLToPath(new URL("../cli.js", import.meta.url));

interface Options {
  config?: string;
  interface?: string[];
  source?: Config["capture"]["source"];
  ledger?: string;
  console?: string;
  name?: string;
  id?: string;
  lights?: Config["lights"]["driver"];
  prepare: boolean;
}

export function addRunCommand(program: Command): void {
  program
    .command("run")
    .description("listen and keep the ledger, without systemd (as root, for the raw-socket right)")
    .option("--config <file>", "configuration file; the options below change it")
    .option("--interface <name...>", "mirror port, or several")
    .addOption(new Option("--source <means>", "how to capture").choices(["auto", "cap", "dumpcap", "tcpdump"]))
    .option("--ledger <file>", "ledger file")
    .option("--console <url>", "console to call, e.g. ws://127.0.0.1:8080/uplink")
    .option("--name <name>", "what people call this tap")
    .option("--id <id>", "the tap's id")
    .addOption(new Option("--lights <driver>", "where to show the lights").choices(["gpio", "panel", "none"]))
    .option("--no-prepare", "leave the mirror port as it is (systemd/mirror-up has silenced it already)")
    .addHelpText(
      "after",
      "\nExamples:\n  sudo wardtap run --interface eth1 --lights panel\n  sudo wardtap run --config /etc/wardtap/wardtap.toml\n\nCtrl-C stops both processes; what was heard is in the ledger.",
    )
    .action(run);
}

async function run(options: Options): Promise<void> {
  const config = effectiveConfig(options);
  const ports = config.capture.interfaces;
  if (ports.length === 0)
    throw new CommandError("Which port mirrors? Give --interface, or set interfaces under [capture].", EXIT.usage);
  if (options.prepare) for (const port of ports) prepareMirrorPort(port);
  const stop = new Promise<undefined>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve(undefined));
  });
  const folder = mkdtempSync(join(tmpdir(), "wardtap-run-"));
  try {
    config.capture.pipeDirectory = folder;
    const failed = await supervise(config, folder, stop, options.prepare);
    if (failed !== undefined) throw new CommandError(failed);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs until asked to stop; resolves with a sentence when a process can't work at all. */
async function supervise(
  config: Config,
  folder: string,
  stop: Promise<undefined>,
  prepare: boolean,
): Promise<string | undefined> {
  const { interfaces, source, bufferMb } = config.capture;
  const configFile = join(folder, "wardtap.toml");
  writeFileSync(configFile, stringify(config), { mode: 0o600 });
  for (const port of interfaces) makeFifo(pipePath(config, port));

  const say = (line: string) => process.stderr.write(`wardtap run: ${line}\n`);
  const supervised = (name: string, rights: Rights, words: readonly string[]) =>
    new Supervised(name, withRights(rights, [process.execPath, CLI, ...words]), say);
  const sniffer = (port: string) => {
    const how = ["--source", source, "--buffer-mb", String(bufferMb)];
    const words = ["sniff", "--interface", port, "--pipe", pipePath(config, port), ...how];
    const child = supervised(`sniffer on ${port}`, SNIFFER_RIGHTS, words);
    // An adapter that was unplugged and comes back is a new interface to the system, and no longer silent.
    if (prepare) child.beforeRestart = () => prepareMirrorPort(port);
    return child;
  };
  const children = [supervised("agent", AGENT_RIGHTS, ["agent", "--config", configFile]), ...interfaces.map(sniffer)];
  const unusable = new Promise<string>((resolve) => {
    for (const child of children) child.onUnusable = resolve;
  });
  for (const child of children) child.start();
  const failed = await Promise.race([stop, unusable]);
  // Sniffers first, so that the agent hears their last words.
  for (const child of [...children].reverse()) await child.stop();
  return failed;
}

function effectiveConfig(options: Options): Config {
  const config = options.config === undefined ? defaultConfig() : readConfig(options.config);
  if (options.interface !== undefined) config.capture.interfaces = options.interface;
  if (options.source !== undefined) config.capture.source = options.source;
  if (options.ledger !== undefined) config.ledger.path = options.ledger;
  if (options.console !== undefined) config.uplink.url = options.console;
  if (options.name !== undefined) config.tap.name = options.name;
  if (options.id !== undefined) config.tap.id = options.id;
  if (options.lights !== undefined) config.lights.driver = options.lights;
  return parseConfig(stringify(config), "The command line");
}
