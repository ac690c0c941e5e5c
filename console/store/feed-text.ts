/** The feed's sentences: plain text, bounded, without control characters; what devices said is quoted as given. */
import type { DeviceView, FindingView } from "../api/shapes.ts";
import { classWordsInside } from "../class-words.ts";
import { plainName, plainText } from "../plain-text.ts";

/** What people call a device: its own name, else maker and model, else an address. */
export function nameOfDevice(device: DeviceView): string {
  const product = [device.maker, device.model].map(plainName).filter(Boolean).join(" ");
  return (
    plainName(device.names[0]) || product || plainName(device.ips[0]) || plainName(device.macs[0]) || device.deviceId
  );
}

const kindOf = (device: DeviceView) =>
  device.class === "unknown" ? "device" : plainName(classWordsInside(device.class));

export function newDeviceText(device: DeviceView): string {
  const product = [device.maker, device.model].map(plainName).filter(Boolean).join(" ");
  const details = [...new Set([nameOfDevice(device), product, plainName(device.ips[0])])].filter(Boolean);
  return plainText(`New ${kindOf(device)}: ${details.join(", ")}`);
}

const WATCHED = ["class", "maker", "model", "version", "serial", "os"] as const;
const FIELD_WORDS: Partial<Record<(typeof WATCHED)[number], string>> = { class: "kind", os: "operating system" };
const LISTS = { names: "name", ips: "address", macs: "MAC address", vlans: "VLAN", roles: "role" } as const;

function changeText(field: (typeof WATCHED)[number], value: string | null): string {
  const name = FIELD_WORDS[field] ?? field;
  if (value === null || (field === "class" && value === "unknown")) return `${name} no longer known`;
  return `${name} is now ${plainName(field === "class" ? classWordsInside(value) : value)}`;
}

/** What changed between two views in words; null when nothing that people would call a change did. */
export function changedDeviceText(before: DeviceView, after: DeviceView): string | null {
  const changes: string[] = [];
  for (const field of WATCHED) {
    if (before[field] === after[field]) continue;
    changes.push(changeText(field, after[field]));
  }
  for (const [field, word] of Object.entries(LISTS)) {
    const had = new Set<unknown>(before[field as keyof typeof LISTS]);
    const added = after[field as keyof typeof LISTS].filter((value) => !had.has(value)).map(plainName);
    if (added.length > 0) changes.push(`new ${word} ${added.slice(0, 3).join(", ")}`);
  }
  return changes.length === 0 ? null : plainText(`${nameOfDevice(after)}: ${changes.join("; ")}`);
}

export const goneDeviceText = (device: DeviceView, sameAs: DeviceView | null) =>
  plainText(
    sameAs
      ? `${nameOfDevice(device)} is the same device as ${nameOfDevice(sameAs)}`
      : `${nameOfDevice(device)} is no longer in the ledger`,
  );

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

export const newFindingText = (finding: FindingView, device: DeviceView | null) =>
  plainText(
    `${capital(plainName(finding.severity))}: ${plainText(finding.title)}${device ? ` (${nameOfDevice(device)})` : ""}`,
  );

/** Devices named in one line about many. */
const MAX_NAMED = 3;

/** One line for the same finding many times, mostly on as many devices. */
export function manyFindingsText(finding: FindingView, devices: (DeviceView | null)[]): string {
  const names = [...new Set(devices.flatMap((device) => (device ? [nameOfDevice(device)] : [])))];
  const more = names.length - MAX_NAMED;
  const named = names.slice(0, MAX_NAMED).join(", ") + (more > 0 ? ` and ${more} more` : "");
  const title = `${capital(plainName(finding.severity))}: ${plainText(finding.title, 120)}`;
  return plainText(`${title}, ${devices.length} times${named === "" ? "" : ` (${named})`}`);
}

export function changedFindingText(before: FindingView, after: FindingView | null): string | null {
  if (!after) return plainText(`No longer reported: ${before.title}`);
  if (before.state !== after.state) return plainText(`Now ${plainName(after.state)}: ${after.title}`);
  if (before.severity !== after.severity) return plainText(`Now ${plainName(after.severity)}: ${after.title}`);
  if (before.certainty !== after.certainty) return plainText(`Now ${plainName(after.certainty)}: ${after.title}`);
  return null;
}
