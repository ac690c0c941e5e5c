/** Rules that a service decides: which devices offer (or use) a protocol, known by content. */
import type { Device } from "../identify/device.ts";
import type { Severity } from "./finding.ts";
import { nameOf, partners, type Service } from "./partners.ts";
import type { FindingRule } from "./rule.ts";

export interface ServiceRule extends Omit<FindingRule, "judge"> {
  protocols: readonly string[];
  /** "server": those who offer it, and those who use it outside this network. "any": everybody who speaks it. */
  side: "server" | "any";
  medicalSeverity?: Severity;
  why(protocols: string[], device: Device, isServer: boolean): string;
}

export function fromService({ protocols, side, medicalSeverity, why, ...rule }: ServiceRule): FindingRule {
  return {
    ...rule,
    judge: ({ devices }) =>
      devices.flatMap((device) => {
        const spoken = device.services.filter(({ protocol }) => protocol !== null && protocols.includes(protocol));
        const served = spoken.filter((service) => service.side === "server");
        const outside = spoken.filter((service) => service.side === "client" && asksOutside(device, service));
        const found = side === "any" ? spoken : [...served, ...outside];
        if (found.length === 0) return [];
        const names = [...new Set(found.map(({ protocol }) => protocol!))].sort();
        const evidence = device.evidence.filter(({ protocol }) => names.includes(protocol));
        return [
          {
            deviceId: device.id,
            relatedDeviceIds: partners(device, found),
            certainty: "confirmed" as const,
            why: why(names, device, served.length > 0),
            ...(device.medical && medicalSeverity !== undefined ? { severity: medicalSeverity } : {}),
            evidence,
            firstSeenAt: Math.min(device.lastSeenAt, ...evidence.map((piece) => piece.firstSeenAt)),
            lastSeenAt: device.lastSeenAt,
          },
        ];
      }),
  };
}

const asksOutside = (device: Device, service: Service) =>
  device.peers.some((peer) => peer.remote !== null && peer.service === nameOf(service));
