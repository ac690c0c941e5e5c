/** Two devices use one address: each claims it, in turn, within a short time. */

import { isIpv6 } from "../identify/cards.ts";
import type { Device } from "../identify/device.ts";
import arpSpoofing from "./arp-spoofing.ts";
import { type Contest, contestsOf, gatewayAddresses, grouped } from "./contests.ts";
import { seen } from "./from-evidence.ts";
import { defineRule, type RuleContext } from "./rule.ts";

/** Who contests the addresses of so many others answers for them (proxy ARP). */
const MIN_ANSWERED_FOR = 3;

export default defineRule({
  id: "address-conflict",
  title: "Two devices use the same address",
  severity: "medium",
  about: "network",
  advice:
    "One of the two has a wrong address, mostly one set by hand: give it another. Until then messages for either may reach the wrong one.",
  references: ["RFC 5227", "RFC 4862 5.4"],
  lasts: "event",
  judge(context) {
    const gateways = gatewayAddresses(context.devices);
    const contests = contestsOf(context, "contested").filter((contest) => !isExplained(contest, gateways));
    const answersFor = grouped(contests, ({ device }) => device.id);
    const isProxy = ({ id }: Device) =>
      new Set((answersFor.get(id) ?? []).map(({ other }) => other.id)).size >= MIN_ANSWERED_FOR;
    const twoCards = pairsWithSeveral(contests);
    const spoofers = spoofersIn(context);
    const conflicts = grouped(
      contests.filter(
        (contest) =>
          ![contest.device, contest.other].some((one) => isProxy(one) || spoofers.has(one.id)) &&
          !twoCards.has(pairKey(contest)),
      ),
      ({ ip }) => ip,
    );
    return [...conflicts].map(([ip, sides]) => ({
      key: ip,
      deviceId: null,
      relatedDeviceIds: [...new Set(sides.flatMap(({ device, other }) => [device.id, other.id]))].sort(),
      certainty: "confirmed" as const,
      why: `${ip} is claimed by different network cards in turn.`,
      ...seen(sides.map(({ evidence }) => evidence)),
    }));
  },
});

/** A router that answers for a host beyond it does no harm; one whose own address is taken does suffer. */
const isExplained = ({ ip, device, other }: Contest, gateways: ReadonlySet<string>) =>
  !gateways.has(ip) && [device, other].some(({ roles, class: kind }) => roles.includes("gateway") || kind === "router");

/** Two cards that claim several of each other's addresses sit in one machine, which answers by either. */
function pairsWithSeveral(contests: readonly Contest[]): Set<string> {
  const pairs = grouped(contests, pairKey);
  return new Set([...pairs].filter(([, held]) => new Set(held.map(({ ip }) => ip)).size > 1).map(([key]) => key));
}

const pairKey = ({ ip, device, other }: Contest) => `${[device.id, other.id].sort()} ${isIpv6(ip)}`;

/** What a spoofer contests is told once, as spoofing. */
const spoofersIn = (context: RuleContext) => new Set(arpSpoofing.judge(context).map(({ deviceId }) => deviceId));
