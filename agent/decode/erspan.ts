/** Frames that a switch mirrors over a routed network: ERSPAN types I, II and III. draft-foschiano-erspan-03. */
import { stopAtLink } from "./ethernet.ts";
import { type Packet, TUNNEL } from "./packet.ts";
import { LAYER, lie, type Peel, short, UNKNOWN_REST, word16 } from "./peel.ts";
import { enterTunnel } from "./tunnel.ts";

const ETHERNET_HEADER = 14;
const TYPE_2_HEADER = 8;
const TYPE_3_HEADER = 12;
const PLATFORM_SUBHEADER = 8;
const VERSION_2 = 1;
const VERSION_3 = 2;
const TRUNCATED = 0x0400;
/** Type III: the frame type's five bits (0 Ethernet, 2 IP without Ethernet), and "a subheader follows". */
const FRAME_TYPE = 0x7c00;
const FRAME_IS_ETHERNET = 0x0000;
const FRAME_IS_IP = 0x0800;
const HAS_SUBHEADER = 0x0001;

/** Type II, at the byte after the GRE header. */
export function erspan2(peel: Peel, packet: Packet): number {
  const { bytes, at } = peel;
  if (at + TYPE_2_HEADER > peel.end) return short(peel, TYPE_2_HEADER, "erspan");
  if (bytes[at]! >> 4 !== VERSION_2) return lie(peel, "erspan");
  return contents(peel, packet, TYPE_2_HEADER, FRAME_IS_ETHERNET);
}

/** Type III, at the byte after the GRE header. */
export function erspan3(peel: Peel, packet: Packet): number {
  const { bytes, at } = peel;
  if (at + TYPE_3_HEADER > peel.end) return short(peel, TYPE_3_HEADER, "erspan");
  if (bytes[at]! >> 4 !== VERSION_3) return lie(peel, "erspan");
  const flags = word16(bytes, at + 10);
  const header = TYPE_3_HEADER + ((flags & HAS_SUBHEADER) !== 0 ? PLATFORM_SUBHEADER : 0);
  if (at + header > peel.end) return short(peel, header, "erspan");
  return contents(peel, packet, header, flags & FRAME_TYPE);
}

/** Opens a tunnel around a whole Ethernet frame that starts at `peel.at`. */
export function mirroredFrame(peel: Peel, packet: Packet, tunnel: number, layer: string): number {
  if (peel.at + ETHERNET_HEADER > peel.end) return short(peel, ETHERNET_HEADER, layer);
  return enterTunnel(peel, packet, tunnel) ? LAYER.ethernet : LAYER.done;
}

function contents(peel: Peel, packet: Packet, header: number, frameType: number): number {
  // The mirror may cut what it copies, and does not say where the frame ended.
  if ((word16(peel.bytes, peel.at + 2) & TRUNCATED) !== 0) peel.wireEnd += UNKNOWN_REST;
  peel.at += header;
  if (frameType === FRAME_IS_ETHERNET) return mirroredFrame(peel, packet, TUNNEL.erspan, "erspan");
  if (frameType !== FRAME_IS_IP) {
    peel.counts.addUnknownKey("erspan:frame-type");
    return LAYER.done;
  }
  if (peel.at + 1 > peel.end) return short(peel, 1, "erspan");
  const isIpv6 = peel.bytes[peel.at]! >> 4 === 6;
  if (!enterTunnel(peel, packet, TUNNEL.erspan)) return LAYER.done;
  stopAtLink(peel, packet, isIpv6 ? 0x86dd : 0x0800);
  return isIpv6 ? LAYER.ipv6 : LAYER.ipv4;
}
