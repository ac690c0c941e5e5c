/** VXLAN: Ethernet frames inside UDP, RFC 7348, 5; and its generic extension, draft-ietf-nvo3-vxlan-gpe-13, 3. */
import { mirroredFrame } from "./erspan.ts";
import { stopAtLink } from "./ethernet.ts";
import { type Packet, TUNNEL } from "./packet.ts";
import { LAYER, type Peel, short, word32 } from "./peel.ts";
import { enterTunnel } from "./tunnel.ts";

const HEADER = 8;
const ETHERNET_HEADER = 14;
/** "This header has a network id": without it the datagram is something else. */
const ID_FLAG = 0x08;
const IANA_PORT = 4789;
const GPE_PORT = 4790;
/** Generic extension: the last byte of the first word says what is carried; 1 is IPv4. */
const NEXT_IPV6 = 2;
const NEXT_ETHERNET = 3;

export function vxlan(peel: Peel, packet: Packet): number {
  const { bytes, at } = peel;
  if (at + 1 > peel.end || (bytes[at]! & ID_FLAG) === 0) return LAYER.done;
  if (packet.destinationPort === GPE_PORT) return extended(peel, packet);
  if (at + HEADER + ETHERNET_HEADER > peel.end) {
    return packet.destinationPort === IANA_PORT ? short(peel, HEADER + ETHERNET_HEADER, "vxlan") : LAYER.done;
  }
  // Other protocols use the older port too: there the reserved bits must be as the RFC says.
  if (packet.destinationPort !== IANA_PORT && (word32(bytes, at) !== ID_FLAG << 24 || bytes[at + 7] !== 0)) {
    return LAYER.done;
  }
  peel.at = at + HEADER;
  return mirroredFrame(peel, packet, TUNNEL.vxlan, "vxlan");
}

function extended(peel: Peel, packet: Packet): number {
  const { bytes, at } = peel;
  if (at + HEADER > peel.end) return short(peel, HEADER, "vxlan");
  // Some senders name the protocol without setting the flag for it; plain VXLAN leaves the byte 0.
  const next = bytes[at + 3]! === 0 ? NEXT_ETHERNET : bytes[at + 3]!;
  if (next > NEXT_ETHERNET) {
    peel.counts.addUnknownKey("vxlan:next-protocol");
    return LAYER.done;
  }
  peel.at = at + HEADER;
  if (next === NEXT_ETHERNET) return mirroredFrame(peel, packet, TUNNEL.vxlan, "vxlan");
  if (!enterTunnel(peel, packet, TUNNEL.vxlan)) return LAYER.done;
  stopAtLink(peel, packet, next === NEXT_IPV6 ? 0x86dd : 0x0800);
  return next === NEXT_IPV6 ? LAYER.ipv6 : LAYER.ipv4;
}
