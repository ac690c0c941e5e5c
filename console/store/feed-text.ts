/** The feed's sentences: plain text, bounded, without control characters; what devices said is quoted as given. */
import type { DeviceView, FindingView } from "../api/shapes.ts";
import { plainName, plainText } from "../plain-text.ts";

/** What people call a device: its own name, else maker and model, else an address. */
function nameOfDevice(device: DeviceView): string {
  const product = [device.maker, device.model].map(plainName).filter(Boolean).join(" ");
  return (
    plainName(device.names[0]) || product || plainName(device.ips[0]) || plainName(device.macs[0]) || device.deviceId
  );
}

const classWords = (device: DeviceView) =>
  device.class === "unknown" ? "device" : plainName(device.class).replaceAll("-", " ");

export function newDeviceText(device: DeviceView): string {
  const product = [device.maker, device.model].map(plainName).filter(Boolean).join(" ");
  const details = [...new Set([nameOfDevice(device), product, plainName(device.ips[0])])].filter(Boolean);
  return plainText(`New ${classWords(device)}: ${details.join(", ")}`);
}

const WATCHED = ["class", "maker", "model", "version", "serial", "os"] as const;
const LISTS = { names: "name", ips: "address", macs: "MAC address", vlans: "VLAN", roles: "role" } as const;

/** What changed between two views in words; null when nothing that people would call a change did. */
export function changedDeviceText(before: DeviceView, after: DeviceView): string | null {
  const changes: string[] = [];
  for (const field of WATCHED) {
    if (before[field] === after[field]) continue;
    changes.push(after[field] === null ? `${field} no longer known` : `${field} is now ${plainName(after[field])}`);
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

export function changedFindingText(before: FindingView, after: FindingView | null): string | null {
  if (!after) return plainText(`No longer reported: ${before.title}`);
  if (before.state !== after.state) return plainText(`Now ${plainName(after.state)}: ${after.title}`);
  if (before.severity !== after.severity) return plainText(`Now ${plainName(after.severity)}: ${after.title}`);
  if (before.certainty !== after.certainty) return plainText(`Now ${plainName(after.certainty)}: ${after.title}`);
  return null;
}
