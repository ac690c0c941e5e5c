/** What `wardtap ledger show` prints: everything the ledger knows of one device, in plain words. */
import { LedgerError } from "./error.ts";
import type { Ledger } from "./ledger.ts";
import { type Listed, listed, shown, shownTime } from "./listed.ts";
import { type Row, rowKey } from "./rows.ts";
import { habitLines } from "./show-habit.ts";
import { printable } from "./text.ts";
import { type Described, describe, percent } from "./words.ts";

/** Longer lists of one device are cut here, and the cut is said. */
const MAX_LINES = 40;

/** Throws as `findDevice` does. */
export function showDevice(ledger: Ledger, wanted: string, { colour = false }: { colour?: boolean } = {}): string {
  const device = listed(findDevice(ledger, wanted.trim()), ledger);
  const bold = (text: string) => (colour ? `\u001b[1m${text}\u001b[0m` : text);
  const findings = [...ledger.iterate("finding")].filter((row) => row.body.deviceId === device.id);
  const sections: [title: string, lines: string[]][] = [
    ["", identity(device)],
    ["Why we think so", claims(device)],
    ["Services", ledger.list("service", device.id).map(service)],
    ["Talks to", ledger.list("peer", device.id).map((row) => peer(row, ledger))],
    ["What it usually does", habitLines(ledger, device.id)],
    ["Findings", findings.map(finding)],
    ["Heard from it", ledger.list("evidence", device.id).map(evidence)],
  ];
  const why =
    typeof device.why === "string" && device.why !== "" ? device.why : describe(device as unknown as Described);
  const head = bold(printable(why));
  const told = sections
    .filter(([, lines]) => lines.length > 0)
    .flatMap(([title, lines]) => ["", ...(title ? [bold(title)] : []), ...cut(lines).map((line) => `  ${line}`)]);
  return `${[head, ...told].join("\n")}\n`;
}

/**
 * Finds a device by id, former id, MAC (any notation), IP address or name. Throws LedgerError `not-found` with a
 * sentence that says so, or that names the devices when several answer to it.
 */
export function findDevice(ledger: Ledger, wanted: string): Row {
  const alias = ledger.get("alias", rowKey(wanted))?.body.deviceId;
  const exact = ledger.get("device", rowKey(typeof alias === "string" ? alias : wanted));
  if (exact) return exact;
  const mac = macDigits(wanted);
  const low = wanted.toLowerCase();
  const answers = (one: unknown) => {
    const text = String(one).toLowerCase();
    return text === low || (mac !== null && macDigits(text) === mac);
  };
  const found = [...ledger.iterate("device")].filter(({ body }) =>
    [body.macs, body.ips, body.names].some((list) => Array.isArray(list) && list.some(answers)),
  );
  if (found.length === 1 && found[0]) return found[0];
  if (found.length === 0)
    throw new LedgerError("not-found", `No device in the ledger has the id, address or name ${printable(wanted)}.`);
  const ids = cut(found.map(({ body }) => shown(body.id))).join(", ");
  throw new LedgerError("not-found", `${found.length} devices answer to ${printable(wanted)}: ask for one of ${ids}.`);
}

/** Twelve hex digits out of 00:03:b1:…, 00-03-B1-… or 0003.b1…; null when it is no MAC. */
function macDigits(text: string): string | null {
  const digits = text.replaceAll(/[:.-]/g, "").toLowerCase();
  return /^[0-9a-f]{12}$/.test(digits) ? digits : null;
}

function identity(device: Listed): string[] {
  const lines: [label: string, value: string][] = [
    ["Id", shown(device.id)],
    ["Sure", typeof device.confidence === "number" ? percent(device.confidence) : ""],
    ["Medical", device.medical === true ? `yes, ${shown(device.criticality)}` : "no"],
    ["Names", shown(device.names)],
    ["Serial", shown(device.serial)],
    ["MAC", shown(device.macs) + (device.randomisedMac === true ? " (random, changes)" : "")],
    ["IP", shown(device.ips)],
    ["VLAN", shown(device.vlans)],
    ["Roles", shown(device.roles)],
    ["Reported by", shown(device.reportedBy)],
    ["First seen", `${shownTime(device.firstSeenAt)} UTC`],
    ["Last seen", `${shownTime(device.lastSeenAt)} UTC`],
  ];
  return lines.filter(([, value]) => value !== "").map(([label, value]) => `${label.padEnd(12)}${value}`);
}

function claims(device: Listed): string[] {
  const list = Array.isArray(device.claims) ? device.claims : [];
  const lines = list.map(
    (one) =>
      `${shown(one?.field)}: ${shown(one?.value)} (${percent(Number(one?.confidence) || 0)}), because of ${shown(one?.because)}`,
  );
  const against = Array.isArray(device.contradictions) ? device.contradictions : [];
  return [
    ...(lines.length > 0 ? lines : [shown(device.why)]),
    ...against.map((one) => `${shown(one?.field)} is in doubt: ${shown(one?.values)}`),
  ];
}

const service = ({ body }: Row) =>
  `${shown(body.transport)}/${shown(body.port)} ${shown(body.protocol) || "unknown protocol"}, ${SIDES[String(body.side)] ?? "side unknown"}`;
const SIDES: Record<string, string> = { client: "asks others", server: "answers others" };

function peer({ body }: Row, ledger: Ledger): string {
  const other = typeof body.peerId === "string" ? ledger.get("device", rowKey(body.peerId))?.body : undefined;
  const name =
    shown(Array.isArray(other?.names) ? other.names[0] : "") || shown(Array.isArray(other?.ips) ? other.ips[0] : "");
  const who =
    body.peerId === null ? `${shown(body.remote)} (outside)` : [name, shown(body.peerId)].filter(Boolean).join(", ");
  return `${who}: ${shown(body.service)}`;
}

const finding = ({ body }: Row) =>
  `${shown(body.severity)}, ${shown(body.certainty)}, ${shown(body.state)}: ${shown(body.title)}. ${shown(body.why)}`;
const evidence = ({ body }: Row) =>
  `${shown(body.protocol)} ${shown(body.attribute)} = ${shown(body.value)} (since ${shownTime(body.firstSeenAt)})`;

const cut = (lines: string[]) =>
  lines.length <= MAX_LINES ? lines : [...lines.slice(0, MAX_LINES), `… and ${lines.length - MAX_LINES} more`];
