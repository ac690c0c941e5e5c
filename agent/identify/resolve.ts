/** Who is one device: host facts grouped, each group with the reasons that joined it. */
import { type Card, collectCards, isHeard, isIpv6, ownAddresses } from "./cards.ts";
import type { Facts, HostFact } from "./facts.ts";
import { type Group, GroupSet } from "./groups.ts";
import { joinCards, type KeptApart } from "./join.ts";
import { addReported } from "./join-reported.ts";
import { isZeroMac } from "./mac.ts";
import type { Networks } from "./networks.ts";

/** When more cards than this claim one address, the cards are invented (fuzzing, spoofing): one device stands there. */
const MAX_CARDS_PER_ADDRESS = 4;

/** Pure: the same facts give the same groups, sorted by first time, then anchor. */
export function resolve(facts: Facts, networks: Networks, keptApart: KeptApart = []): Group[] {
  const cards = collectCards(facts);
  const claims = claimsByAddress(cards);
  const groups = new GroupSet();
  const behind: HostFact[] = [];

  for (const card of cards.values()) {
    if (card.sent === 0 && card.proven.size === 0) continue;
    const owned = ownAddresses(card, networks);
    const isInvented = [...card.vlans].some((vlan) =>
      [...owned].some((ip) => (claims.get(`${vlan} ${ip}`) ?? 0) > MAX_CARDS_PER_ADDRESS),
    );
    if (isInvented) {
      behind.push(...card.hosts.filter(isHeard));
      continue;
    }
    const strangers = card.hosts.filter((host) => isHeard(host) && !owned.has(host.ip!));
    const hosts = card.hosts.filter((host) => host.ip === null || owned.has(host.ip));
    groups.addCard(card, hosts, [...owned], strangers.length > 0 || carriesOutside(card, facts));
    behind.push(...strangers);
  }
  joinCards(cards, groups, keptApart);
  addBehind(behind, groups, networks);
  addWithoutMac(facts, groups, networks);
  addReported(facts, groups);
  adoptSpokenOf(facts, groups);
  return groups.sorted();
}

/** What was said of an address by way of another MAC (a router's, a virtual one) is about whoever owns the address. */
function adoptSpokenOf(facts: Facts, groups: GroupSet): void {
  const taken = new Set(groups.sorted().flatMap((group) => group.hosts.map(({ key }) => key)));
  for (const host of facts.hosts.values()) {
    if (host.ip === null || host.evidence.size === 0 || taken.has(host.key)) continue;
    groups.ownerOf(host.ip, host.vlan)?.hosts.push(host);
  }
}

const carriesOutside = (card: Card, facts: Facts) =>
  [...card.vlans].some((vlan) => (facts.outside.get(`${card.mac}|${vlan}`)?.size ?? 0) > 1);

/** "VLAN address" → how many cards send from it or prove it theirs. */
function claimsByAddress(cards: Map<string, Card>): Map<string, number> {
  const claims = new Map<string, number>();
  for (const card of cards.values()) {
    const places = new Set(card.hosts.filter(isHeard).map((host) => `${host.vlan} ${host.ip}`));
    for (const vlan of card.vlans) for (const ip of card.proven) places.add(`${vlan} ${ip}`);
    for (const place of places) claims.set(place, (claims.get(place) ?? 0) + 1);
  }
  return claims;
}

/** Hosts heard only through a router: devices by address, unless somebody on the link proves the address its own. */
function addBehind(behind: readonly HostFact[], groups: GroupSet, networks: Networks): void {
  const strangers: HostFact[] = [];
  for (const host of behind) {
    const owner = groups.ownerOf(host.ip!, host.vlan);
    if (owner !== undefined) owner.hosts.push(host);
    else if (networks.isInside(host.ip!) || host.mac === null || isZeroMac(host.mac) || !groups.hasMac(host.mac))
      strangers.push(host);
  }
  const onLink = linkPrefixes(groups);
  const placeOf = (host: HostFact) => `${host.mac} ${prefixOf(host.ip!)}`;
  const neighbours = new Map<string, Set<string>>();
  for (const stranger of strangers) {
    const known = neighbours.get(placeOf(stranger)) ?? new Set();
    neighbours.set(placeOf(stranger), known.add(stranger.ip!));
  }
  for (const hosts of byAddress(strangers)) {
    const [host] = hosts as [HostFact];
    const router = host.mac === null ? undefined : groups.ofMac(host.mac);
    // An address of the link's own subnet does not lie behind a router: alone there, it is the router's.
    const isRoutersOwn =
      router !== undefined &&
      neighbours.get(placeOf(host))?.size === 1 &&
      onLink.has(`${host.vlan} ${prefixOf(host.ip!)}`);
    if (isRoutersOwn && router.ips.every(isIpv6)) for (const one of hosts) groups.addAddress(router, one);
    else groups.addByAddress(hosts, "heard through a router");
  }
}

function addWithoutMac(facts: Facts, groups: GroupSet, networks: Networks): void {
  const strangers: HostFact[] = [];
  for (const host of facts.hosts.values()) {
    if (host.ip === null || (host.mac !== null && !isZeroMac(host.mac)) || !networks.isInside(host.ip)) continue;
    const owner = groups.ownerOf(host.ip, host.vlan);
    if (owner !== undefined) owner.hosts.push(host);
    else strangers.push(host);
  }
  for (const same of byAddress(strangers)) {
    if (same.some((host) => host.sentFrames > 0)) groups.addByAddress(same, "the link has no MAC addresses");
  }
}

function byAddress(hosts: readonly HostFact[]): HostFact[][] {
  const found = new Map<string, HostFact[]>();
  for (const host of hosts) {
    const key = `${host.vlan} ${host.ip}`;
    const same = found.get(key);
    if (same === undefined) found.set(key, [host]);
    else same.push(host);
  }
  return [...found.values()];
}

/** The /24 of an IPv4 address: hospitals' client networks are rarely smaller. */
const prefixOf = (ip: string) => (isIpv6(ip) ? ip : ip.slice(0, ip.lastIndexOf(".")));

/** "VLAN prefix" of every IPv4 address that a card on the link owns. */
function linkPrefixes(groups: GroupSet): Set<string> {
  const prefixes = new Set<string>();
  for (const group of groups.sorted()) {
    for (const ip of group.ips)
      if (!isIpv6(ip)) for (const vlan of group.vlans) prefixes.add(`${vlan} ${prefixOf(ip)}`);
  }
  return prefixes;
}
