/** What an EtherType other than IP's leads to. IEEE 802 numbers, https://www.iana.org/assignments/ieee-802-numbers. */
import { UNKNOWN } from "./counts.ts";
import type { Packet } from "./packet.ts";
import { LAYER, type Peel } from "./peel.ts";

const ARP = 0x0806;
const LLDP = 0x88cc;

/** EtherTypes that a dissector reads from the link payload and that are therefore not "unknown". */
export const READ_ELSEWHERE: readonly number[] = [ARP, LLDP];

export function etherType(peel: Peel, packet: Packet, known: Uint8Array): number {
  switch (packet.etherType) {
    case 0x0800:
      return LAYER.ipv4;
    case 0x86dd:
      return LAYER.ipv6;
    case 0x8847:
    case 0x8848:
      return LAYER.mpls;
    case 0x8864:
      return LAYER.pppoe;
    case 0x88e7:
      return LAYER.pbb;
    case 0x8903:
      return LAYER.fabricPath;
    default:
      if (known[packet.etherType] === 0) peel.counts.addUnknown(UNKNOWN.etherType, packet.etherType);
      return LAYER.done;
  }
}
