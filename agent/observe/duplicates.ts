/**
 * Mirrored duplicates: the same IP datagram heard again within 50 ms from another VLAN, interface or
 * link header (both sides of a router, several mirrored ports). A plain retransmission comes with the
 * same link header and is not one.
 */
import type { Packet } from "../decode/packet.ts";

const WINDOW_MICROS = 50_000;
/** Recent datagrams remembered; at 1,000,000 frames/s this is 4 ms, at a ward's usual rate the whole window. */
const REMEMBERED = 4096;

export class DuplicateFilter {
  readonly #prints = new Int32Array(REMEMBERED);
  readonly #links = new Int32Array(REMEMBERED);
  readonly #times = new Float64Array(REMEMBERED);

  /** True when this packet was already heard elsewhere and must not be counted again. */
  isDuplicate(packet: Packet): boolean {
    if (packet.ipVersion === 0) return false;
    if (packet.ipId === 0 && packet.transport !== 6) return false;
    const print = fingerprint(packet);
    const link = linkPrint(packet);
    const slot = (print ^ (print >>> 12)) & (REMEMBERED - 1);
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

const mix = (hash: number, word: number) => Math.imul(hash ^ word, 0x9e3779b1) ^ (hash >>> 15);

/** Over the datagram without link header, TTL and checksums, and a few bytes of its payload. */
function fingerprint(packet: Packet): number {
  let hash = mix(packet.ipId | (packet.ipProtocol << 16), packet.payloadWireLength);
  hash = mix(hash, packet.source3);
  hash = mix(hash, packet.destination3);
  hash = mix(hash, packet.source2 ^ packet.destination0);
  hash = mix(hash, (packet.sourcePort << 16) | packet.destinationPort);
  if (packet.transport === 6) {
    hash = mix(hash, packet.tcpSequence);
    hash = mix(hash, packet.tcpAcknowledgement);
    hash = mix(hash, (packet.tcpFlags << 16) | packet.tcpWindow);
  }
  const { bytes, payloadAt, payloadLength } = packet;
  if (payloadLength >= 4) {
    hash = mix(hash, wordAt(bytes, payloadAt));
    hash = mix(hash, wordAt(bytes, payloadAt + payloadLength - 4));
  }
  return hash | 0;
}

const wordAt = (bytes: Buffer, at: number) =>
  (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;

function linkPrint(packet: Packet): number {
  let hash = mix(packet.sourceMacLow ^ packet.vlan, packet.destinationMacLow);
  hash = mix(hash, (packet.sourceMacHigh << 16) | packet.destinationMacHigh);
  return mix(hash, packet.interface | (packet.tunnels << 8));
}
