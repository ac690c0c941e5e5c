/** ICMPv6 neighbour discovery: which IPv6 address a card owns, and who routes. RFC 4861, RFC 8106. */
import { ipv6At, isDeviceMac, macAt } from "./addresses.ts";
import { defineDissector, type Evidence, type Malformed, malformed } from "./dissector.ts";
import { printOf } from "./print.ts";

const ROUTER_ADVERTISEMENT = 134;
const SOLICITATION = 135;
const ADVERTISEMENT = 136;
const TARGET_AT = 8;
const HEADER = 24;
const ROUTER_HEADER = 16;
const OPTION = { sourceLink: 1, targetLink: 2, prefix: 3, dnsServers: 25 } as const;
/** Prefixes and name servers told of one advertisement; more are not read. */
const MAX_PREFIXES = 8;
const MAX_DNS_SERVERS = 4;

interface NeighbourMessage {
  type: number;
  /** undefined where the option is missing or holds an address no device may own. */
  link: string | undefined;
  /** The address an advertisement speaks for. */
  target: string | undefined;
  /** Seconds for which the sender offers to route; 0 for "not a default router". */
  lifetime: number;
  managed: boolean;
  prefixes: string[];
  dnsServers: string[];
}

export default defineDissector<NeighbourMessage>({
  protocol: "icmpv6",
  over: ["ip"],
  ipProtocols: [58],
  dissect(payload, flow): NeighbourMessage | Malformed | undefined {
    const type = payload[0];
    if (type !== ROUTER_ADVERTISEMENT && type !== SOLICITATION && type !== ADVERTISEMENT) return undefined;
    if (payload[1] !== 0) return malformed("code is not 0");
    const isRouter = type === ROUTER_ADVERTISEMENT;
    const header = isRouter ? ROUTER_HEADER : HEADER;
    if (payload.length < header) return flow.cut ? undefined : malformed("header cut short");
    // A group address can't be resolved (7.1.1, 7.1.2).
    if (!isRouter && payload[TARGET_AT] === 0xff) return malformed("target is a group address");
    const message: NeighbourMessage = {
      type,
      link: undefined,
      target: type === ADVERTISEMENT ? ipv6At(payload, TARGET_AT) : undefined,
      lifetime: isRouter ? payload.readUInt16BE(6) : 0,
      managed: isRouter && (payload[5]! & 0x80) !== 0,
      prefixes: [],
      dnsServers: [],
    };
    return readOptions(payload, header, message) || flow.cut ? message : malformed("an option lies", message);
  },
  evidence(message, { sourceMac, sourceIp }) {
    const { type, link, target } = message;
    if (type === ROUTER_ADVERTISEMENT) return routerEvidence(message, sourceIp);
    // Without the option a card speaks of itself.
    const mac = link ?? sourceMac;
    if (mac === "") return [];
    if (target !== undefined) return [{ about: { mac }, attribute: "icmpv6.nd.na.target_address", value: target }];
    // An unspecified source probes for an address that it doesn't have yet (RFC 4862, 5.4.2).
    if (sourceIp === "::" || link === undefined) return [];
    return [{ about: { mac }, attribute: "icmpv6.nd.ns.source", value: sourceIp }];
  },
  sameDatagram: (bytes, at, length) =>
    length >= HEADER && bytes[at] === SOLICITATION && bytes[at + TARGET_AT] !== 0xff
      ? printOf(bytes, at, length, SOLICITOR)
      : 0,
});

/** Of a solicitation all but the checksum and whom it asks for, which changes with every one. */
const SOLICITOR = [
  { at: 0, length: 2 },
  { at: HEADER, length: 1500 },
];

/** False when an option has no length or runs past the end (4.6). Every turn takes at least 8 bytes. */
function readOptions(payload: Buffer, from: number, message: NeighbourMessage): boolean {
  const wanted = message.type === ADVERTISEMENT ? OPTION.targetLink : OPTION.sourceLink;
  let at = from;
  while (at + 8 <= payload.length) {
    const length = payload[at + 1]! * 8;
    if (length === 0 || at + length > payload.length) return false;
    const option = payload[at];
    if (option === wanted && length === 8 && isDeviceMac(payload, at + 2)) message.link ??= macAt(payload, at + 2);
    if (message.type === ROUTER_ADVERTISEMENT) readRouterOption(payload, at, length, message);
    at += length;
  }
  return at === payload.length;
}

function readRouterOption(payload: Buffer, at: number, length: number, message: NeighbourMessage): void {
  const { prefixes, dnsServers } = message;
  if (payload[at] === OPTION.prefix && length === 32 && payload[at + 2]! <= 128 && prefixes.length < MAX_PREFIXES) {
    prefixes.push(`${ipv6At(payload, at + 16)}/${payload[at + 2]}`);
  }
  if (payload[at] !== OPTION.dnsServers) return;
  for (let server = at + 8; server + 16 <= at + length && dnsServers.length < MAX_DNS_SERVERS; server += 16) {
    if (payload[server] !== 0xff) dnsServers.push(ipv6At(payload, server));
  }
}

function routerEvidence(message: NeighbourMessage, sourceIp: string): Evidence[] {
  const { link, lifetime, managed, prefixes, dnsServers } = message;
  const found: Evidence[] = [{ about: "sender", attribute: "wardtap.ra", value: lifetime > 0 ? "router" : "prefix" }];
  if (lifetime > 0) found.push({ about: "sender", attribute: "wardtap.role", value: "router" });
  if (managed) found.push({ about: "sender", attribute: "icmpv6.nd.ra.flag.m", value: "1" });
  for (const value of prefixes) found.push({ about: "sender", attribute: "icmpv6.opt.prefix", value });
  for (const ip of dnsServers) found.push({ about: { ip }, attribute: "wardtap.role", value: "dns-server" });
  if (link !== undefined) found.push({ about: { mac: link }, attribute: "icmpv6.nd.ns.source", value: sourceIp });
  return found;
}
