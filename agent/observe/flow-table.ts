/** Flows (two endpoints and a transport), each one record of a typed array: a packet of a known flow allocates nothing. */
import type { Packet } from "../decode/packet.ts";
import type { Moment } from "./moment.ts";

/** Live flows; when reached, idle ones are forgotten, then the older half. */
export const MAX_FLOWS = 65_536;
const SLOTS = MAX_FLOWS * 2;
const IDLE_MICROS = 120 * 1_000_000;
/** Silence after which a flow counts as begun anew. */
const PAUSE_MICROS = 5_000_000;

export const STATE = { fresh: 0, analysed: 1, finished: 2 } as const;
/** Which side is the server: side 0, side 1, or not known. */
export const SERVER = { side0: 0, side1: 1, unknown: 2 } as const;
export const SERVER_BY = { nothing: 0, port: 1, handshake: 2, content: 3 } as const;

/**
 * A record's 32-bit words. All that one packet touches lies in three cache lines: with an array per
 * field each packet of a busy mirror would wait for ten.
 */
export const FLOW = {
  low3: 0,
  high3: 1,
  ports: 2,
  vlan: 3,
  kind: 4,
  upper: 5,
  hash: 11,
  state: 12,
  /** Dissector index, -1 none. */
  protocol: 13,
  server: 14,
  serverBy: 15,
  /**
   * Bit 1 << side: that side was heard; bit 4: answered (a reply that says yes was heard); from UNKNOWN_SHIFT on,
   * datagrams that nobody understood, while the flow has no analysis.
   */
  heard: 16,
  firstSide: 17,
  /** Where in the window it was first touched; 0 when it was not. */
  touched: 18,
  hostGeneration: 19,
  /** Host index as sender, one per side; -2 not looked up. */
  sendHost: 20,
  receiveHost: 22,
  /** Source and destination MAC (high, low each) that the hosts were found with, four words per side. */
  link: 24,
} as const;
export const UNKNOWN_SHIFT = 8;
export const HEARD_MASK = (1 << UNKNOWN_SHIFT) - 1;
const WORDS = 40;
/** The same record seen as doubles: the last four. */
const DOUBLES = WORDS / 2;
const COUNT = { frames: 16, bytes: 17, firstAt: 18, lastAt: 19 } as const;

/**
 * Side 0 is the endpoint with the lower address words (then port), so both directions of a flow have
 * one key. Indexes are valid until `compact`; a field's place is `index * stride + FLOW.field`.
 */
export class FlowTable<Analysis> {
  static readonly stride = WORDS;
  readonly words: Int32Array;
  readonly analysis: (Analysis | undefined)[] = [];
  readonly #doubles: Float64Array;
  readonly #slots = new Int32Array(SLOTS).fill(-1);
  readonly #dirty = new Int32Array(MAX_FLOWS);
  #dirtyCount = 0;
  #count = 0;
  /** Side of the sender of the packet last given to `find`. */
  side: 0 | 1 = 0;

  constructor() {
    const memory = new ArrayBuffer(MAX_FLOWS * WORDS * 4);
    this.words = new Int32Array(memory);
    this.#doubles = new Float64Array(memory);
  }

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
    const { words } = this;
    for (;;) {
      const index = this.#slots[slot]!;
      if (index < 0) break;
      const w = index * WORDS;
      if (
        words[w] === low3 &&
        words[w + 1] === high3 &&
        words[w + 2] === ports &&
        words[w + 3] === vlan &&
        words[w + 4] === kind &&
        (ipVersion === 4 || this.#sameUpper(w, packet, side))
      ) {
        return index;
      }
      slot = (slot + 1) & (SLOTS - 1);
    }
    const index = this.#count++;
    this.#slots[slot] = index;
    const w = index * WORDS;
    words[w] = low3;
    words[w + 1] = high3;
    words[w + 2] = ports;
    words[w + 3] = vlan;
    words[w + 4] = kind;
    this.#writeUpper(w, packet, side);
    words[w + FLOW.hash] = hash;
    this.#begin(index, packet.at, side);
    return index;
  }

  port(index: number, side: number): number {
    const ports = this.words[index * WORDS + FLOW.ports]!;
    return side === 0 ? ports >>> 16 : ports & 0xffff;
  }

  transport(index: number): 6 | 17 {
    return (this.words[index * WORDS + FLOW.kind]! & 0xff) as 6 | 17;
  }

  frames(index: number): number {
    return this.#doubles[index * DOUBLES + COUNT.frames]!;
  }

  bytes(index: number): number {
    return this.#doubles[index * DOUBLES + COUNT.bytes]!;
  }

  firstAt(index: number): number {
    return this.#doubles[index * DOUBLES + COUNT.firstAt]!;
  }

  lastAt(index: number): number {
    return this.#doubles[index * DOUBLES + COUNT.lastAt]!;
  }

  /** Counts one packet; true when the flow was silent before it for longer than PAUSE_MICROS. */
  tally(index: number, bytes: number, moment: Moment): boolean {
    const d = index * DOUBLES;
    const paused = moment.at - this.#doubles[d + COUNT.lastAt]! > PAUSE_MICROS;
    this.#doubles[d + COUNT.frames]!++;
    this.#doubles[d + COUNT.bytes]! += bytes;
    this.#doubles[d + COUNT.lastAt] = moment.at;
    const w = index * WORDS + FLOW.touched;
    if (this.words[w] === 0) {
      this.words[w] = moment.ordinal;
      this.#dirty[this.#dirtyCount++] = index;
    }
    return paused;
  }

  /** Calls `each` for every flow touched since the last call, then starts their counters anew. */
  drain(each: (index: number) => void): void {
    for (let i = 0; i < this.#dirtyCount; i++) {
      const index = this.#dirty[i]!;
      each(index);
      this.words[index * WORDS + FLOW.touched] = 0;
      this.#doubles[index * DOUBLES + COUNT.frames] = 0;
      this.#doubles[index * DOUBLES + COUNT.bytes] = 0;
    }
    this.#dirtyCount = 0;
  }

  /** Drops analyses of flows that ended, by `isOver`, or that were idle for long; their flows stay. */
  dropAnalyses(now: number, isOver: (analysis: Analysis) => boolean, dropped: (analysis: Analysis) => void): void {
    for (let i = 0; i < this.#count; i++) {
      const analysis = this.analysis[i];
      if (analysis === undefined || !(isOver(analysis) || this.lastAt(i) < now - IDLE_MICROS)) continue;
      this.analysis[i] = undefined;
      this.words[i * WORDS + FLOW.state] = STATE.fresh;
      dropped(analysis);
    }
  }

  /** Forgets idle flows, and when that frees too little the older half; only right after `drain`. */
  compact(now: number, forgotten: (analysis: Analysis) => void): void {
    let limit = now - IDLE_MICROS;
    let kept = 0;
    for (let i = 0; i < this.#count; i++) if (this.lastAt(i) >= limit) kept++;
    if (kept > MAX_FLOWS / 2) {
      const times = Float64Array.from({ length: this.#count }, (_, i) => this.lastAt(i)).sort();
      limit = times[this.#count >> 1]! + 1;
    }
    const old = this.#count;
    this.#count = 0;
    this.#slots.fill(-1);
    for (let i = 0; i < old; i++) {
      if (this.lastAt(i) >= limit) this.#move(i, this.#count++);
      else if (this.analysis[i] !== undefined) forgotten(this.analysis[i]!);
    }
    this.analysis.length = this.#count;
  }

  #begin(index: number, at: number, side: 0 | 1): void {
    const { words } = this;
    const w = index * WORDS;
    words.fill(0, w + FLOW.state, w + WORDS);
    words[w + FLOW.protocol] = -1;
    words[w + FLOW.server] = SERVER.unknown;
    words[w + FLOW.firstSide] = side;
    words[w + FLOW.hostGeneration] = -1;
    words.fill(-2, w + FLOW.sendHost, w + FLOW.link);
    const d = index * DOUBLES;
    this.#doubles[d + COUNT.firstAt] = at;
    this.#doubles[d + COUNT.lastAt] = at;
    this.analysis[index] = undefined;
  }

  #move(from: number, to: number): void {
    if (from !== to) {
      this.words.copyWithin(to * WORDS, from * WORDS, (from + 1) * WORDS);
      this.analysis[to] = this.analysis[from];
    }
    let slot = this.words[to * WORDS + FLOW.hash]! & (SLOTS - 1);
    while (this.#slots[slot]! >= 0) slot = (slot + 1) & (SLOTS - 1);
    this.#slots[slot] = to;
  }

  #sameUpper(w: number, packet: Packet, side: 0 | 1): boolean {
    const { words } = this;
    const source = w + FLOW.upper + (side === 0 ? 0 : 3);
    const destination = w + FLOW.upper + (side === 0 ? 3 : 0);
    return (
      words[source] === packet.source0 &&
      words[source + 1] === packet.source1 &&
      words[source + 2] === packet.source2 &&
      words[destination] === packet.destination0 &&
      words[destination + 1] === packet.destination1 &&
      words[destination + 2] === packet.destination2
    );
  }

  #writeUpper(w: number, packet: Packet, side: 0 | 1): void {
    const { words } = this;
    const source = w + FLOW.upper + (side === 0 ? 0 : 3);
    const destination = w + FLOW.upper + (side === 0 ? 3 : 0);
    words[source] = packet.source0;
    words[source + 1] = packet.source1;
    words[source + 2] = packet.source2;
    words[destination] = packet.destination0;
    words[destination + 1] = packet.destination1;
    words[destination + 2] = packet.destination2;
  }
}

const orderOf = (packet: Packet): number =>
  packet.source2 - packet.destination2 || packet.source1 - packet.destination1 || packet.source0 - packet.destination0;
