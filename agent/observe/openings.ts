/** Remembers how each host opens and accepts TCP connections, so that the same opening is counted without being read. */
import type { Packet } from "../decode/packet.ts";
import type { FoldedEvidence } from "./evidence-fold.ts";
import { MAX_HOSTS } from "./host-table.ts";

/** Openings remembered of all hosts together; beyond it older ones make room and are read anew. */
const SLOTS = 16_384;
/** Slots looked at for one opening; none free, the first of them makes room. */
const PROBES = 4;
/** Different openings read of one host; a port scanner that varies them teaches no more. */
const MAX_OPENINGS_PER_HOST = 12;

const OPTION = { end: 0, nop: 1, timestamps: 8 } as const;
const SYN_ACK = 0x12;
const NOTHING: readonly FoldedEvidence[] = [];

export class Openings {
  readonly #prints = new Int32Array(SLOTS);
  readonly #hosts = new Int32Array(SLOTS).fill(-1);
  readonly #learnt: (readonly FoldedEvidence[])[] = new Array(SLOTS).fill(NOTHING);
  readonly #read = new Uint8Array(MAX_HOSTS);
  #generation = 0;
  #slot = 0;

  /** What this opening taught before: to be counted once more. undefined: read it, then call `keep`. */
  find(packet: Packet, host: number, generation: number): readonly FoldedEvidence[] | undefined {
    if (generation !== this.#generation) this.#forget(generation);
    const print = printOf(packet);
    const first = Math.imul(print ^ Math.imul(host, 0x9e3779b1), 0x85ebca6b) >>> 18;
    let free = -1;
    for (let probe = 0; probe < PROBES; probe++) {
      const slot = (first + probe) & (SLOTS - 1);
      if (this.#hosts[slot] === host && this.#prints[slot] === print) return this.#learnt[slot]!;
      if (free < 0 && this.#hosts[slot] === -1) free = slot;
    }
    if (this.#read[host]! >= MAX_OPENINGS_PER_HOST) return NOTHING;
    this.#read[host]!++;
    this.#slot = free < 0 ? first : free;
    this.#hosts[this.#slot] = host;
    this.#prints[this.#slot] = print;
    return undefined;
  }

  keep(learnt: readonly FoldedEvidence[]): void {
    this.#learnt[this.#slot] = learnt;
  }

  /** Host indexes changed: these were remembered by indexes that are somebody else's now. */
  #forget(generation: number): void {
    this.#generation = generation;
    this.#hosts.fill(-1);
    this.#learnt.fill(NOTHING);
    this.#read.fill(0);
  }
}

/** A hash of all that a signature is made of: not the ports, numbers and time stamps, which always differ. */
function printOf(packet: Packet): number {
  const { bytes, tcpOptionsAt: from, tcpOptionsLength } = packet;
  let hash = mix(0x811c9dc5, packet.ttl);
  hash = mix(hash, (packet.ipDontFragment ? 256 : 0) | (packet.tcpFlags & SYN_ACK));
  hash = mix(hash, packet.tcpWindow);
  const end = from + tcpOptionsLength;
  // Each turn steps at least one byte, so the loop ends.
  for (let at = from; at < end; ) {
    const kind = bytes[at]!;
    hash = mix(hash, kind);
    if (kind === OPTION.end || kind === OPTION.nop) {
      at++;
      continue;
    }
    const length = at + 1 < end ? Math.max(bytes[at + 1]!, 2) : 2;
    hash = mix(hash, length);
    if (kind !== OPTION.timestamps)
      for (let byte = at + 2; byte < at + length && byte < end; byte++) hash = mix(hash, bytes[byte]!);
    at += length;
  }
  return hash;
}

const mix = (hash: number, value: number) => Math.imul(hash ^ value, 0x01000193);
