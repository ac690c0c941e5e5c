/** IPv4 headers: addresses, and where the datagram ends before any padding. RFC 791. The checksum is not checked. */
import { addFragment } from "./fragments.ts";
import type { Packet } from "./packet.ts";
import { LAYER, lie, type Peel, short, word16, word32 } from "./peel.ts";

const MIN_HEADER = 20;
/** More than this after an Ethernet header can't be padding. */
const MIN_ETHERNET_PAYLOAD = 46;

export function ipv4(peel: Peel, packet: Packet): number {
  const { bytes, at } = peel;
  if (at + MIN_HEADER > peel.end) return short(peel, MIN_HEADER, "ipv4");
  const first = bytes[at]!;
  const header = (first & 0x0f) << 2;
  if (first >> 4 !== 4 || header < MIN_HEADER) return lie(peel, "ipv4");
  const onWire = peel.wireEnd - at;
  let total = word16(bytes, at + 2);
  // Senders that leave segmenting to the network card show length 0 in their own captures.
  if (total === 0 && onWire > MIN_ETHERNET_PAYLOAD) total = onWire;
  if (total < header || total > onWire) return lie(peel, "ipv4");
  if (at + header > peel.end) return LAYER.done;

  let protocol = bytes[at + 9]!;
  const fragment = word16(bytes, at + 6);
  packet.ipVersion = 4;
  packet.source3 = word32(bytes, at + 12);
  packet.destination3 = word32(bytes, at + 16);
  packet.ttl = bytes[at + 8]!;
  packet.ipId = word16(bytes, at + 4);
  packet.ipDontFragment = (fragment & 0x4000) !== 0;
  packet.ipProtocol = protocol;

  const wireEnd = at + total;
  const payloadAt = at + header;
  if (wireEnd < peel.end) peel.end = wireEnd;
  peel.wireEnd = wireEnd;
  peel.at = payloadAt;
  packet.payloadAt = payloadAt;
  packet.payloadLength = peel.end - payloadAt;
  packet.payloadWireLength = wireEnd - payloadAt;
  if ((fragment & 0x3fff) !== 0) {
    protocol = addFragment(peel, packet, (fragment & 0x1fff) << 3, (fragment & 0x2000) !== 0, protocol);
    if (protocol < 0) return LAYER.done;
  }
  return protocol === 6 ? LAYER.tcp : protocol === 17 ? LAYER.udp : LAYER.ipProtocol;
}
