/** What follows an IP header other than TCP and UDP: tunnels, the authentication header, and what dissectors read. */
import { UNKNOWN } from "./counts.ts";
import { stopAtLink } from "./ethernet.ts";
import { type Packet, TUNNEL } from "./packet.ts";
import { LAYER, lie, type Peel, short } from "./peel.ts";
import { enterTunnel } from "./tunnel.ts";

const ICMP = 1;
const IGMP = 2;
const IPV4_INSIDE = 4;
const IPV6_INSIDE = 41;
const GRE = 47;
const AUTHENTICATION = 51;
const ICMPV6 = 58;
const AUTHENTICATION_MIN = 12;

export function ipProtocol(peel: Peel, packet: Packet): number {
  switch (packet.ipProtocol) {
    case ICMP:
    case IGMP:
    case ICMPV6:
      return LAYER.done;
    case GRE:
      return LAYER.gre;
    case IPV4_INSIDE:
      return ipInIp(peel, packet, 4);
    case IPV6_INSIDE:
      return ipInIp(peel, packet, 6);
    case AUTHENTICATION:
      return authentication(peel, packet);
    default:
      peel.counts.addUnknown(UNKNOWN.ipProtocol, packet.ipProtocol);
      return LAYER.done;
  }
}

/** RFC 2003, 2473 and 4213. */
function ipInIp(peel: Peel, packet: Packet, version: 4 | 6): number {
  if (peel.at + 1 > peel.end) return short(peel, 1, "ip");
  if (peel.bytes[peel.at]! >> 4 !== version) return lie(peel, version === 4 ? "ipv4" : "ipv6");
  if (!enterTunnel(peel, packet, TUNNEL.ipInIp)) return LAYER.done;
  stopAtLink(peel, packet, version === 4 ? 0x0800 : 0x86dd);
  return version === 4 ? LAYER.ipv4 : LAYER.ipv6;
}

/** RFC 4302 after IPv4; after IPv6 it is one of the extension headers. */
function authentication(peel: Peel, packet: Packet): number {
  const { bytes, at } = peel;
  if (at + AUTHENTICATION_MIN > peel.end) return short(peel, AUTHENTICATION_MIN, "ah");
  const length = (bytes[at + 1]! + 2) << 2;
  if (length < AUTHENTICATION_MIN) return lie(peel, "ah");
  if (at + length > peel.end) return short(peel, length, "ah");
  const next = bytes[at]!;
  peel.at = at + length;
  packet.ipProtocol = next;
  packet.payloadAt = peel.at;
  packet.payloadLength = peel.end - peel.at;
  packet.payloadWireLength = peel.wireEnd - peel.at;
  return next === 6 ? LAYER.tcp : next === 17 ? LAYER.udp : LAYER.ipProtocol;
}
