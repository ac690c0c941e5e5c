/** Flows (two endpoints and a transport) in typed arrays: a packet of a known flow allocates nothing. */
import type { Packet } from "../decode/packet.ts";

/** Live flows; when reached, idle ones are forgotten, then the older half. */
export const MAX_FLOWS = 65_536;
const SLOTS = MAX_FLOWS * 2;
const KEY_WORDS = 12;
const IDLE_MICROS = 120 * 1_000_000;

export const STATE = { fresh: 0, analysed: 1, finished: 2 } as const;
/** Which side is the server: side 0, side 1, or not known. */
export const SERVER = { side0: 0, side1: 1, unknown: 2 } as const;
export const SERVER_BY = { nothing: 0, port: 1, handshake: 2, content: 3 } as const;

/**
 * Side 0 is the endpoint with the lower address words (then port), so both directions of a flow have
 * one key. Indexes are valid until `compact`.
 */
export class FlowTable<Analysis> {
  #count = 0;
  readonly #slots = new Int32Array(SLOTS).fill(-1);
  readonly #keys = new Int32Array(MAX_FLOWS * KEY_WORDS);
  readonly state = new Uint8Array(MAX_FLOWS);
  /** Dissector index, -1 none. */
  readonly protocol = new Int16Array(MAX_FLOWS);
  readonly server = new Uint8Array(MAX_FLOWS);
  readonly serverBy = new Uint8Array(MAX_FLOWS);
  /** Bit 1 << side: that side was heard; bit 4: answered (a reply that says yes was heard). */
  readonly heard = new Uint8Array(MAX_FLOWS);
  readonly firstSide = new Uint8Array(MAX_FLOWS);
  readonly frames = new Float64Array(MAX_FLOWS);
  readonly bytes = new Float64Array(MAX_FLOWS);
  readonly firstAt = new Float64Array(MAX_FLOWS);
  readonly lastAt = new Float64Array(MAX_FLOWS);
  /** Host index as sender, two per flow, and the MAC it was found with: -2 not looked up. */
  readonly sendHost = new Int32Array(MAX_FLOWS * 2);
  readonly receiveHost = new Int32Array(MAX_FLOWS * 2);
  readonly linkOf = new Int32Array(MAX_FLOWS * 8);
  readonly hostGeneration = new Int32Array(MAX_FLOWS);
  readonly analysis: (Analysis | undefined)[] = [];
  readonly #dirty = new Int32Array(MAX_FLOWS);
  readonly #isDirty = new Uint8Array(MAX_FLOWS);
  #dirtyCount = 0;
  /** Side of the sender of the packet last given to `find`. */
  side: 0 | 1 = 0;

  get count(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#count >= MAX_FLOWS;
  }

  /** Index of the packet's flow, made when new. The table must not be full (see `isFull`). */
  find(packet: Packet): number {
    const { source3, destination3, sourcePort, destinationPort, vlan, transport, ipVersion } = packet;
    let order = source3 - destination3;
    if (ipVersion === 6 && order === 0) order = orderOf(packet);
    if (order === 0) order = sourcePort - destinationPort;
    const side = order <= 0 ? 0 : 1;
    this.side = side;
    const low3 = side === 0 ? source3 : destination3;
    const high3 = side === 0 ? destination3 : source3;
    const ports = side === 0 ? (sourcePort << 16) | destinationPort : (destinationPort << 16) | sourcePort;
    const kind = transport | (ipVersion << 8);

    let hash = Math.imul(low3, 0x9e3779b1) ^ Math.imul(high3, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15) ^ ports, 0xc2b2ae35) ^ Math.imul(vlan ^ kind, 0x27d4eb2f);
    hash ^= hash >>> 13;
    let slot = hash & (SLOTS - 1);
    const keys = this.#keys;
    for (;;) {
      const index = this.#slots[slot]!;
      if (index < 0) break;
      const k = index * KEY_WORDS;
      if (
        keys[k] === low3 &&
        keys[k + 1] === high3 &&
        keys[k + 2] === ports &&
        keys[k + 3] === vlan &&
        keys[k + 4] === kind &&
        (ipVersion === 4 || this.#sameUpper(k, packet, side))
      ) {
        return index;
      }
      slot = (slot + 1) & (SLOTS - 1);
    }
    const index = this.#count++;
    this.#slots[slot] = index;
    const k = index * KEY_WORDS;
    keys[k] = low3;
    keys[k + 1] = high3;
    keys[k + 2] = ports;
    keys[k + 3] = vlan;
    keys[k + 4] = kind;
    this.#writeUpper(k, packet, side);
    keys[k + 11] = hash;
    this.#reset(index, packet.at, side);
    return index;
  }

  port(index: number, side: number): number {
    const ports = this.#keys[index * KEY_WORDS + 2]!;
    return side === 0 ? ports >>> 16 : ports & 0xffff;
  }

  transport(index: number): 6 | 17 {
    return (this.#keys[index * KEY_WORDS + 4]! & 0xff) as 6 | 17;
  }

  tally(index: number, bytes: number, at: number): void {
    this.frames[index]!++;
    this.bytes[index]! += bytes;
    this.lastAt[index] = at;
    if (this.#isDirty[index] === 0) {
      this.#isDirty[index] = 1;
      this.#dirty[this.#dirtyCount++] = index;
    }
  }

  /** Calls `each` for every flow touched since the last call, then starts their counters anew. */
  drain(each: (index: number) => void): void {
    for (let i = 0; i < this.#dirtyCount; i++) {
      const index = this.#dirty[i]!;
      this.#isDirty[index] = 0;
      each(index);
      this.frames[index] = 0;
      this.bytes[index] = 0;
    }
    this.#dirtyCount = 0;
  }

  /** Forgets idle flows, and when that frees too little the older half; only right after `drain`. */
  compact(now: number, forgotten: (analysis: Analysis) => void): void {
    let limit = now - IDLE_MICROS;
    let kept = 0;
    for (let i = 0; i < this.#count; i++) if (this.lastAt[i]! >= limit) kept++;
    if (kept > MAX_FLOWS / 2) {
      const times = this.lastAt.slice(0, this.#count).sort();
      limit = times[this.#count >> 1]! + 1;
    }
    const old = this.#count;
    this.#count = 0;
    this.#slots.fill(-1);
    for (let i = 0; i < old; i++) {
      if (this.lastAt[i]! >= limit) this.#move(i, this.#count++);
      else if (this.analysis[i] !== undefined) forgotten(this.analysis[i]!);
    }
    this.analysis.length = this.#count;
  }

  #reset(index: number, at: number, side: 0 | 1): void {
    this.state[index] = STATE.fresh;
    this.protocol[index] = -1;
    this.server[index] = SERVER.unknown;
    this.serverBy[index] = SERVER_BY.nothing;
    this.heard[index] = 0;
    this.firstSide[index] = side;
    this.frames[index] = 0;
    this.bytes[index] = 0;
    this.firstAt[index] = at;
    this.lastAt[index] = at;
    this.hostGeneration[index] = -1;
    this.sendHost.fill(-2, index * 2, index * 2 + 2);
    this.receiveHost.fill(-2, index * 2, index * 2 + 2);
    this.#isDirty[index] = 0;
    this.analysis[index] = undefined;
  }

  #move(from: number, to: number): void {
    if (from !== to) {
      this.#keys.copyWithin(to * KEY_WORDS, from * KEY_WORDS, (from + 1) * KEY_WORDS);
      this.#reset(to, this.firstAt[from]!, this.firstSide[from] as 0 | 1);
      this.state[to] = this.state[from]!;
      this.protocol[to] = this.protocol[from]!;
      this.server[to] = this.server[from]!;
      this.serverBy[to] = this.serverBy[from]!;
      this.heard[to] = this.heard[from]!;
      this.lastAt[to] = this.lastAt[from]!;
      this.analysis[to] = this.analysis[from];
    }
    let slot = this.#keys[to * KEY_WORDS + 11]! & (SLOTS - 1);
    while (this.#slots[slot]! >= 0) slot = (slot + 1) & (SLOTS - 1);
    this.#slots[slot] = to;
  }

  #sameUpper(k: number, packet: Packet, side: 0 | 1): boolean {
    const keys = this.#keys;
    const source = side === 0 ? k + 5 : k + 8;
    const destination = side === 0 ? k + 8 : k + 5;
    return (
      keys[source] === packet.source0 &&
      keys[source + 1] === packet.source1 &&
      keys[source + 2] === packet.source2 &&
      keys[destination] === packet.destination0 &&
      keys[destination + 1] === packet.destination1 &&
      keys[destination + 2] === packet.destination2
    );
  }

  #writeUpper(k: number, packet: Packet, side: 0 | 1): void {
    const keys = this.#keys;
    const source = side === 0 ? k + 5 : k + 8;
    const destination = side === 0 ? k + 8 : k + 5;
    keys[source] = packet.source0;
    keys[source + 1] = packet.source1;
    keys[source + 2] = packet.source2;
    keys[destination] = packet.destination0;
    keys[destination + 1] = packet.destination1;
    keys[destination + 2] = packet.destination2;
  }
}

const orderOf = (packet: Packet): number =>
  packet.source2 - packet.destination2 || packet.source1 - packet.destination1 || packet.source0 - packet.destination0;
