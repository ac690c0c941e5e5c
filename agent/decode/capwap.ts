/** CAPWAP data: what access points carry to their controller, in clear or not. RFC 5415, 4; binding RFC 5416. */
import { mirroredFrame } from "./erspan.ts";
import { type Packet, TUNNEL } from "./packet.ts";
import { LAYER, lie, type Peel, short, UNKNOWN_REST, word16 } from "./peel.ts";
import { enterTunnel } from "./tunnel.ts";

/** The controller's port; the access point uses any. */
const DATA_PORT = 5247;
const HEADER = 8;
const VERSION_AND_TYPE_CLEAR = 0x00;
const VERSION_AND_TYPE_ENCRYPTED = 0x01;
/** Encrypted: 4 bytes of preamble, then a DTLS record (type 20 to 26, version 254.x). */
const DTLS_RECORD = 4;
const NATIVE_FRAME = 0x01;
const FRAGMENT = 0x80;
const KEEP_ALIVE = 0x08;
const WIRELESS_INFORMATION = 0x20;
const RADIO_MAC = 0x10;
const BINDING_IEEE80211 = 1;

export function capwap(peel: Peel, packet: Packet): number {
  const { bytes, at } = peel;
  if (at + 1 > peel.end) return LAYER.done;
  const preamble = bytes[at]!;
  if (preamble === VERSION_AND_TYPE_ENCRYPTED) return encrypted(peel, packet);
  if (preamble !== VERSION_AND_TYPE_CLEAR) return LAYER.done;
  if (at + HEADER > peel.end) return short(peel, HEADER, "capwap");
  const header = (bytes[at + 1]! >> 3) << 2;
  const flags = bytes[at + 3]!;
  if (header < headerNeeded(peel, flags) || at + header > peel.wireEnd) return lie(peel, "capwap");
  if (at + header > peel.end || (flags & KEEP_ALIVE) !== 0) return LAYER.done;
  if ((flags & FRAGMENT) !== 0) {
    if ((word16(bytes, at + 6) & 0xfff8) !== 0) {
      peel.counts.addUnknownKey("capwap:fragment");
      return LAYER.done;
    }
    // A first fragment is read as far as it goes.
    peel.wireEnd += UNKNOWN_REST;
  }
  const binding = (bytes[at + 2]! >> 1) & 0x1f;
  const native = (bytes[at + 2]! & NATIVE_FRAME) !== 0;
  if (native && binding !== BINDING_IEEE80211) {
    peel.counts.addUnknownKey("capwap:binding");
    return LAYER.done;
  }
  peel.at = at + header;
  if (!native) return mirroredFrame(peel, packet, TUNNEL.capwap, "capwap");
  return enterTunnel(peel, packet, TUNNEL.capwap) ? LAYER.ieee80211 : LAYER.done;
}

/** What the flags say must be in the header: a radio's MAC, wireless information, each padded to four bytes. */
function headerNeeded(peel: Peel, flags: number): number {
  const { bytes, at, end } = peel;
  let needed = HEADER;
  if ((flags & RADIO_MAC) !== 0) needed += at + needed < end ? (1 + bytes[at + needed]! + 3) & ~3 : 4;
  if ((flags & WIRELESS_INFORMATION) !== 0) needed += at + needed < end ? (1 + bytes[at + needed]! + 3) & ~3 : 4;
  return needed;
}

function encrypted(peel: Peel, packet: Packet): number {
  const { bytes, at } = peel;
  if (at + DTLS_RECORD + 2 > peel.end) return LAYER.done;
  const type = bytes[at + DTLS_RECORD]!;
  if (type < 20 || type > 26 || bytes[at + DTLS_RECORD + 1] !== 0xfe) return LAYER.done;
  if (packet.destinationPort === DATA_PORT) {
    peel.hidden.add(packet.source0, packet.source1, packet.source2, packet.source3);
  } else {
    peel.hidden.add(packet.destination0, packet.destination1, packet.destination2, packet.destination3);
  }
  return LAYER.done;
}
