/**
 * Mirrored duplicates: the same IP datagram heard again within 50 ms from another VLAN, interface or
 * link header (both sides of a router, several mirrored ports). A plain retransmission comes with the
 * same link header and is not one.
 */
import type { Packet } from "../decode/packet.ts";
import { isForAll, SHARES, shareOf } from "./share.ts";

const WINDOW_MICROS = 50_000;
const PARTS = SHARES + 1;
/** Recent datagrams remembered of each part; at 1,000,000 frames/s this is 4 ms, at a ward's usual rate the whole window. */
const REMEMBERED = 4096;

export class DuplicateFilter {
  readonly #prints = new Int32Array(REMEMBERED * PARTS);
  readonly #links = new Int32Array(REMEMBERED * PARTS);
  readonly #times = new Float64Array(REMEMBERED * PARTS);

  /** True when this packet was already heard elsewhere and must not be counted again. */
  isDuplicate(packet: Packet): boolean {
    if (packet.ipVersion === 0) return false;
    if (packet.ipId === 0 && packet.transport !== 6) return false;
    const print = fingerprint(packet);
    const link = linkPrint(packet);
    const slot = partOf(packet) * REMEMBERED + ((print ^ (print >>> 12)) & (REMEMBERED - 1));
    const elapsed = packet.at - this.#times[slot]!;
    if (this.#prints[slot] === print && elapsed >= 0 && elapsed <= WINDOW_MICROS) {
      // The first link header keeps the place, so that each further copy is told from it.
      if (this.#links[slot] !== link) return true;
    }
    this.#prints[slot] = print;
    this.#links[slot] = link;
    this.#times[slot] = packet.at;
    return false;
  }
}

/**
 * Each share's flows push out each other only, and so does what all shares hear: then a watch of one share remembers
 * the same of it as a watch of everything.
 */
const partOf = (packet: Packet): number => (isForAll(packet) ? SHARES : shareOf(packet));

/**
 * Over the datagram without link header, TTL and checksums, and its last payload bytes. Written out in
 * one expression: this runs for every frame.
 */
function fingerprint(packet: Packet): number {
  const { bytes, payloadAt, payloadLength } = packet;
  const tail = payloadLength >= 4 ? wordAt(bytes, payloadAt + payloadLength - 4) : payloadLength;
  let hash =
    Math.imul(packet.source3 ^ (packet.ipId << 16), 0x9e3779b1) ^
    Math.imul(packet.destination3 ^ packet.tcpSequence, 0x85ebca6b) ^
    Math.imul((packet.sourcePort << 16) ^ packet.destinationPort ^ packet.payloadWireLength, 0xc2b2ae35);
  hash =
    Math.imul(hash ^ (hash >>> 15) ^ tail, 0x27d4eb2f) ^
    Math.imul(packet.tcpAcknowledgement ^ packet.tcpFlags, 0x165667b1);
  if (packet.ipVersion === 6) hash ^= Math.imul(packet.source2 ^ packet.destination2, 0x9e3779b1) ^ packet.source0;
  return hash ^ (hash >>> 13);
}

const wordAt = (bytes: Buffer, at: number) =>
  (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;

function linkPrint(packet: Packet): number {
  return (
    Math.imul(packet.sourceMacLow ^ packet.vlan, 0x9e3779b1) ^
    Math.imul(packet.destinationMacLow, 0x85ebca6b) ^
    ((packet.sourceMacHigh << 16) | packet.destinationMacHigh) ^
    (packet.interface | (packet.tunnels << 8))
  );
}
