/** Links without Ethernet: Linux cooked v1 and v2, BSD loopback, raw IP (libpcap's LINKTYPE_ pages). */

import { UNKNOWN } from "./counts.ts";
import { stopAtLink, typeOrLength } from "./ethernet.ts";
import type { Packet } from "./packet.ts";
import { LAYER, lie, type Peel, short, word16, word32 } from "./peel.ts";

const SLL_HEADER = 16;
const SLL2_HEADER = 20;
const LOOPBACK_HEADER = 4;
const MAC_BYTES = 6;
/** ARPHRD_ values whose "protocol" is an EtherType. Others (netlink, radiotap ...) mean something else by it. */
const ARPHRD_NETLINK = 824;
const ARPHRD_IEEE80211_FIRST = 801;
const ARPHRD_IEEE80211_LAST = 803;
/** Linux's own numbers below the EtherTypes: 802.3 without LLC, and 802.2 frames. */
const LINUX_802_3 = 0x0001;
const LINUX_802_2 = 0x0004;

/** LINKTYPE_LINUX_SLL. */
export function cooked(peel: Peel, packet: Packet): number {
  const { bytes, at } = peel;
  if (at + SLL_HEADER > peel.end) return short(peel, SLL_HEADER, "cooked");
  sender(packet, bytes, at + 6, word16(bytes, at + 4));
  peel.at = at + SLL_HEADER;
  return protocol(peel, packet, word16(bytes, at + 2), word16(bytes, at + 14));
}

/** LINKTYPE_LINUX_SLL2. */
export function cooked2(peel: Peel, packet: Packet): number {
  const { bytes, at } = peel;
  if (at + SLL2_HEADER > peel.end) return short(peel, SLL2_HEADER, "cooked");
  sender(packet, bytes, at + 12, bytes[at + 11]!);
  peel.at = at + SLL2_HEADER;
  return protocol(peel, packet, word16(bytes, at + 8), word16(bytes, at));
}

/** LINKTYPE_NULL and LINKTYPE_LOOP: the address family in either byte order. */
export function loopback(peel: Peel, packet: Packet): number {
  const { bytes, at } = peel;
  if (at + LOOPBACK_HEADER > peel.end) return short(peel, LOOPBACK_HEADER, "loopback");
  const family = word32(bytes, at);
  const small = family >>> 16 === 0 ? family : bytes[at]! | (bytes[at + 1]! << 8);
  const sound = family >>> 16 === 0 || (bytes[at + 2] === 0 && bytes[at + 3] === 0);
  peel.at = at + LOOPBACK_HEADER;
  stopAtLink(peel, packet, 0);
  if (!sound) return lie(peel, "loopback");
  // AF_INET is 2 everywhere; AF_INET6 is 10 on Linux, 23 on Windows, 24, 28 or 30 on the BSDs and macOS.
  if (small === 2) return network(packet, 0x0800);
  if (small === 10 || small === 23 || small === 24 || small === 28 || small === 30) return network(packet, 0x86dd);
  peel.counts.addUnknown(UNKNOWN.family, small);
  return LAYER.done;
}

/** LINKTYPE_RAW, LINKTYPE_IPV4, LINKTYPE_IPV6: the version nibble says which. */
export function rawIp(peel: Peel, packet: Packet): number {
  if (peel.at + 1 > peel.end) return short(peel, 1, "ip");
  stopAtLink(peel, packet, 0);
  const version = peel.bytes[peel.at]! >> 4;
  if (version === 4) return network(packet, 0x0800);
  return version === 6 ? network(packet, 0x86dd) : lie(peel, "ip");
}

function network(packet: Packet, etherType: number): number {
  packet.etherType = etherType;
  return etherType === 0x0800 ? LAYER.ipv4 : LAYER.ipv6;
}

function sender(packet: Packet, bytes: Buffer, at: number, length: number): void {
  if (length !== MAC_BYTES) return;
  packet.hasSourceMac = true;
  packet.sourceMacHigh = word16(bytes, at);
  packet.sourceMacLow = word32(bytes, at + 2);
}

function protocol(peel: Peel, packet: Packet, hardware: number, type: number): number {
  stopAtLink(peel, packet, 0);
  if (hardware === ARPHRD_NETLINK || (hardware >= ARPHRD_IEEE80211_FIRST && hardware <= ARPHRD_IEEE80211_LAST)) {
    peel.counts.addUnknown(UNKNOWN.family, hardware);
    return LAYER.done;
  }
  if (type === LINUX_802_2) return LAYER.llc;
  if (type === LINUX_802_3) return LAYER.done;
  if (type < 0x0600) {
    peel.counts.addUnknown(UNKNOWN.etherType, type);
    return LAYER.done;
  }
  return typeOrLength(peel, packet, type);
}
