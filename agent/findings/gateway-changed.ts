/** The address that hosts were given as their router's belongs to another card than before. */
import type { Device } from "../identify/device.ts";
import { isVirtualRouterMac } from "../identify/mac.ts";
import { contestsOf, gatewayAddresses, grouped, sharedByRouters } from "./contests.ts";
import { defineRule, type Verdict } from "./rule.ts";
import { firstSeen, spanOf } from "./span.ts";

const CLAIMS: ReadonlySet<string> = new Set([
  "arp.src.proto_ipv4",
  "icmpv6.nd.ns.source",
  "icmpv6.nd.na.target_address",
]);

/** Claims of one address that are compared, the earliest; a flood of invented ones must not cost more. */
const MAX_COMPARED = 64;

interface Claim {
  device: Device;
  firstSeenAt: number;
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
    const gateways = [...gatewayAddresses(devices)].sort();
    // Two that claim it at the same time are told as a conflict, or as spoofing.
    const wanted = new Set(gateways.filter((ip) => !contested.has(ip) && !shared.has(ip)));
    const claims = claimsOf(wanted, devices);
    return gateways.flatMap((ip): Verdict[] => changes(ip, inOrder(firstSeen(claims.get(ip) ?? [], MAX_COMPARED))));
  },
});

/** Address → who claims it. */
function claimsOf(wanted: ReadonlySet<string>, devices: readonly Device[]): Map<string, Claim[]> {
  const found = new Map<string, Claim[]>();
  for (const device of devices) {
    if (device.macs.every(isVirtualRouterMac)) continue;
    const said = device.evidence.filter(({ attribute, value }) => CLAIMS.has(attribute) && wanted.has(value));
    for (const [ip, pieces] of grouped(said, ({ value }) => value)) {
      const claim = { device, firstSeenAt: spanOf(pieces).firstSeenAt };
      const held = found.get(ip);
      if (held === undefined) found.set(ip, [claim]);
      else held.push(claim);
    }
  }
  return found;
}

const inOrder = (claims: readonly Claim[]) =>
  [...claims].sort((a, b) => a.firstSeenAt - b.firstSeenAt || (a.device.id < b.device.id ? -1 : 1));

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
