/** Who is one device: host facts grouped, each group with the reasons that joined it. */
import type { Facts, HostFact, ReportedFact } from "./facts.ts";
import { isCardMac, isZeroMac } from "./mac.ts";
import type { Networks } from "./networks.ts";

/** Unproven inside addresses that one card may carry before it is taken for a router's. */
const MAX_OWN_UNPROVEN = 3;
/** When more cards than this claim one address, the cards are invented (fuzzing, spoofing): one device stands there. */
const MAX_CARDS_PER_ADDRESS = 4;
/** IPv6 addresses are many by design (privacy, one per prefix); more than this is a router. */
const MAX_OWN_IPV6 = 24;

/** TTLs that senders start from: seen intact, the sender is on this link. */
const INITIAL_TTL: ReadonlySet<number> = new Set([30, 32, 60, 64, 100, 128, 200, 255]);

/** Attributes by which a card proves an address to be its own. */
const BINDS_IP: ReadonlySet<string> = new Set([
  "arp.src.proto_ipv4",
  "dhcp.ip.your",
  "icmpv6.nd.ns.source",
  "icmpv6.nd.na.target_address",
  "dhcpv6.iaaddr.ip",
]);
/** Attributes by which a card names another card of the same device. */
const BINDS_MAC: ReadonlySet<string> = new Set(["lldp.chassis.id.mac"]);

export interface Group {
  /** "mac <mac> <vlan>", "ip <ip> <vlan> <first seen>", "reported <identity>". */
  anchor: string;
  /** Every anchor that would name this group, earliest first. */
  anchors: string[];
  hosts: HostFact[];
  reported: ReportedFact | null;
  macs: string[];
  ips: string[];
  vlans: number[];
  /** Carries other hosts' traffic. */
  isRouter: boolean;
  reasons: string[];
  firstAt: number;
}

interface Card {
  mac: string;
  hosts: HostFact[];
  vlans: Set<number>;
  proven: Set<string>;
  sent: number;
  firstAt: number;
  namesCards: string[];
}

/** Pure: the same facts give the same groups, sorted by first time, then anchor. */
export function resolve(facts: Facts, networks: Networks): Group[] {
  const cards = collectCards(facts);
  const claims = claimsByAddress(cards);
  const groups = new GroupSet();
  const behind: HostFact[] = [];

  for (const card of cards.values()) {
    if (card.sent === 0 && card.proven.size === 0) continue;
    const owned = ownAddresses(card, networks);
    const strangers = card.hosts.filter((host) => host.ip !== null && host.sentFrames > 0 && !owned.has(host.ip));
    const spoofed = [...owned].some((ip) => (claims.get(`${ip}`)?.size ?? 0) > MAX_CARDS_PER_ADDRESS);
    if (spoofed) {
      behind.push(...card.hosts.filter((host) => host.ip !== null && host.sentFrames > 0));
      continue;
    }
    const hosts = card.hosts.filter((host) => host.ip === null || owned.has(host.ip));
    const isRouter = strangers.length > 0 || (facts.outside.get(`${card.mac}|${[...card.vlans][0]}`)?.size ?? 0) > 1;
    groups.add(card, hosts, [...owned], isRouter);
    behind.push(...strangers);
  }
  joinNamedCards(cards, groups);
  addBehind(behind, groups, networks);
  addWithoutMac(facts, groups, networks);
  for (const reported of facts.reported.values()) groups.addReported(reported);
  return groups.sorted();
}

function collectCards(facts: Facts): Map<string, Card> {
  const cards = new Map<string, Card>();
  for (const host of facts.hosts.values()) {
    if (host.mac === null || !isCardMac(host.mac)) continue;
    let card = cards.get(host.mac);
    if (card === undefined) {
      card = {
        mac: host.mac,
        hosts: [],
        vlans: new Set(),
        proven: new Set(),
        sent: 0,
        firstAt: host.firstAt,
        namesCards: [],
      };
      cards.set(host.mac, card);
    }
    card.hosts.push(host);
    card.vlans.add(host.vlan);
    card.sent += host.sentFrames;
    card.firstAt = Math.min(card.firstAt, host.firstAt);
    for (const { attribute, value } of host.evidence.values()) {
      if (BINDS_IP.has(attribute)) card.proven.add(value);
      if (BINDS_MAC.has(attribute)) card.namesCards.push(value);
    }
  }
  return cards;
}

/** Address → cards that prove it theirs. */
function claimsByAddress(cards: Map<string, Card>): Map<string, Set<string>> {
  const claims = new Map<string, Set<string>>();
  for (const card of cards.values()) {
    const addresses = new Set([...card.proven, ...card.hosts.filter(isHeard).map((host) => host.ip!)]);
    for (const ip of addresses) {
      const claimants = claims.get(ip) ?? new Set();
      claimants.add(card.mac);
      claims.set(ip, claimants);
    }
  }
  return claims;
}

const isHeard = (host: HostFact) => host.ip !== null && host.sentFrames > 0;

/** Which of the addresses heard from a card are the card's own, and not of hosts behind it. */
function ownAddresses(card: Card, networks: Networks): Set<string> {
  const heard = card.hosts.filter(isHeard);
  const own = new Set(card.proven);
  const v4 = heard.filter((host) => !host.ip!.includes(":"));
  const v6 = heard.filter((host) => host.ip!.includes(":"));
  // A card that carries one address and no other is on this link, whatever the address.
  if (v4.length === 1 && (own.size === 0 || own.has(v4[0]!.ip!))) own.add(v4[0]!.ip!);
  const unproven = v4.filter((host) => !own.has(host.ip!) && networks.isInside(host.ip!));
  const near = unproven.filter((host) => host.ttl === 0 || INITIAL_TTL.has(host.ttl));
  if (near.length <= MAX_OWN_UNPROVEN || isSequence(near)) for (const host of near) own.add(host.ip!);
  const global6 = v6.filter((host) => !isLinkLocal(host.ip!));
  for (const host of v6) if (isLinkLocal(host.ip!)) own.add(host.ip!);
  const near6 = global6.filter((host) => host.ttl === 0 || INITIAL_TTL.has(host.ttl));
  if (near6.length === global6.length && near6.length <= MAX_OWN_IPV6 && (near6.length === 1 || samePrefixes(near6))) {
    for (const host of near6) own.add(host.ip!);
  }
  return own;
}

/** Addresses used one after the other: one host that moved, not several at once. */
function isSequence(hosts: HostFact[]): boolean {
  const ordered = [...hosts].sort((a, b) => a.firstAt - b.firstAt);
  return (
    ordered.length <= 8 && ordered.every((host, index) => index === 0 || host.firstAt >= ordered[index - 1]!.lastAt)
  );
}

const isLinkLocal = (ip: string) => /^fe[89ab]/.test(ip);

/** Privacy addresses share a /64; a router's strangers come from many. */
const samePrefixes = (hosts: HostFact[]) =>
  new Set(hosts.map((host) => host.ip!.split(":").slice(0, 3).join(":"))).size <= 3;

function joinNamedCards(cards: Map<string, Card>, groups: GroupSet): void {
  for (const card of cards.values()) {
    for (const named of card.namesCards) {
      if (named !== card.mac && isCardMac(named)) groups.joinMac(card, named, "LLDP chassis id");
    }
  }
}

/** Hosts heard only through a router: devices by address, unless a card proves the address its own. */
function addBehind(behind: HostFact[], groups: GroupSet, networks: Networks): void {
  const byAddress = new Map<string, HostFact[]>();
  for (const host of behind) {
    if (!networks.isInside(host.ip!) && host.mac !== null && !isZeroMac(host.mac) && groups.hasMac(host.mac)) continue;
    if (groups.hasAddress(host.ip!)) {
      groups.extend(host);
      continue;
    }
    const key = `${host.vlan} ${host.ip}`;
    byAddress.set(key, [...(byAddress.get(key) ?? []), host]);
  }
  for (const hosts of byAddress.values()) groups.addByAddress(hosts, "heard through a router");
}

function addWithoutMac(facts: Facts, groups: GroupSet, networks: Networks): void {
  const hosts = [...facts.hosts.values()].filter(
    (host) => host.ip !== null && (host.mac === null || isZeroMac(host.mac)) && networks.isInside(host.ip),
  );
  const byAddress = new Map<string, HostFact[]>();
  for (const host of hosts) {
    if (groups.hasAddress(host.ip!)) {
      groups.extend(host);
      continue;
    }
    const key = `${host.vlan} ${host.ip}`;
    byAddress.set(key, [...(byAddress.get(key) ?? []), host]);
  }
  for (const same of byAddress.values()) {
    if (same.some((host) => host.sentFrames > 0)) groups.addByAddress(same, "the link has no MAC addresses");
  }
}

class GroupSet {
  readonly #groups: Group[] = [];
  readonly #byMac = new Map<string, Group>();
  readonly #byAddress = new Map<string, Group>();

  hasMac = (mac: string) => this.#byMac.has(mac);
  hasAddress = (ip: string) => this.#byAddress.has(ip);

  add(card: Card, hosts: HostFact[], owned: string[], isRouter: boolean): void {
    const group: Group = {
      anchor: "",
      anchors: macAnchors(card),
      hosts,
      reported: null,
      macs: [card.mac],
      ips: owned,
      vlans: [...card.vlans],
      isRouter,
      reasons: owned.length > 1 ? ["one network card"] : [],
      firstAt: card.firstAt,
    };
    this.#keep(group);
  }

  addByAddress(hosts: HostFact[], reason: string): void {
    const first = Math.min(...hosts.map((host) => host.firstAt));
    const { ip, vlan } = hosts[0]!;
    this.#keep({
      anchor: "",
      anchors: [`ip ${ip} ${vlan} ${first}`],
      hosts,
      reported: null,
      macs: [],
      ips: [ip!],
      vlans: [...new Set(hosts.map((host) => host.vlan))],
      isRouter: false,
      reasons: [reason],
      firstAt: first,
    });
  }

  addReported(reported: ReportedFact): void {
    this.#keep({
      anchor: "",
      anchors: [`reported ${reported.reported}`],
      hosts: [],
      reported,
      macs: [],
      ips: [],
      vlans: [],
      isRouter: false,
      reasons: ["reported by a gateway"],
      firstAt: reported.firstAt,
    });
  }

  /** A host without its own card facts, of an address that a group owns. */
  extend(host: HostFact): void {
    this.#byAddress.get(host.ip!)?.hosts.push(host);
  }

  joinMac(card: Card, other: string, reason: string): void {
    const mine = this.#byMac.get(card.mac);
    if (mine === undefined) return;
    const theirs = this.#byMac.get(other);
    if (theirs === undefined) {
      if (!mine.macs.includes(other)) mine.macs.push(other);
      this.#byMac.set(other, mine);
      return;
    }
    if (theirs !== mine) this.#merge(mine, theirs, reason);
  }

  sorted(): Group[] {
    for (const group of this.#groups) {
      group.anchor = group.anchors[0]!;
      group.macs.sort();
      group.ips.sort();
      group.vlans.sort((a, b) => a - b);
    }
    return this.#groups.sort((a, b) => a.firstAt - b.firstAt || (a.anchor < b.anchor ? -1 : 1));
  }

  #keep(group: Group): void {
    this.#groups.push(group);
    for (const mac of group.macs) this.#byMac.set(mac, group);
    for (const ip of group.ips) if (!this.#byAddress.has(ip)) this.#byAddress.set(ip, group);
  }

  #merge(a: Group, b: Group, reason: string): void {
    const [into, from] = a.firstAt <= b.firstAt ? [a, b] : [b, a];
    into.anchors.push(...from.anchors);
    into.hosts.push(...from.hosts);
    into.macs.push(...from.macs);
    for (const ip of from.ips) if (!into.ips.includes(ip)) into.ips.push(ip);
    into.vlans = [...new Set([...into.vlans, ...from.vlans])];
    into.isRouter ||= from.isRouter;
    into.reasons.push(...from.reasons, reason);
    into.firstAt = Math.min(into.firstAt, from.firstAt);
    this.#groups.splice(this.#groups.indexOf(from), 1);
    for (const [mac, group] of this.#byMac) if (group === from) this.#byMac.set(mac, into);
    for (const [ip, group] of this.#byAddress) if (group === from) this.#byAddress.set(ip, into);
  }
}

/** One anchor per VLAN, the VLAN heard first in front. */
function macAnchors(card: Card): string[] {
  const first = (vlan: number) =>
    Math.min(...card.hosts.filter((host) => host.vlan === vlan).map((host) => host.firstAt));
  return [...card.vlans].sort((a, b) => first(a) - first(b) || a - b).map((vlan) => `mac ${card.mac} ${vlan}`);
}
