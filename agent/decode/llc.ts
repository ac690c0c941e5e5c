/** Logical link control and SNAP: what an 802.3, 802.11 or cooked frame carries (IEEE 802.2; RFC 1042). */
import { stopAtLink } from "./ethernet.ts";
import type { Packet } from "./packet.ts";
import { LAYER, type Peel, short, word16 } from "./peel.ts";

const LLC_HEADER = 3;
const SNAP_HEADER = 8;
const SNAP = 0xaa;
const UNNUMBERED = 0x03;
/** Novell's raw 802.3: an IPX header without LLC, known by its unused checksum. */
const RAW_IPX = 0xffff;
/** Organisation codes under which SNAP carries an EtherType: RFC 1042's, and 802.1H's for bridges. */
const ENCAPSULATED_ETHERNET = 0x000000;
const BRIDGE_TUNNEL = 0x0000f8;

export function llc(peel: Peel, packet: Packet): number {
  const { bytes, at } = peel;
  if (at + LLC_HEADER > peel.end) return short(peel, LLC_HEADER, "llc");
  const saps = word16(bytes, at);
  packet.llcDsap = saps >> 8;
  if (saps === RAW_IPX) return LAYER.done;
  const control = bytes[at + 2]!;
  if (packet.llcDsap !== SNAP || (saps & 0xfe) !== SNAP || control !== UNNUMBERED) {
    // Numbered frames have a second control byte.
    const header = (control & UNNUMBERED) === UNNUMBERED ? LLC_HEADER : LLC_HEADER + 1;
    if (at + header > peel.end) return short(peel, header, "llc");
    peel.at = at + header;
    stopAtLink(peel, packet, 0);
    return LAYER.done;
  }
  if (at + SNAP_HEADER > peel.end) return short(peel, SNAP_HEADER, "llc");
  const organisation = (bytes[at + 3]! << 16) | word16(bytes, at + 4);
  const protocol = word16(bytes, at + 6);
  peel.at = at + SNAP_HEADER;
  if (organisation === ENCAPSULATED_ETHERNET || organisation === BRIDGE_TUNNEL) {
    stopAtLink(peel, packet, protocol);
    return LAYER.etherType;
  }
  packet.snapOui = organisation;
  packet.snapProtocol = protocol;
  stopAtLink(peel, packet, 0);
  return LAYER.done;
}
