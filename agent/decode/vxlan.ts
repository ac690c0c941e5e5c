/** VXLAN: Ethernet frames inside UDP. RFC 7348, 5. */
import { mirroredFrame } from "./erspan.ts";
import { type Packet, TUNNEL } from "./packet.ts";
import { LAYER, type Peel, short, word32 } from "./peel.ts";

const HEADER = 8;
const ETHERNET_HEADER = 14;
/** "This header has a network id": without it the datagram is something else. */
const ID_FLAG = 0x08;
const IANA_PORT = 4789;

export function vxlan(peel: Peel, packet: Packet): number {
  const { bytes, at } = peel;
  if (at + 1 > peel.end || (bytes[at]! & ID_FLAG) === 0) return LAYER.done;
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
