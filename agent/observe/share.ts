/** Who of several watches follows a flow, when they read the same frames side by side. */
import type { Packet } from "../decode/packet.ts";

/** Fixed, so that what is told doesn't depend on the machine. */
export const SHARES = 2;

/**
 * Share of a packet's flow, 0 to SHARES - 1. Made of addresses and ports alone, the same for both directions; VLAN and
 * link header stay out of it, so that the copies of a frame meet in one share. For packets with a transport.
 */
export function shareOf(packet: Packet): number {
  let hash =
    packet.source3 ^
    packet.destination3 ^
    packet.source2 ^
    packet.destination2 ^
    Math.imul(packet.sourcePort ^ packet.destinationPort, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash >>> 16) % SHARES;
}
