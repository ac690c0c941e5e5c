/** Who of several watches follows a flow, when they read the same frames side by side. */
import { type Frame, LINK_TYPE } from "../capture/source.ts";
import type { Packet } from "../decode/packet.ts";

/** Fixed, so that what is told doesn't depend on the machine. */
export const SHARES = 2;

/** Only the packet shows whose it is, or it is everybody's. */
export const LOOK_CLOSER = -1;

const ETHERNET_HEADER = 14;
const VLAN_TAG = 4;
/** Without options, and TCP's without options. */
const IPV4_HEADER = 20;
const TCP_HEADER = 20;
const TCP = 6;
const UDP = 17;
const DNS = 53;
const TCP_SYN = 0x02;
/** VXLAN's ports and CAPWAP's: flows inside have ports of their own. */
const TUNNEL_PORTS: ReadonlySet<number> = new Set([4789, 4790, 8472, 5246, 5247]);

/** Heard by the first share as well, whoever's flow it is: what is counted per host over all flows, and tunnels. */
export function isForAll(packet: Packet): boolean {
  if (packet.transport === TCP) return packet.tunnels !== 0 || (packet.tcpFlags & TCP_SYN) !== 0;
  return packet.transport !== UDP || packet.tunnels !== 0 || packet.destinationPort === DNS;
}

/**
 * Share of a packet's flow, 0 to SHARES - 1. Made of addresses and ports alone, the same for both directions; VLAN and
 * link header stay out of it, so that the copies of a frame meet in one share. For packets with a transport.
 */
export function shareOf(packet: Packet): number {
  return share(
    packet.source3 ^ packet.destination3 ^ packet.source2 ^ packet.destination2,
    packet.sourcePort ^ packet.destinationPort,
  );
}

/**
 * The same from a frame's bytes, for the plain ones that most are: IPv4 with TCP or UDP, whole, and not for all shares.
 * LOOK_CLOSER for the others. Spares all shares but one from decoding it.
 */
export function peekShare({ bytes, offset, length, linkType }: Frame): number {
  if (linkType !== LINK_TYPE.ethernet || length < ETHERNET_HEADER + VLAN_TAG + IPV4_HEADER + TCP_HEADER)
    return LOOK_CLOSER;
  let at = offset + ETHERNET_HEADER;
  if (bytes[at - 2] === 0x81 && bytes[at - 1] === 0x00) at += VLAN_TAG;
  if (bytes[at - 2] !== 0x08 || bytes[at - 1] !== 0x00 || bytes[at] !== 0x45) return LOOK_CLOSER;
  const isFragment = ((bytes[at + 6]! & 0x3f) | bytes[at + 7]!) !== 0;
  if (isFragment) return LOOK_CLOSER;
  const sourcePort = (bytes[at + 20]! << 8) | bytes[at + 21]!;
  const destinationPort = (bytes[at + 22]! << 8) | bytes[at + 23]!;
  const protocol = bytes[at + 9];
  if (protocol === TCP) {
    if ((bytes[at + 33]! & TCP_SYN) !== 0) return LOOK_CLOSER;
  } else if (
    protocol !== UDP ||
    destinationPort === DNS ||
    TUNNEL_PORTS.has(sourcePort) ||
    TUNNEL_PORTS.has(destinationPort)
  )
    return LOOK_CLOSER;
  return share(wordAt(bytes, at + 12) ^ wordAt(bytes, at + 16), sourcePort ^ destinationPort);
}

function share(addresses: number, ports: number): number {
  let hash = addresses ^ Math.imul(ports, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash >>> 16) % SHARES;
}

const wordAt = (bytes: Buffer, at: number) =>
  (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
