/** IPv6 headers with their extension headers. RFC 8200; jumbograms RFC 2675; authentication header RFC 4302. */
import { addFragment } from "./fragments.ts";
import type { Packet } from "./packet.ts";
import { LAYER, lie, type Peel, short, word16, word32 } from "./peel.ts";

const HEADER = 40;
const FRAGMENT_HEADER = 8;
/** A longer chain ends the peeling and counts as malformed "ipv6". */
export const MAX_EXTENSION_HEADERS = 16;
const JUMBO_OPTION = 0xc2;

const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const AUTHENTICATION = 51;
const NO_NEXT_HEADER = 59;
const DESTINATION = 60;
const MOBILITY = 135;

export function ipv6(peel: Peel, packet: Packet): number {
  const { bytes, at } = peel;
  if (at + HEADER > peel.end) return short(peel, HEADER, "ipv6");
  if (bytes[at]! >> 4 !== 6) return lie(peel, "ipv6");
  const onWire = peel.wireEnd - at - HEADER;
  const next = bytes[at + 6]!;
  let length = word16(bytes, at + 4);
  if (length === 0 && next === HOP_BY_HOP) {
    length = jumboLength(bytes, at + HEADER, peel.end);
    if (length < 0) return lie(peel, "ipv6");
  }
  if (length > onWire) return lie(peel, "ipv6");

  packet.ipVersion = 6;
  packet.source0 = word32(bytes, at + 8);
  packet.source1 = word32(bytes, at + 12);
  packet.source2 = word32(bytes, at + 16);
  packet.source3 = word32(bytes, at + 20);
  packet.destination0 = word32(bytes, at + 24);
  packet.destination1 = word32(bytes, at + 28);
  packet.destination2 = word32(bytes, at + 32);
  packet.destination3 = word32(bytes, at + 36);
  packet.ttl = bytes[at + 7]!;
  packet.ipProtocol = -1;
  peel.at = at + HEADER;
  peel.wireEnd = peel.at + length;
  if (peel.wireEnd < peel.end) peel.end = peel.wireEnd;
  setPayload(peel, packet);
  return extensions(peel, packet, next);
}

/** Walks the extension headers at `peel.at` and leaves it at what they carry. */
function extensions(peel: Peel, packet: Packet, first: number): number {
  let next = first;
  for (let headers = 0; isExtension(next); headers++) {
    if (headers === MAX_EXTENSION_HEADERS) return lie(peel, "ipv6");
    const { bytes, at } = peel;
    if (at + 8 > peel.end) return short(peel, 8, "ipv6");
    if (next === FRAGMENT) {
      const field = word16(bytes, at + 2);
      packet.ipId = word32(bytes, at + 4);
      peel.at = at + FRAGMENT_HEADER;
      setPayload(peel, packet);
      next = bytes[at]!;
      // An atomic fragment (RFC 6946) is a whole datagram.
      if ((field & 0xfff9) === 0) continue;
      packet.ipProtocol = next;
      next = addFragment(peel, packet, field & 0xfff8, (field & 1) !== 0, next);
      if (next < 0) return LAYER.done;
      continue;
    }
    const length = next === AUTHENTICATION ? (bytes[at + 1]! + 2) << 2 : (bytes[at + 1]! + 1) << 3;
    if (at + length > peel.end) return short(peel, length, "ipv6");
    next = bytes[at]!;
    peel.at = at + length;
    setPayload(peel, packet);
  }
  packet.ipProtocol = next;
  if (next === NO_NEXT_HEADER) return LAYER.done;
  return next === 6 ? LAYER.tcp : next === 17 ? LAYER.udp : LAYER.ipProtocol;
}

const isExtension = (next: number): boolean =>
  next === HOP_BY_HOP ||
  next === ROUTING ||
  next === FRAGMENT ||
  next === DESTINATION ||
  next === AUTHENTICATION ||
  next === MOBILITY;

function setPayload(peel: Peel, packet: Packet): void {
  packet.payloadAt = peel.at;
  packet.payloadLength = peel.end - peel.at;
  packet.payloadWireLength = peel.wireEnd - peel.at;
}

/** Length from the hop-by-hop header's jumbo option; 0 without one, -1 for an impossible one. */
function jumboLength(bytes: Buffer, at: number, end: number): number {
  if (at + 8 > end) return 0;
  const optionsEnd = Math.min(end, at + ((bytes[at + 1]! + 1) << 3));
  let option = at + 2;
  while (option < optionsEnd) {
    const type = bytes[option]!;
    if (type === 0) {
      option++;
      continue;
    }
    if (option + 2 > optionsEnd) return 0;
    const length = bytes[option + 1]!;
    if (type === JUMBO_OPTION && option + 6 <= optionsEnd) {
      const jumbo = word32(bytes, option + 2) >>> 0;
      return length === 4 && jumbo > 65_535 ? jumbo : -1;
    }
    option += 2 + length;
  }
  return 0;
}
