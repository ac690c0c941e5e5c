/** Network cards (MAC addresses) with what was heard from them, and which addresses are a card's own. */
import type { Facts, HostFact } from "./facts.ts";
import { isCardMac } from "./mac.ts";
import type { Networks } from "./networks.ts";

/** Unproven inside addresses that one card may carry before it is taken for a router's. */
const MAX_OWN_UNPROVEN = 3;
/** A card that answers for more IPv4 addresses than this answers for others (proxy ARP). */
const MAX_OWN_PROVEN = 8;
/** IPv6 addresses are many by design (privacy, one per prefix); more than this is a router. */
const MAX_OWN_IPV6 = 24;
const MAX_SEQUENCE = 8;

/** TTLs that senders start from: seen intact, the sender is on this link. */
const INITIAL_TTL: ReadonlySet<number> = new Set([30, 32, 60, 64, 100, 128, 200, 255]);

/** Attributes by which a card proves an address to be its own: ARP, DHCP, neighbour discovery. */
const BINDS_IP: ReadonlySet<string> = new Set([
  "arp.src.proto_ipv4",
  "dhcp.ip.your",
  "icmpv6.nd.ns.source",
  "icmpv6.nd.na.target_address",
  "dhcpv6.iaaddr.ip",
]);
/** Attributes by which a card names another card of the same device. */
const BINDS_MAC: ReadonlySet<string> = new Set(["lldp.chassis.id.mac", "stp.bridge.hw"]);

export interface Card {
  mac: string;
  hosts: HostFact[];
  vlans: Set<number>;
  proven: Set<string>;
  sent: number;
  firstAt: number;
  lastAt: number;
  namesCards: string[];
}

export function collectCards(facts: Facts): Map<string, Card> {
  const cards = new Map<string, Card>();
  for (const host of facts.hosts.values()) {
    if (host.mac === null || !isCardMac(host.mac)) continue;
    const card = cards.get(host.mac) ?? emptyCard(host);
    cards.set(host.mac, card);
    card.hosts.push(host);
    card.vlans.add(host.vlan);
    card.sent += host.sentFrames;
    card.firstAt = Math.min(card.firstAt, host.firstAt);
    card.lastAt = Math.max(card.lastAt, host.lastAt);
    for (const { attribute, value } of host.evidence.values()) {
      if (BINDS_IP.has(attribute)) card.proven.add(value);
      if (BINDS_MAC.has(attribute)) card.namesCards.push(value);
    }
  }
  return cards;
}

const emptyCard = (host: HostFact): Card => ({
  mac: host.mac!,
  hosts: [],
  vlans: new Set(),
  proven: new Set(),
  sent: 0,
  firstAt: host.firstAt,
  lastAt: host.lastAt,
  namesCards: [],
});

/** Heard as a sender with this address. */
export const isHeard = (host: HostFact): boolean => host.ip !== null && host.sentFrames > 0;

/** Which of the addresses heard from a card are the card's own, and not of hosts behind it. */
export function ownAddresses(card: Card, networks: Networks): Set<string> {
  const heard = card.hosts.filter(isHeard);
  const own = new Set(card.proven);
  const v4 = heard.filter((host) => !isIpv6(host.ip!));
  if ([...card.proven].filter((ip) => !isIpv6(ip)).length > MAX_OWN_PROVEN) {
    // It answers for others: only what is plainly sent from here can be its own.
    for (const ip of card.proven) if (!v4.some((host) => host.ip === ip && isIntact(host))) own.delete(ip);
    if (own.size > MAX_OWN_UNPROVEN) own.clear();
  }
  // A card that carries one address and no other is on this link, whatever the address.
  if (v4.length === 1 && (own.size === 0 || own.has(v4[0]!.ip!))) own.add(v4[0]!.ip!);
  const near = v4.filter((host) => !own.has(host.ip!) && networks.isInside(host.ip!) && isIntact(host));
  if (near.length <= MAX_OWN_UNPROVEN || isSequence(near)) for (const host of near) own.add(host.ip!);
  addOwnIpv6(heard, own);
  return own;
}

function addOwnIpv6(heard: readonly HostFact[], own: Set<string>): void {
  const global: HostFact[] = [];
  for (const host of heard) {
    if (!isIpv6(host.ip!)) continue;
    if (isLinkLocal(host.ip!)) own.add(host.ip!);
    else global.push(host);
  }
  if (global.length > MAX_OWN_IPV6 || !global.every(isIntact)) return;
  if (global.length === 1 || fewPrefixes(global)) for (const host of global) own.add(host.ip!);
}

const isIntact = (host: HostFact) => host.ttl === 0 || INITIAL_TTL.has(host.ttl);

/** Addresses used one after the other: one host that moved, not several at once. */
function isSequence(hosts: HostFact[]): boolean {
  const ordered = [...hosts].sort((a, b) => a.firstAt - b.firstAt);
  if (ordered.length > MAX_SEQUENCE) return false;
  return ordered.every((host, index) => index === 0 || host.firstAt >= ordered[index - 1]!.lastAt);
}

export const isIpv6 = (ip: string): boolean => ip.includes(":");
const isLinkLocal = (ip: string) => /^fe[89ab]/.test(ip);

/** Privacy addresses share a /64; a router's strangers come from many. */
const fewPrefixes = (hosts: readonly HostFact[]) =>
  new Set(hosts.map((host) => host.ip!.split(":").slice(0, 3).join(":"))).size <= 3;
