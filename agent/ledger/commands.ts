/** What `wardtap ledger list` and `export` print: the devices of this tap as a table, JSON or CSV. */

import { classWords } from "../identify/class-words.ts";
import { LedgerError } from "./error.ts";
import type { Ledger } from "./ledger.ts";
import { type Listed, listed, shown, shownTime } from "./listed.ts";
import { ROW_KINDS } from "./rows.ts";
import { type Column, csvRecord, jsonText, printable, table } from "./text.ts";
import { percent } from "./words.ts";

export { showDevice } from "./show.ts";

const DEFAULT_COLUMNS = 100;
const EMPTY = "The ledger is empty: no device has been heard yet.";
const LINE_END = "\r\n";

export interface ListOptions {
  format?: "table" | "json" | "csv";
  /** Width of the terminal. */
  columns?: number;
  colour?: boolean;
}

/** All devices, medical ones first. Ends with a line end. */
export function listDevices(ledger: Ledger, options: ListOptions = {}): string {
  const format = options.format ?? "table";
  const devices = [...ledger.iterate("device")].map((row) => listed(row, ledger)).sort(byImportance);
  if (format === "json") return `${jsonText(devices, 2)}\n`;
  if (format === "csv") return [CSV_HEADER, ...devices.map(csvLine)].map((line) => line + LINE_END).join("");
  if (devices.length === 0) return `${EMPTY}\n`;
  const [head = "", ...lines] = table(columnsOf(devices), options.columns ?? DEFAULT_COLUMNS);
  const paint = (line: string, row: number) =>
    options.colour && devices[row]?.medical === true ? `\u001b[1m${line}\u001b[0m` : line;
  const count = `${devices.length} ${devices.length === 1 ? "device" : "devices"}, `;
  const medical = `${devices.filter((device) => device.medical === true).length} medical`;
  return `${[head, ...lines.map(paint), "", count + medical].join("\n")}\n`;
}

/**
 * Streams the ledger: `json` is every row with revisions and counts, `csv` one line per device. Waits for `write`, and
 * holds no lock while it does.
 */
export async function exportLedger(
  ledger: Ledger,
  format: string,
  write: (text: string) => void | Promise<void>,
): Promise<void> {
  if (format === "csv") {
    await write(CSV_HEADER + LINE_END);
    for (const row of ledger.iterate("device")) await write(csvLine(listed(row, ledger)) + LINE_END);
    return;
  }
  if (format !== "json")
    throw new LedgerError("not-found", `There is no export format ${printable(format)}: json or csv.`);
  const head = { schema: 1, ledgerId: ledger.ledgerId, revision: ledger.revision(), drops: ledger.drops() };
  await write(`${jsonText(head).slice(0, -1)},"rows":[`);
  let first = true;
  for (const kind of ROW_KINDS)
    for (const row of ledger.iterate(kind)) {
      await write(`${first ? "" : ","}\n${jsonText(row)}`);
      first = false;
    }
  await write("\n]}\n");
}

function byImportance(a: Listed, b: Listed): number {
  if (a.medical !== b.medical) return a.medical === true ? -1 : 1;
  const [left, right] = [a, b].map((one) => `${one.class}\0${one.maker ?? ""}\0${one.id}`) as [string, string];
  return left < right ? -1 : left > right ? 1 : 0;
}

function columnsOf(devices: Listed[]): Column[] {
  const first = (value: unknown) => (Array.isArray(value) ? value[0] : value);
  const column = (title: string, optional: number, value: (device: Listed) => string, whole = false): Column => ({
    title,
    optional,
    whole,
    values: devices.map(value),
  });
  return [
    column("CLASS", 0, (device) => printable(classWords(device.class)), true),
    column("MAKER", 3, (device) => shown(device.maker)),
    column("MODEL", 4, (device) => shown(device.model)),
    column("NAME", 2, (device) => shown(first(device.names))),
    column("IP", 0, (device) => shown(first(device.ips)), true),
    column("MAC", 1, (device) => shown(first(device.macs)), true),
    column("SURE", 6, (device) => (typeof device.confidence === "number" ? percent(device.confidence) : ""), true),
    column("LAST SEEN (UTC)", 5, (device) => shownTime(device.lastSeenAt), true),
  ];
}

const CSV_FIELDS = [
  ...["id", "class", "medical", "criticality", "maker", "model", "version", "serial", "os", "confidence"],
  ...["names", "macs", "ips", "vlans", "roles", "reportedBy", "firstSeenAt", "lastSeenAt", "why"],
];
const CSV_HEADER = csvRecord(CSV_FIELDS);
const csvLine = (device: Listed) =>
  csvRecord(
    CSV_FIELDS.map((field) => {
      const value = device[field];
      if (Array.isArray(value)) return value.join(" ");
      return typeof value === "number" || typeof value === "boolean" ? value : value == null ? "" : String(value);
    }),
  );
