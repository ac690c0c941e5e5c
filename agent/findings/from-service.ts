/** Rules that a service decides: which devices offer (or use) a protocol, known by content. */
import type { Contact } from "../identify/contacts.ts";
import type { Device } from "../identify/device.ts";
import type { Severity } from "./finding.ts";
import { nameOf, partners, type Service } from "./partners.ts";
import type { FindingRule } from "./rule.ts";
import { spanOfTalks, talksOf } from "./talks.ts";

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
    judge(context) {
      const found = context.devices.flatMap((device) => {
        const services = spokenBy(device, protocols, side);
        return services.length === 0 ? [] : [{ device, services }];
      });
      const talks = talksOf(
        context,
        found.map(({ device }) => device),
      );
      return found.map(({ device, services }) => {
        const names = [...new Set(services.map(({ protocol }) => protocol!))].sort();
        const evidence = device.evidence.filter(({ protocol }) => names.includes(protocol));
        const isServer = services.some((service) => service.side === "server");
        const contacts = (talks.get(device.id) ?? []).filter((contact) => isTold(contact, protocols, side));
        return {
          deviceId: device.id,
          relatedDeviceIds: partners(device, services),
          certainty: "confirmed" as const,
          why: why(names, device, isServer),
          ...(device.medical && medicalSeverity !== undefined ? { severity: medicalSeverity } : {}),
          evidence,
          signs: [...new Set(services.map((service) => `${service.side} ${service.protocol}`))].sort(),
          ...spanOfTalks(device, contacts, evidence),
        };
      });
    },
  };
}

function spokenBy(device: Device, protocols: readonly string[], side: ServiceRule["side"]): Service[] {
  const spoken = device.services.filter(({ protocol }) => protocol !== null && protocols.includes(protocol));
  if (side === "any") return spoken;
  return [
    ...spoken.filter((service) => service.side === "server"),
    ...spoken.filter((service) => service.side === "client" && asksOutside(device, service)),
  ];
}

/** As for services: what is told of those who offer it is no matter of those who ask inside. */
const isTold = ({ protocol, side: own, peerId }: Contact, protocols: readonly string[], side: ServiceRule["side"]) =>
  protocol !== null &&
  protocols.includes(protocol) &&
  (side === "any" || own === "server" || (own === "client" && peerId === null));

const asksOutside = (device: Device, service: Service) =>
  device.peers.some((peer) => peer.remote !== null && peer.service === nameOf(service));
