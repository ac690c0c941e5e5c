/** The address that hosts were given as their router's belongs to another card than before. */
import type { Device } from "../identify/device.ts";
import { isVirtualRouterMac } from "../identify/mac.ts";
import { contestsOf, gatewayAddresses, sharedByRouters } from "./contests.ts";
import { defineRule, type Verdict } from "./rule.ts";

const CLAIMS: ReadonlySet<string> = new Set([
  "arp.src.proto_ipv4",
  "icmpv6.nd.ns.source",
  "icmpv6.nd.na.target_address",
]);

interface Claim {
  device: Device;
  firstSeenAt: number;
  lastSeenAt: number;
}

export default defineRule({
  id: "gateway-changed",
  title: "Another device has become the gateway",
  severity: "medium",
  about: "network",
  advice:
    "Ask the network team whether the router was replaced. If not, all that leaves this network passes through a device nobody planned: find it by its MAC address.",
  references: ["MITRE ATT&CK T1557", "RFC 826"],
  judge({ devices }) {
    const contested = new Set(contestsOf({ devices }, "contested").map(({ ip }) => ip));
    const shared = sharedByRouters(devices);
    return [...gatewayAddresses(devices)].sort().flatMap((ip): Verdict[] => {
      // Two that claim it at the same time are told as a conflict, or as spoofing.
      if (contested.has(ip) || shared.has(ip)) return [];
      return changes(ip, claimsOf(ip, devices));
    });
  },
});

function claimsOf(ip: string, devices: readonly Device[]): Claim[] {
  return devices
    .flatMap((device): Claim[] => {
      const said = device.evidence.filter(({ attribute, value }) => value === ip && CLAIMS.has(attribute));
      if (said.length === 0 || device.macs.every(isVirtualRouterMac)) return [];
      return [
        {
          device,
          firstSeenAt: Math.min(...said.map(({ firstSeenAt }) => firstSeenAt)),
          lastSeenAt: Math.max(...said.map(({ lastSeenAt }) => lastSeenAt)),
        },
      ];
    })
    .sort((a, b) => a.firstSeenAt - b.firstSeenAt || (a.device.id < b.device.id ? -1 : 1));
}

/** The same address in two VLANs is two routers'. */
function changes(ip: string, claims: readonly Claim[]): Verdict[] {
  const changed = claims.filter(
    (claim, index) => index > 0 && claims.slice(0, index).some((before) => shareLink(before.device, claim.device)),
  );
  const last = changed.at(-1);
  if (last === undefined) return [];
  const related = claims.map(({ device }) => device.id).sort();
  return [
    {
      key: ip,
      deviceId: null,
      relatedDeviceIds: related,
      certainty: "confirmed",
      why: `The gateway ${ip} was one network card's address and is now another's (${last.device.macs.join(", ") || last.device.id}).`,
      evidence: [],
      firstSeenAt: changed[0]!.firstSeenAt,
      lastSeenAt: last.firstSeenAt,
    },
  ];
}

const shareLink = (a: Device, b: Device) =>
  a.vlans.length === 0 || b.vlans.length === 0
    ? a.vlans.length === b.vlans.length
    : a.vlans.some((vlan) => b.vlans.includes(vlan));
