/** Ethernet II and 802.3 frames with any tags between (IEEE 802.3, 802.1Q, 802.1ad; VNTag of 802.1Qbh drafts). */
import type { Packet } from "./packet.ts";
import { LAYER, lie, type Peel, short, word16, word32 } from "./peel.ts";

const HEADER = 14;
const TAG = 4;
const VNTAG_BYTES = 6;
/** Up to here the field is the frame's length, from 0x0600 on an EtherType; between lies nothing. */
const MAX_LENGTH = 1500;
const MIN_ETHERTYPE = 0x0600;
/** Tags stacked beyond this end the peeling and count as malformed "vlan". */
export const MAX_VLAN_TAGS = 8;

const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const C_TAG = 0x8100;
const S_TAG = 0x88a8;
const OLD_S_TAG = 0x9100;
const VNTAG = 0x8926;

export function ethernet(peel: Peel, packet: Packet): number {
  const { bytes, at } = peel;
  if (at + HEADER > peel.end) return short(peel, HEADER, "ethernet");
  packet.hasSourceMac = true;
  packet.hasDestinationMac = true;
  packet.destinationMacHigh = word16(bytes, at);
  packet.destinationMacLow = word32(bytes, at + 2);
  packet.sourceMacHigh = word16(bytes, at + 6);
  packet.sourceMacLow = word32(bytes, at + 8);
  peel.at = at + HEADER;
  return typeOrLength(peel, packet, word16(bytes, at + 12));
}

/** Goes on after an EtherType or length field; `peel.at` is the byte after it. Also for cooked frames. */
export function typeOrLength(peel: Peel, packet: Packet, field: number): number {
  packet.vlan = 0;
  let type = field;
  if (type !== IPV4) {
    for (let tags = 0; isTag(type); tags++) {
      if (tags === MAX_VLAN_TAGS) {
        stopAtLink(peel, packet, type);
        return lie(peel, "vlan");
      }
      const length = type === VNTAG ? VNTAG_BYTES : TAG;
      if (peel.at + length > peel.end) {
        stopAtLink(peel, packet, type);
        return short(peel, length, "vlan");
      }
      if (type !== VNTAG) {
        const id = word16(peel.bytes, peel.at) & 0x0fff;
        // A priority tag (id 0) says no VLAN; of deeper stacks the two innermost count.
        if (id !== 0) packet.vlan = ((packet.vlan & 0x0fff) << 12) | id;
      }
      peel.at += length;
      type = word16(peel.bytes, peel.at - 2);
    }
  }
  if (type >= MIN_ETHERTYPE) {
    stopAtLink(peel, packet, type);
    packet.etherType = type;
    if (type === IPV4) return LAYER.ipv4;
    return type === IPV6 ? LAYER.ipv6 : LAYER.etherType;
  }
  if (type > MAX_LENGTH || peel.at + type > peel.wireEnd) {
    stopAtLink(peel, packet, 0);
    return lie(peel, "ethernet");
  }
  // The length leaves the padding out.
  if (peel.at + type < peel.end) peel.end = peel.at + type;
  peel.wireEnd = peel.at + type;
  stopAtLink(peel, packet, 0);
  return LAYER.llc;
}

/** What stands if nothing above is read: the link payload. */
export function stopAtLink(peel: Peel, packet: Packet, etherType: number): void {
  const length = peel.end - peel.at;
  packet.etherType = etherType;
  packet.linkPayloadAt = peel.at;
  packet.linkPayloadLength = length;
  packet.payloadAt = peel.at;
  packet.payloadLength = length;
  packet.payloadWireLength = peel.wireEnd - peel.at;
}

const isTag = (type: number): boolean => type === C_TAG || type === S_TAG || type === OLD_S_TAG || type === VNTAG;
