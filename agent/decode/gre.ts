/** Generic routing encapsulation: IP, ARP, MPLS, bridged Ethernet or ERSPAN inside IP. RFC 2784, key and sequence RFC 2890. */
import { UNKNOWN } from "./counts.ts";
import { erspan2, erspan3, mirroredFrame } from "./erspan.ts";
import { stopAtLink } from "./ethernet.ts";
import { type Packet, TUNNEL } from "./packet.ts";
import { LAYER, type Peel, short, word16 } from "./peel.ts";
import { enterTunnel } from "./tunnel.ts";

const HEADER = 4;
const CHECKSUM = 0x8000;
const ROUTING = 0x4000;
const KEY = 0x2000;
const SEQUENCE = 0x1000;
const VERSION = 0x0007;

const BRIDGED_ETHERNET = 0x6558;
const ERSPAN_1_OR_2 = 0x88be;
const ERSPAN_3 = 0x22eb;

export function gre(peel: Peel, packet: Packet): number {
  const { bytes, at } = peel;
  if (at + HEADER > peel.end) return short(peel, HEADER, "gre");
  const flags = word16(bytes, at);
  const protocol = word16(bytes, at + 2);
  // Version 1 carries dial-in PPP; source routing was withdrawn. Neither is opened.
  if ((flags & (VERSION | ROUTING)) !== 0) {
    peel.counts.addUnknown(UNKNOWN.gre, protocol);
    return LAYER.done;
  }
  const header =
    HEADER + ((flags & CHECKSUM) !== 0 ? 4 : 0) + ((flags & KEY) !== 0 ? 4 : 0) + ((flags & SEQUENCE) !== 0 ? 4 : 0);
  if (at + header > peel.end) return short(peel, header, "gre");
  peel.at = at + header;
  switch (protocol) {
    case 0x0800:
      return network(peel, packet, protocol, LAYER.ipv4);
    case 0x86dd:
      return network(peel, packet, protocol, LAYER.ipv6);
    case 0x0806:
      return network(peel, packet, protocol, LAYER.done);
    case 0x8847:
    case 0x8848:
      return network(peel, packet, protocol, LAYER.mpls);
    case BRIDGED_ETHERNET:
      return mirroredFrame(peel, packet, TUNNEL.gre, "gre");
    case ERSPAN_1_OR_2:
      // Type I has neither a sequence number nor a header of its own.
      return (flags & SEQUENCE) !== 0 ? erspan2(peel, packet) : mirroredFrame(peel, packet, TUNNEL.erspan, "erspan");
    case ERSPAN_3:
      return erspan3(peel, packet);
    default:
      peel.counts.addUnknown(UNKNOWN.gre, protocol);
      return LAYER.done;
  }
}

function network(peel: Peel, packet: Packet, etherType: number, layer: number): number {
  if (!enterTunnel(peel, packet, TUNNEL.gre)) return LAYER.done;
  stopAtLink(peel, packet, etherType);
  return layer;
}
