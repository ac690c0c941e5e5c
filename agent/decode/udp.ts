/** UDP headers, and the tunnels that are known by UDP port and content. RFC 768; jumbograms RFC 2675, 4. */
import type { Packet } from "./packet.ts";
import { LAYER, lie, type Peel, short, word16 } from "./peel.ts";

const HEADER = 8;
/** IANA's VXLAN port, its generic extension's, and the one that Linux used before. */
const VXLAN = 4789;
const VXLAN_GPE = 4790;
const OLD_VXLAN = 8472;
const CAPWAP_DATA = 5247;

export function udp(peel: Peel, packet: Packet): number {
  const { bytes, at } = peel;
  if (at + HEADER > peel.end) return short(peel, HEADER, "udp");
  const onWire = peel.wireEnd - at;
  let length = word16(bytes, at + 4);
  if (length === 0 && onWire > 65_535) length = onWire;
  if (length < HEADER || length > onWire) return lie(peel, "udp");
  const source = word16(bytes, at);
  const destination = word16(bytes, at + 2);
  packet.transport = 17;
  packet.sourcePort = source;
  packet.destinationPort = destination;
  peel.at = at + HEADER;
  peel.wireEnd = at + length;
  if (peel.wireEnd < peel.end) peel.end = peel.wireEnd;
  packet.payloadAt = peel.at;
  packet.payloadLength = peel.end - peel.at;
  packet.payloadWireLength = length - HEADER;
  if (destination === VXLAN || destination === OLD_VXLAN || destination === VXLAN_GPE) return LAYER.vxlan;
  return destination === CAPWAP_DATA || source === CAPWAP_DATA ? LAYER.capwap : LAYER.done;
}
