/** `wardtap mud`: what was learnt of a device or a model as a MUD file, for the team that runs the network. */
import { existsSync, renameSync, writeFileSync } from "node:fs";
import { type Command, Option } from "commander";
import { type ProfileHabit, profileKey } from "../behaviour/habit.ts";
import { mudFile } from "../behaviour/mud.ts";
import { DEFAULT_CONFIG_PATH, defaultConfig, learnMicros } from "../config.ts";
import { readConfig } from "../config-file.ts";
import { habitsFromLedger } from "../ledger/habits.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { rowKey } from "../ledger/rows.ts";
import { findDevice } from "../ledger/show.ts";
import { printable } from "../ledger/text.ts";
import { isoMicros } from "../time.ts";
import { type LedgerPlace, withLedger } from "./ledger.ts";
import { CommandError, EXIT, writeOut } from "./output.ts";

const EXAMPLES = `
Examples:
  wardtap mud ICU-PUMP-04                          for the model of this device, on standard output
  wardtap mud --model "Plum A+" -o plum.json       for a model, into a file
  wardtap mud --model "Plum A+" --partners classes local networks and standard servers instead of addresses

The file allows what was seen while the tap learnt, and nothing else: read it through before the network enforces it.`;

interface Options extends LedgerPlace {
  model?: string;
  output?: string;
  mudUrl?: string;
  partners: "addresses" | "classes";
  unsupported?: boolean;
  early?: boolean;
}

export function addMudCommand(program: Command): void {
  program
    .command("mud")
    .description("write what was learnt of a device or model as a MUD file (RFC 8520)")
    .argument("[device]", "device id, MAC, IP address or name")
    .option("--model <model>", "a model instead of a device: its name, or maker and name")
    .option("-o, --output <file>", "write into this file instead of standard output")
    .option("--mud-url <url>", "where the file will be served (https)")
    .addOption(
      new Option("--partners <how>", "name devices inside by address, or by MUD's classes")
        .choices(["addresses", "classes"])
        .default("addresses"),
    )
    .option("--unsupported", "say that the maker no longer supports the device")
    .option("--early", "even though the learning time isn't over")
    .option("--ledger <file>", "ledger file; default: the configuration's")
    .option("--config <file>", "configuration file", DEFAULT_CONFIG_PATH)
    .addHelpText("after", EXAMPLES)
    .action((device: string | undefined, options: Options) => {
      if ((device === undefined) === (options.model === undefined))
        throw new CommandError("Say one device, or --model and a model.", EXIT.usage);
      return withLedger(options, (ledger) => writeMud(ledger, device, options));
    });
}

async function writeMud(ledger: Ledger, device: string | undefined, options: Options): Promise<void> {
  const { devices = [], profiles = [] } = habitsFromLedger(ledger);
  const profile = device === undefined ? ofModel(profiles, options.model ?? "") : ofDevice(profiles, ledger, device);
  refuseTooLittle(profile, options);
  const addressesOf = (id: string) => addresses(ledger.get("device", rowKey(id))?.body.ips);
  const own = devices.filter((habit) => habit.profile === profile.key).flatMap(({ deviceId }) => addressesOf(deviceId));
  let file: ReturnType<typeof mudFile>;
  try {
    file = mudFile({
      key: profile.key,
      maker: profile.maker,
      model: profile.model,
      class: profile.class.replaceAll("-", " "),
      services: profile.profile.services(),
      addressesOf,
      usesIpv6: own.some((ip) => ip.includes(":") && !ip.startsWith("fe80:")),
      url: options.mudUrl ?? placeholder(profile),
      at: isoMicros(Date.now() * 1000).replace(/\.\d+/, ""),
      isSupported: options.unsupported !== true,
      partners: options.partners,
    });
  } catch (error) {
    throw new CommandError((error as Error).message, EXIT.usage);
  }
  const text = `${JSON.stringify(file, null, 2)}\n`;
  if (options.output === undefined) return writeOut(text);
  writeWhole(options.output, text);
  process.stderr.write(`wardtap: ${told(profile)} written to ${options.output}\n`);
}

function ofDevice(profiles: readonly ProfileHabit[], ledger: Ledger, wanted: string): ProfileHabit {
  const { body } = findDevice(ledger, wanted.trim());
  const text = (value: unknown) => (typeof value === "string" ? value : null);
  const key = profileKey({ id: String(body.id), maker: text(body.maker), model: text(body.model) });
  const found = profiles.find((profile) => profile.key === key);
  if (found !== undefined) return found;
  const why = body.medical === true ? "it was not heard long enough" : "only medical devices are learnt";
  throw new CommandError(`Nothing was learnt of ${printable(wanted)}: ${why}.`);
}

function ofModel(profiles: readonly ProfileHabit[], wanted: string): ProfileHabit {
  const low = wanted.trim().toLowerCase();
  const models = profiles.filter(({ model }) => model !== null);
  const found = models.filter(({ maker, model }) =>
    [model, `${maker} ${model}`].some((name) => name?.toLowerCase() === low),
  );
  if (found.length === 1 && found[0] !== undefined) return found[0];
  const names = (list: readonly ProfileHabit[]) =>
    list
      .map(({ maker, model }) => printable(`${maker} ${model}`))
      .sort()
      .join(", ");
  if (found.length > 1) throw new CommandError(`Several makers have a ${printable(wanted)}: ${names(found)}.`);
  const known = models.length === 0 ? "No model was learnt yet" : `Learnt were: ${names(models)}`;
  throw new CommandError(`Nothing was learnt of a model ${printable(wanted)}. ${known}.`);
}

function refuseTooLittle(profile: ProfileHabit, { early, config }: Options): void {
  if (profile.profile.services().length === 0)
    throw new CommandError(`Too little was learnt of ${told(profile)}: it has not talked to anybody yet.`);
  const settings = existsSync(config) ? readConfig(config) : defaultConfig();
  const until = profile.since + learnMicros(settings);
  if (early !== true && Date.now() * 1000 < until)
    throw new CommandError(
      `Too little was learnt of ${told(profile)}: it is learnt until ${isoMicros(until).slice(0, 16).replace("T", " ")} UTC. ` +
        "Ask again then, or with --early for what is known so far.",
    );
}

const told = ({ maker, model, key }: ProfileHabit) => printable(model === null ? key : `${maker} ${model}`);

/** RFC 2606 keeps .example for what is only an example: whoever serves the file puts the real address. */
const placeholder = ({ maker, model, class: deviceClass }: ProfileHabit) => {
  const name = [maker, model ?? deviceClass].filter(Boolean).join("-").toLowerCase();
  return `https://mud.example/${
    name
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "")
      .slice(0, 100) || "device"
  }.json`;
};

const addresses = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];

/** A reader never finds half a file. */
function writeWhole(path: string, text: string): void {
  const unfinished = `${path}.new`;
  try {
    writeFileSync(unfinished, text);
    renameSync(unfinished, path);
  } catch (error) {
    throw new CommandError(`${path} can't be written (${(error as NodeJS.ErrnoException).code ?? "unknown error"}).`);
  }
}
