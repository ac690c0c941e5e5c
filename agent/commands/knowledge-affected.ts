/** Which devices a CVE or an advisory concerns: verdict, reason and vulnerabilities for each. */
import { type Affected, affectedBy } from "../findings/affected-by.ts";
import type { Vulnerability } from "../findings/finding.ts";
import { stackSigns } from "../findings/stack-signs.ts";
import type { Device } from "../identify/device.ts";
import type { AdvisoryIndex } from "../knowledge/advisories/advisory-index.ts";

export interface Scope {
  what: string;
  /** Undefined: all of what the index knows. */
  cve: string | undefined;
  index: AdvisoryIndex;
}

export interface AffectedDevice {
  deviceId: string;
  verdict: Vulnerability["verdict"];
  because: string;
  class: string;
  criticality: string | null;
  maker: string | null;
  model: string | null;
  version: string | null;
  names: string[];
  ips: string[];
  macs: string[];
  vulnerabilities: Vulnerability[];
}
export interface AffectedReport {
  what: string;
  knowledge: string;
  /** How many devices of the ledger were looked at. */
  looked: number;
  devices: AffectedDevice[];
}

const ORDER: readonly Vulnerability["verdict"][] = ["confirmed", "likely", "possible", "not-affected"];

/** Undefined when nothing is known of it. */
export function scopeOf(what: string, all: AdvisoryIndex): Scope | undefined {
  const cve = what.toUpperCase();
  if (/^CVE-\d{4}-\d{4,10}$/.test(cve)) {
    const isKnown =
      all.exploited.has(cve) ||
      [...all.advisories.values()].some(({ vulnerabilities }) => vulnerabilities.some((one) => one.cve === cve));
    return isKnown ? { what: cve, cve, index: all } : undefined;
  }
  const advisory = [...all.advisories.values()].find(({ id }) => id.toLowerCase() === what.toLowerCase());
  if (advisory === undefined) return undefined;
  return { what: advisory.id, cve: undefined, index: all.only(advisory) };
}

/** The surest first, then by device id. Devices that nothing says anything of are left out. */
export function affectedDevices(devices: Iterable<Device>, { what, cve, index }: Scope): AffectedReport {
  const found: AffectedDevice[] = [];
  let looked = 0;
  for (const device of devices) {
    looked++;
    const affected = affectedBy({ ...device, stacks: stackSigns(device) }, index).filter(
      (one) => cve === undefined || one.cve === cve,
    );
    const [surest] = affected;
    if (surest !== undefined) found.push(shownDevice(device, surest, affected));
  }
  found.sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict) || (a.deviceId < b.deviceId ? -1 : 1));
  return { what, knowledge: index.digest, looked, devices: found };
}

const shownDevice = (device: Device, surest: Affected, affected: readonly Affected[]): AffectedDevice => ({
  deviceId: device.id,
  verdict: surest.verdict,
  because: surest.because ?? "",
  class: device.class,
  criticality: device.criticality,
  maker: device.maker,
  model: device.model,
  version: device.version,
  names: device.names,
  ips: device.ips,
  macs: device.macs,
  vulnerabilities: affected.map(({ ground: _, ...vulnerability }) => vulnerability),
});
