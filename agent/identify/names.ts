/** Names that a device gives itself, best first. */
import type { DeviceEvidence } from "./device.ts";

/** Attributes that carry a device's own name, the more telling first. */
const NAME_ATTRIBUTES = [
  "dhcp.option.hostname",
  "dhcp.fqdn.name",
  "dns.resp.name",
  "lldp.tlv.system.name",
  "dicom.station_name",
  "nbns.name",
] as const;
const MAX_NAMES = 16;

export function namesOf(evidence: readonly DeviceEvidence[]): string[] {
  const names = new Set<string>();
  for (const attribute of NAME_ATTRIBUTES) {
    for (const piece of evidence) if (piece.attribute === attribute) addName(names, piece.value);
  }
  return [...names].slice(0, MAX_NAMES).sort();
}

/** A name with a domain counts with and without it: some protocols tell the one, some the other. */
function addName(names: Set<string>, value: string): void {
  const name = value.replace(/\.local\.?$/i, "").replace(/\.$/, "");
  names.add(name);
  const short = /^([a-z0-9][\w-]*)\.[a-z][\w.-]*$/i.exec(name)?.[1];
  if (short !== undefined) names.add(short);
}
