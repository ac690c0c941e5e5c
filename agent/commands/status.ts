/** `wardtap status`: how the tap stands, from its ledger alone, read beside the running agent. */
import type { Command } from "commander";
import { DEFAULT_CONFIG_PATH } from "../config.ts";
import { classWords } from "../identify/class-words.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { listed, shownTime } from "../ledger/listed.ts";
import { type LedgerPlace, withLedger } from "./ledger.ts";
import { writeOut } from "./output.ts";

const SEVERITIES = ["critical", "high", "medium", "low", "info"];

export interface TapStatus {
  ledgerId: string;
  revision: number;
  devices: number;
  medical: number;
  /** Class → devices, most frequent first. */
  classes: Record<string, number>;
  /** Severity → open findings, worst first. */
  openFindings: Record<string, number>;
  /** Rows that no console has acknowledged. */
  backlog: number;
  /** What the ledger's bounds have cost so far, by name; nothing when nothing was lost. */
  drops: Record<string, number>;
  /** ISO 8601 UTC, null when nothing was heard yet. Written every ten minutes. */
  lastHeardAt: string | null;
}

export function addStatusCommand(program: Command): void {
  program
    .command("status")
    .description("what the tap knows and what waits for the console, in a few lines")
    .option("--ledger <file>", "ledger file; default: the configuration's")
    .option("--config <file>", "configuration file", DEFAULT_CONFIG_PATH)
    .option("--json", "print it as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  wardtap status\n  wardtap status --ledger ./ledger.db --json\n\nWhether the tap hears and reaches its console now is on its lights; `wardtap doctor` looks for what is wrong.",
    )
    .action((options: LedgerPlace & { json?: boolean }) =>
      withLedger(options, async (ledger) => {
        const status = statusOf(ledger);
        await writeOut(options.json ? `${JSON.stringify({ schema: 1, ...status }, null, 2)}\n` : statusText(status));
      }),
    );
}

export function statusOf(ledger: Ledger): TapStatus {
  const devices = [...ledger.iterate("device")].map((row) => listed(row, ledger));
  const open = [...ledger.iterate("finding")].filter(({ body }) => body.state === "open");
  const severities = count(open.map(({ body }) => String(body.severity)));
  const lastHeardAt =
    devices
      .map(({ lastSeenAt }) => lastSeenAt)
      .sort()
      .at(-1) ?? null;
  return {
    ledgerId: ledger.ledgerId,
    revision: ledger.revision(),
    devices: devices.length,
    medical: devices.filter(({ medical }) => medical === true).length,
    classes: Object.fromEntries(Object.entries(count(devices.map((device) => device.class))).sort(byCount)),
    openFindings: Object.fromEntries(
      SEVERITIES.flatMap((one) => (severities[one] === undefined ? [] : [[one, severities[one]]])),
    ),
    backlog: ledger.backlog(),
    drops: Object.fromEntries(Object.entries(ledger.drops()).filter(([, number]) => number > 0)),
    lastHeardAt,
  };
}

function statusText(status: TapStatus): string {
  const list = (counts: Record<string, number>, words: (name: string) => string) =>
    Object.entries(counts)
      .map(([name, number]) => `${number} ${words(name)}`)
      .join(", ");
  const lines: [string, string][] = [
    ["Ledger", `${status.ledgerId}, revision ${status.revision}`],
    ["Devices", status.devices === 0 ? "none heard yet" : `${status.devices}, ${status.medical} of them medical`],
    ["", list(status.classes, classWords)],
    ["Findings", list(status.openFindings, (severity) => `${severity} open`) || "none open"],
    ["Console", status.backlog === 0 ? "has everything" : `${status.backlog} rows wait for it`],
    // Lost frames are another matter: a light, a finding and the console tell those.
    ["Left out", list(status.drops, (name) => name) || "nothing: the ledger had room for all"],
    [
      "Last heard",
      status.lastHeardAt === null ? "nothing yet" : `${shownTime(status.lastHeardAt)} UTC (written every ten minutes)`,
    ],
  ];
  return lines
    .filter(([name, text]) => name !== "" || text !== "")
    .map(([name, text]) => `${name.padEnd(12)}${text}\n`)
    .join("");
}

function count(words: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return Object.fromEntries(counts);
}

const byCount = ([nameA, a]: [string, number], [nameB, b]: [string, number]) => b - a || (nameA < nameB ? -1 : 1);
