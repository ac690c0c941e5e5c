/** What `wardtap findings list` and `show` print: what is wrong, how sure, since when, and who works on it. */
import type { Finding } from "../findings/finding.ts";
import { WORDS } from "../findings/work/act.ts";
import type { HistoryEntry, WorkedFinding } from "../findings/work/worked.ts";
import { classWords } from "../identify/class-words.ts";
import { isoMicros } from "../time.ts";
import type { Ledger } from "./ledger.ts";
import { shown, shownTime } from "./listed.ts";
import { rowKey } from "./rows.ts";
import { printable, table } from "./text.ts";

const SEVERITIES: readonly Finding["severity"][] = ["critical", "high", "medium", "low", "info"];
/** An id is shown with as many digits as tell it from all others in nearly every ledger. */
const SHORT_ID = "fnd-".length + 6;
/** Longer lists of one finding are cut here, and the cut is said. */
const MAX_LINES = 30;
/** So many other devices are named; the rest are counted. */
const MAX_RELATED_SHOWN = 8;

type Reader = Pick<Ledger, "get">;

/** The gravest first, then the one seen last. */
export const byGravity = (a: WorkedFinding, b: WorkedFinding): number =>
  SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
  b.lastSeenAt - a.lastSeenAt ||
  (a.id < b.id ? -1 : 1);

/** One line each. Ends with a line end. */
export function findingTable(findings: readonly WorkedFinding[], ledger: Reader, columns: number): string {
  const column = (title: string, optional: number, value: (finding: WorkedFinding) => string, whole = false) => ({
    title,
    optional,
    whole,
    values: findings.map(value),
  });
  const lines = table(
    [
      column("ID", 0, ({ id }) => printable(id.slice(0, SHORT_ID)), true),
      column("SEVERITY", 0, ({ severity }) => severity, true),
      column("STATE", 1, ({ state }) => state, true),
      column("RULE", 2, ({ rule }) => printable(rule)),
      column("ABOUT", 0, (finding) => aboutWords(finding, ledger)),
      column("WHY", 3, ({ why }) => printable(why)),
      column("LAST SEEN (UTC)", 4, ({ lastSeenAt }) => timeWords(lastSeenAt), true),
    ],
    columns,
  );
  return `${[...lines, "", count(findings.length, "finding")].join("\n")}\n`;
}

/** Everything of one finding. Ends with a line end. */
export function findingText(finding: WorkedFinding, ledger: Reader, colour = false): string {
  const bold = (text: string) => (colour ? `\u001b[1m${text}\u001b[0m` : text);
  const sections: [title: string, lines: string[]][] = [
    ["", facts(finding, ledger)],
    ["Seen", finding.evidence.map(evidenceLine)],
    ["Between", (finding.between ?? []).map((end) => betweenLine(finding, end, ledger))],
    ["Vulnerabilities", finding.vulnerabilities.map(vulnerabilityLine)],
    ["What to do", [printable(finding.advice)]],
    ["History", (finding.work?.history ?? []).map(historyLine)],
  ];
  const told = sections
    .filter(([, lines]) => lines.length > 0)
    .flatMap(([title, lines]) => ["", ...(title ? [bold(title)] : []), ...cut(lines).map((line) => `  ${line}`)]);
  const head = bold(`${capital(finding.severity)}: ${printable(finding.title)}`);
  return `${[head, printable(finding.why), ...told].join("\n")}\n`;
}

function facts(finding: WorkedFinding, ledger: Reader): string[] {
  const { work } = finding;
  const lines: [label: string, value: string][] = [
    ["Id", printable(finding.id)],
    ["Rule", printable(finding.rule)],
    ["About", aboutWords(finding, ledger)],
    ["With", withWords(finding, ledger)],
    ["Sure", CERTAINTY[finding.certainty]],
    ["State", WORDS[finding.state]],
    ["By", work === null ? "" : `${printable(work.by)}, ${timeWords(work.at)} UTC`],
    ["Reason", printable(work?.reason ?? "")],
    ["Control", printable(work?.control ?? "")],
    ["Owner", printable(work?.owner ?? "")],
    ["Review by", work?.reviewAt ? `${timeWords(work.reviewAt)} UTC` : ""],
    ["First seen", `${timeWords(finding.firstSeenAt)} UTC`],
    ["Last seen", `${timeWords(finding.lastSeenAt)} UTC`],
    ["Came back", finding.times > 1 ? count(finding.times - 1, "time") : ""],
  ];
  return lines.filter(([, value]) => value !== "").map(([label, value]) => `${label.padEnd(12)}${value}`);
}

const CERTAINTY: Record<Finding["certainty"], string> = {
  confirmed: "confirmed: seen on the wire",
  likely: "likely",
  possible: "possible",
};

/** "infusion pump ICU-PUMP-04", "the network", "the tap" */
export function aboutWords({ about, deviceId }: Finding, ledger: Reader): string {
  if (deviceId === null) return about === "tap" ? "the tap" : "the network";
  return deviceWords(deviceId, ledger);
}

/** The other devices concerned; where `between` tells them with their services, nothing here. */
function withWords({ relatedDeviceIds: ids, between = [] }: Finding, ledger: Reader): string {
  if (between.length > 0) return "";
  const left = ids.length - MAX_RELATED_SHOWN;
  const named = ids.slice(0, MAX_RELATED_SHOWN).map((id) => deviceWords(id, ledger));
  return [...named, ...(left > 0 ? [`${left} more`] : [])].join(", ");
}

function deviceWords(deviceId: string, ledger: Reader): string {
  const body = ledger.get("device", rowKey(deviceId))?.body;
  if (body === undefined) return printable(deviceId);
  const first = (value: unknown) => shown(Array.isArray(value) ? (value[0] ?? "") : "");
  const name = first(body.names) || first(body.ips) || first(body.macs) || printable(deviceId);
  return `${printable(classWords(String(body.class ?? "unknown")))} ${name}`;
}

const evidenceLine = ({ protocol, attribute, value, count: times, ...piece }: Finding["evidence"][number]) =>
  `${printable(protocol)} ${printable(attribute)} = ${printable(value)}, ${count(times, "time")}, ${spanWords(piece)}`;

const spanWords = ({ firstSeenAt, lastSeenAt }: { firstSeenAt: number; lastSeenAt: number }) =>
  firstSeenAt === lastSeenAt ? timeWords(firstSeenAt) : `${timeWords(firstSeenAt)} to ${timeWords(lastSeenAt)}`;

function betweenLine(finding: Finding, end: NonNullable<Finding["between"]>[number], ledger: Reader): string {
  const other = end.deviceId === null ? `${printable(end.remote ?? "")} (outside)` : deviceWords(end.deviceId, ledger);
  return `${aboutWords(finding, ledger)} and ${other}: ${printable(end.service)}`;
}

const vulnerabilityLine = ({ cve, verdict, scores, kev, ransomware }: Finding["vulnerabilities"][number]) =>
  [
    `${printable(cve)}, ${printable(verdict)}`,
    ...scores.map(({ value, source }) => `${shown(value)} (${shown(source)})`),
    ...(kev ? ["known to be exploited"] : []),
    ...(ransomware ? ["used by ransomware"] : []),
  ].join(", ");

function historyLine({ at, by, what, why, control, owner, reviewAt }: HistoryEntry): string {
  const more = [
    why,
    control && `control: ${control}`,
    owner && `owner: ${owner}`,
    reviewAt && `until ${timeWords(reviewAt).slice(0, 10)}`,
  ].filter(Boolean);
  return `${timeWords(at)}  ${what} by ${printable(by)}${more.length > 0 ? `: ${printable(more.join("; "))}` : ""}`;
}

const timeWords = (at: number) => shownTime(isoMicros(at));
const capital = (text: string) => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
const count = (number: number, what: string) => `${number} ${what}${number === 1 ? "" : "s"}`;
const cut = (lines: string[]) =>
  lines.length <= MAX_LINES ? lines : [...lines.slice(0, MAX_LINES), `… and ${lines.length - MAX_LINES} more`];
