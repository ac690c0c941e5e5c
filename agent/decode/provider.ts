/** What providers and data centres put around frames: backbone bridging (802.1ah), FabricPath, PPPoE (RFC 2516). */
import { UNKNOWN } from "./counts.ts";
import { mirroredFrame } from "./erspan.ts";
import { stopAtLink } from "./ethernet.ts";
import { type Packet, TUNNEL } from "./packet.ts";
import { LAYER, lie, type Peel, short, word16 } from "./peel.ts";

/** Priority, flags and the 24-bit service id; the customer's frame follows. */
const SERVICE_TAG = 4;
/** Tree number and time to live; the frame follows. */
const FABRIC_TAG = 2;
const ETHERNET_HEADER = 14;
const PPPOE_HEADER = 6;
const PPP_PROTOCOL = 2;
const PPPOE_VERSION_AND_TYPE = 0x11;
const PPP_IPV4 = 0x0021;
const PPP_IPV6 = 0x0057;

export function pbb(peel: Peel, packet: Packet): number {
  if (peel.at + SERVICE_TAG > peel.end) return short(peel, SERVICE_TAG, "pbb");
  peel.at += SERVICE_TAG;
  return mirroredFrame(peel, packet, TUNNEL.pbb, "pbb");
}

/** The outer addresses name switch positions, not hosts, so they are forgotten. */
export function fabricPath(peel: Peel): number {
  const needed = FABRIC_TAG + ETHERNET_HEADER;
  if (peel.at + needed > peel.end) return short(peel, needed, "fabricpath");
  peel.at += FABRIC_TAG;
  return LAYER.ethernet;
}

/** Session frames only. PPP's own control protocols stay link payload with EtherType 0x8864. */
export function pppoe(peel: Peel, packet: Packet): number {
  const { bytes, at } = peel;
  if (at + PPPOE_HEADER + PPP_PROTOCOL > peel.end) return short(peel, PPPOE_HEADER + PPP_PROTOCOL, "pppoe");
  const length = word16(bytes, at + 4);
  const wireEnd = at + PPPOE_HEADER + length;
  if (bytes[at] !== PPPOE_VERSION_AND_TYPE || length < PPP_PROTOCOL || wireEnd > peel.wireEnd) {
    return lie(peel, "pppoe");
  }
  const protocol = word16(bytes, at + PPPOE_HEADER);
  if (protocol !== PPP_IPV4 && protocol !== PPP_IPV6) {
    peel.counts.addUnknown(UNKNOWN.ppp, protocol);
    return LAYER.done;
  }
  peel.at = at + PPPOE_HEADER + PPP_PROTOCOL;
  peel.wireEnd = wireEnd;
  if (wireEnd < peel.end) peel.end = wireEnd;
  stopAtLink(peel, packet, protocol === PPP_IPV4 ? 0x0800 : 0x86dd);
  return protocol === PPP_IPV4 ? LAYER.ipv4 : LAYER.ipv6;
}
