/** Somebody offers to route IPv6 who should not: not on the hospital's list, no router by kind, or at odds with another. */
import { isIpv6 } from "../identify/cards.ts";
import type { Device, DeviceEvidence } from "../identify/device.ts";
import { isInPrefix, parsePrefix } from "../identify/networks.ts";
import { isEndDevice } from "./end-device.ts";
import { seen } from "./from-evidence.ts";
import { defineRule, settingsOf, type Verdict } from "./rule.ts";
import { isListed } from "./settings.ts";
import { firstSeen, spanOf } from "./span.ts";

/** Advertisers compared with each other, those first heard; a flood of invented ones must not cost more. */
const MAX_COMPARED = 16;

/** Prefixes of one router in which hosts are looked for. */
const MAX_PREFIXES = 4;

interface Advertiser {
  device: Device;
  firstSeenAt: number;
  prefixes: readonly string[];
  evidence: DeviceEvidence[];
}

export default defineRule({
  id: "rogue-router-advertisement",
  title: "A router advertisement from somebody who should not route",
  severity: "high",
  about: "device",
  advice:
    "Find this device by its MAC address; switch off internet sharing on it, or take it off the network: hosts send it what should go to the router. List the routers in the configuration (routers), then any other is known for certain. Ask for RA guard on the switch.",
  references: ["RFC 6104", "RFC 6105", "RFC 4861 6.2"],
  judge(context) {
    const { routers: listed } = settingsOf(context);
    const advertisers = advertisersIn(context.devices);
    if (listed.length > 0) {
      return advertisers
        .filter(({ device }) => !isListed(listed, device))
        .map((one) =>
          verdict(
            one,
            "confirmed",
            "It offers to route IPv6, and is none of the routers that the configuration lists.",
          ),
        );
    }
    const ends = advertisers.filter(({ device }) => isEndDevice(device));
    const others = firstSeen(
      advertisers.filter(({ device }) => !isEndDevice(device)),
      MAX_COMPARED,
    );
    return [
      ...ends.map((end): Verdict => {
        const beside = others.filter(({ device }) => shareTag(device, end.device));
        const words = `It offers to route IPv6, and is by its kind (${end.device.class}) no router.`;
        return beside.length === 0
          ? { ...verdict(end, "possible", words), severity: "medium" }
          : { ...verdict(end, "likely", words), relatedDeviceIds: beside.map(({ device }) => device.id).sort() };
      }),
      ...quarrels(others, context.devices),
    ];
  },
});

const verdict = ({ device, evidence }: Advertiser, certainty: Verdict["certainty"], why: string): Verdict => ({
  deviceId: device.id,
  certainty,
  why,
  ...seen(evidence),
});

/** Who only announces a prefix, and is no default router, leads nobody astray (RFC 4861 6.3.4). */
const advertisersIn = (devices: readonly Device[]): Advertiser[] =>
  devices.flatMap((device) => {
    const evidence = device.evidence.filter(
      ({ attribute, value }) => (attribute === "wardtap.ra" && value === "router") || attribute === "icmpv6.opt.prefix",
    );
    if (!evidence.some(({ attribute }) => attribute === "wardtap.ra")) return [];
    const prefixes = evidence.filter(({ attribute }) => attribute === "icmpv6.opt.prefix").map(({ value }) => value);
    return [{ device, prefixes, evidence, firstSeenAt: spanOf(evidence).firstSeenAt }];
  });

/** Routers of one link that announce different prefixes: planned now and then, and nobody can tell from here. */
function quarrels(routers: readonly Advertiser[], devices: readonly Device[]): Verdict[] {
  const hosts = new Map(routers.map((one) => [one, hostsOf(one, devices)]));
  return routers.flatMap((a, index) =>
    routers.slice(index + 1).flatMap((b): Verdict[] => {
      if (a.prefixes.length === 0 || b.prefixes.length === 0) return [];
      if (a.prefixes.some((prefix) => b.prefixes.includes(prefix))) return [];
      if (!shareTag(a.device, b.device) && !shareHost(hosts.get(a)!, hosts.get(b)!)) return [];
      const ids = [a.device.id, b.device.id].sort();
      return [
        {
          key: ids.join(" "),
          about: "network",
          deviceId: null,
          relatedDeviceIds: ids,
          severity: "medium",
          certainty: "possible",
          why: "Two routers advertise different prefixes on the same network.",
          ...seen([...a.evidence, ...b.evidence]),
        },
      ];
    }),
  );
}

/** A mirror that takes tags off shows several networks as one: only a tag proves that two share a link. */
const shareTag = (a: Device, b: Device) => a.vlans.some((vlan) => b.vlans.includes(vlan));

/** Hosts with one card that took an address of this router's. */
function hostsOf({ device, prefixes }: Advertiser, devices: readonly Device[]): ReadonlySet<Device> {
  const networks = prefixes.slice(0, MAX_PREFIXES).map(parsePrefix);
  return new Set(
    devices.filter(
      (one) =>
        one !== device &&
        one.macs.length === 1 &&
        one.ips.some((ip) => isIpv6(ip) && networks.some((network) => isInPrefix(ip, network))),
    ),
  );
}

/** Who has addresses of both has heard both. */
const shareHost = (a: ReadonlySet<Device>, b: ReadonlySet<Device>) => [...a].some((host) => b.has(host));
