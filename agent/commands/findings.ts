/** `wardtap findings`: what is wrong on this ward, and what people decided about it. */
import { type Command, Option } from "commander";
import { DEFAULT_CONFIG_PATH } from "../config.ts";
import type { FindingState, Severity } from "../findings/finding.ts";
import type { ActionName } from "../findings/work/act.ts";
import { meant } from "../findings/work/short-id.ts";
import type { WorkedFinding } from "../findings/work/worked.ts";
import { findingChange, findingsFromLedger } from "../ledger/finding-rows.ts";
import { byGravity, findingTable, findingText } from "../ledger/finding-text.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { findDevice } from "../ledger/show.ts";
import { jsonText, printable } from "../ledger/text.ts";
import { decideFrom, loginName } from "./decide-finding.ts";
import { type LedgerPlace, ledgerPath, withLedger } from "./ledger.ts";
import { CommandError, EXIT, isColoured, writeOut } from "./output.ts";

const STATES: FindingState[] = ["open", "acknowledged", "accepted", "resolved", "false-alarm"];
const SEVERITIES: Severity[] = ["critical", "high", "medium", "low", "info"];

interface ListOptions extends LedgerPlace {
  all?: boolean;
  state?: FindingState;
  severity?: Severity;
  device?: string;
  json?: boolean;
}

interface WorkOptions extends LedgerPlace {
  by: string;
  note?: string;
  reason?: string;
  control?: string;
  owner?: string;
  review?: string;
}

export function addFindingsCommand(program: Command): void {
  const findings = program.command("findings").description("what is wrong on this ward, and who works on it");
  const where = (command: Command) =>
    command
      .option("--ledger <file>", "ledger file; default: the configuration's")
      .option("--config <file>", "configuration file", DEFAULT_CONFIG_PATH);

  where(findings.command("list", { isDefault: true }))
    .description("findings, the gravest first; only open and acknowledged ones unless told otherwise")
    .option("--all", "in every state")
    .addOption(new Option("--state <state>", "in this state").choices(STATES))
    .addOption(new Option("--severity <severity>", "of this severity or graver").choices(SEVERITIES))
    .option("--device <device>", "about this device: id, MAC, IP address or name")
    .option("--json", "print them as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  wardtap findings list\n  wardtap findings list --severity high\n  wardtap findings list --device 10.0.0.155 --all --json",
    )
    // The words after `findings` come here when they name no command of it.
    .allowExcessArguments()
    .action(async (options: ListOptions, { args: [word] }: Command) => {
      if (word !== undefined)
        throw new CommandError(`"findings" can't ${printable(word)}: --help shows what it can.`, EXIT.usage);
      await withLedger(options, (ledger) => list(ledger, options));
    });

  where(findings.command("show").argument("<finding>", "id, or its first digits"))
    .description("one finding: what was seen, between whom, what to do, and what was done")
    .option("--json", "print it as JSON")
    .addHelpText("after", "\nExamples:\n  wardtap findings show fnd-3c01b2\n  wardtap findings show 3c01b2 --json")
    .action((typed: string, options: LedgerPlace & { json?: boolean }) =>
      withLedger(options, (ledger) => show(ledger, typed, options.json === true)),
    );

  for (const { action, description, options, example } of ACTIONS) {
    const command = where(findings.command(action).argument("<finding>", "id, or its first digits"))
      .description(description)
      .option("--by <name>", "who does this", loginName());
    for (const option of options) command.addOption(option());
    command
      .addHelpText("after", `\nExample:\n  wardtap findings ${example}`)
      .action((typed: string, given: WorkOptions) => work(action, typed, given));
  }
}

const reason = () => new Option("--reason <text>", "why").makeOptionMandatory();
const note = () => new Option("--note <text>", "what others should know");
const ACTIONS: { action: ActionName; description: string; options: (() => Option)[]; example: string }[] = [
  {
    action: "acknowledge",
    description: "somebody knows of it and is on it: it lights no lamp any more",
    options: [note],
    example: 'acknowledge 3c01b2 --note "asked the maker"',
  },
  {
    action: "accept",
    description: "the risk is taken, for a time; it comes back when that is over or the device does more than this",
    options: [
      reason,
      () => new Option("--control <text>", "what is done instead").makeOptionMandatory(),
      () => new Option("--owner <name>", "who answers for it").makeOptionMandatory(),
      () => new Option("--review <date>", "until when, such as 2027-03-31").makeOptionMandatory(),
    ],
    example:
      'accept 3c01b2 --reason "no update exists" --control "own VLAN, one server allowed" --owner "Clinical engineering" --review 2027-03-31',
  },
  {
    action: "resolve",
    description: "it is put right; it comes back if it is seen again",
    options: [reason],
    example: 'resolve 3c01b2 --reason "Telnet switched off"',
  },
  {
    action: "false-alarm",
    description: "what was seen is harmless, on this device; other signs bring it back",
    options: [reason],
    example: 'false-alarm 3c01b2 --reason "the engineers\' own scanner"',
  },
  {
    action: "reopen",
    description: "takes back whatever was decided",
    options: [note],
    example: "reopen 3c01b2",
  },
];

async function list(ledger: Ledger, options: ListOptions): Promise<void> {
  const device = options.device === undefined ? undefined : findDevice(ledger, options.device).body.id;
  const found = [...findingsFromLedger(ledger)]
    .filter(({ state }) => (options.state ? state === options.state : options.all || ONGOING.includes(state)))
    .filter(({ severity }) => !options.severity || SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(options.severity))
    .filter(({ deviceId }) => device === undefined || deviceId === device)
    .sort(byGravity);
  if (options.json) await writeOut(`${jsonText({ schema: 1, findings: found.map(outside) }, 2)}\n`);
  else if (found.length === 0) await writeOut("No findings.\n");
  else await writeOut(findingTable(found, ledger, process.stdout.columns ?? 120));
}

const ONGOING: readonly FindingState[] = ["open", "acknowledged"];

async function show(ledger: Ledger, typed: string, json: boolean): Promise<void> {
  const finding = one([...findingsFromLedger(ledger)], typed);
  await writeOut(
    json
      ? `${jsonText({ schema: 1, finding: outside(finding) }, 2)}\n`
      : findingText(finding, ledger, isColoured(process.stdout)),
  );
}

/** As the ledger's row says it. */
const outside = (finding: WorkedFinding) => findingChange(finding).body;

function one(findings: readonly WorkedFinding[], typed: string): WorkedFinding {
  const byId = new Map(findings.flatMap((finding) => [finding.id, ...finding.formerIds].map((id) => [id, finding])));
  const ids = [...new Set(meant(typed, byId.keys()).map((id) => byId.get(id)!.id))];
  if (ids.length === 0)
    throw new CommandError(`There is no finding ${printable(typed)}: \`wardtap findings list --all\` shows all.`);
  if (ids.length > 1)
    throw new CommandError(
      `${ids.length} findings begin with ${printable(typed)}: ${ids.slice(0, 5).join(", ")}${ids.length > 5 ? ", …" : ""}.`,
    );
  return byId.get(ids[0]!)!;
}

async function work(action: ActionName, typed: string, options: WorkOptions): Promise<void> {
  let findingId = "";
  await withLedger(options, async (ledger) => {
    findingId = one([...findingsFromLedger(ledger)], typed).id;
  });
  const { by, reason: why, note: remark, control, owner, review: reviewAt } = options;
  const asked = { findingId, action, by, reason: why ?? remark, control, owner, reviewAt };
  const { ok, message } = await decideFrom(ledgerPath(options), asked);
  if (!ok) throw new CommandError(message);
  await writeOut(`${findingId}: ${message}\n`);
}
