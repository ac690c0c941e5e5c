/** MPLS labels around IP or Ethernet. RFC 3032; pseudowires RFC 4448 with the control word of RFC 4385. */
import { UNKNOWN } from "./counts.ts";
import { stopAtLink } from "./ethernet.ts";
import { type Packet, TUNNEL } from "./packet.ts";
import { LAYER, lie, type Peel, short, word16 } from "./peel.ts";
import { enterTunnel } from "./tunnel.ts";

const LABEL = 4;
const BOTTOM_OF_STACK = 0x01;
/** Labels beyond this end the peeling and count as malformed "mpls". */
export const MAX_LABELS = 16;
const CONTROL_WORD = 4;
const ETHERNET_HEADER = 14;

/** Labels don't say what they carry; only contents that can't be taken for anything else are opened. */
export function mpls(peel: Peel, packet: Packet): number {
  const { bytes } = peel;
  let at = peel.at;
  for (let labels = 0; ; labels++) {
    if (labels === MAX_LABELS) return lie(peel, "mpls");
    if (at + LABEL > peel.end) return short(peel, at + LABEL - peel.at, "mpls");
    at += LABEL;
    if ((bytes[at - 2]! & BOTTOM_OF_STACK) !== 0) break;
  }
  if (isIpv4(peel, at)) return open(peel, packet, at, 0x0800, LAYER.ipv4);
  if (isIpv6(peel, at)) return open(peel, packet, at, 0x86dd, LAYER.ipv6);
  const plain = isEthernet(peel, at);
  const controlled = at < peel.end && bytes[at]! >> 4 === 0 && isEthernet(peel, at + CONTROL_WORD);
  if (plain !== controlled) return open(peel, packet, plain ? at : at + CONTROL_WORD, 0, LAYER.ethernet);
  peel.counts.addUnknown(UNKNOWN.etherType, packet.etherType);
  return LAYER.done;
}

function open(peel: Peel, packet: Packet, at: number, etherType: number, layer: number): number {
  peel.at = at;
  if (!enterTunnel(peel, packet, TUNNEL.mpls)) return LAYER.done;
  stopAtLink(peel, packet, etherType);
  return layer;
}

function isIpv4(peel: Peel, at: number): boolean {
  if (at + 4 > peel.end || peel.bytes[at]! >> 4 !== 4 || (peel.bytes[at]! & 15) < 5) return false;
  const length = word16(peel.bytes, at + 2);
  return length >= 20 && at + length <= peel.wireEnd;
}

const isIpv6 = (peel: Peel, at: number): boolean =>
  at + 6 <= peel.end && peel.bytes[at]! >> 4 === 6 && at + 40 + word16(peel.bytes, at + 4) <= peel.wireEnd;

function isEthernet(peel: Peel, at: number): boolean {
  if (at + ETHERNET_HEADER + 1 > peel.end) return false;
  const next = peel.bytes[at + ETHERNET_HEADER]!;
  switch (word16(peel.bytes, at + 12)) {
    case 0x0800:
      return next >> 4 === 4;
    case 0x86dd:
      return next >> 4 === 6;
    case 0x0806:
    case 0x8100:
    case 0x88a8:
    case 0x8847:
      return true;
    default:
      return false;
  }
}
