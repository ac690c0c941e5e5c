/** What a hospital says of its own network, and the thresholds of rules that count: from the configuration. */
import type { Device } from "../identify/device.ts";
import type { PurposeEntry } from "../identify/purposes.ts";

export interface FindingSettings {
  /** A scan tries at least so many addresses, or ports of one address, in five minutes. */
  scanHosts: number;
  scanPorts: number;
  /** Who scans on purpose: IP address, MAC address, device id or name, in lower case. */
  knownScanners: readonly string[];
  purposes: readonly PurposeEntry[];
  /** Who may give addresses, and who may route: IP or MAC addresses in lower case. Empty: not known. */
  dhcpServers: readonly string[];
  routers: readonly string[];
}

export const DEFAULT_SETTINGS: FindingSettings = {
  scanHosts: 25,
  scanPorts: 15,
  knownScanners: [],
  purposes: [],
  dhcpServers: [],
  routers: [],
};

/** Whether a list names this device: by address, by id, or by name with or without its domain. */
export function isListed(list: readonly string[], { id, aliases, macs, ips, names }: Device): boolean {
  if (list.length === 0) return false;
  const called = names.flatMap((name) => [name.toLowerCase(), name.toLowerCase().split(".")[0]!]);
  return [id, ...aliases, ...macs, ...ips, ...called].some((one) => list.includes(one));
}
