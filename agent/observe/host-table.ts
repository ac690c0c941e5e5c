/** Every (MAC, VLAN, IP) seen, with its counters, in typed arrays: counting a known host allocates nothing. */
import { ipText, macText } from "../decode/addresses.ts";
import type { Moment } from "./moment.ts";
import type { HostKey } from "./observation.ts";

/** Beyond this many live entries new hosts are not told apart, only counted in `overflow`. */
export const MAX_HOSTS = 32_768;
const SLOTS = MAX_HOSTS * 2;
const KEY_WORDS = 8;

/** Entries that said nothing for this long may be forgotten when room is needed. */
const IDLE_MICROS = 10 * 60 * 1_000_000;

export class HostTable {
  /** Raised when indexes changed; who caches an index compares it. */
  generation = 0;
  overflow = 0;
  #count = 0;
  readonly #slots = new Int32Array(SLOTS).fill(-1);
  readonly #keys = new Int32Array(MAX_HOSTS * KEY_WORDS);
  readonly #hostKeys: (HostKey | undefined)[] = [];
  readonly sentFrames = new Float64Array(MAX_HOSTS);
  readonly sentBytes = new Float64Array(MAX_HOSTS);
  readonly receivedFrames = new Float64Array(MAX_HOSTS);
  readonly receivedBytes = new Float64Array(MAX_HOSTS);
  /** Highest TTL (hop limit) of unicast packets it sent: intact on this link, lowered behind a router. */
  readonly ttl = new Uint8Array(MAX_HOSTS);
  readonly firstAt = new Float64Array(MAX_HOSTS);
  readonly lastAt = new Float64Array(MAX_HOSTS);
  /** Where in the window it was first touched: twice the frame's ordinal, and one more for a receiver. */
  readonly order = new Float64Array(MAX_HOSTS);
  readonly #dirty = new Int32Array(MAX_HOSTS);
  readonly #isDirty = new Uint8Array(MAX_HOSTS);
  #dirtyCount = 0;

  get count(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#count >= MAX_HOSTS;
  }

  /**
   * Index of the host, made when new; -1 when the table is full. `macHigh` is -1 where there is no MAC;
   * `ipVersion` 0 where there is no IP.
   */
  find(
    macHigh: number,
    macLow: number,
    vlan: number,
    ipVersion: number,
    w0: number,
    w1: number,
    w2: number,
    w3: number,
    moment: Moment,
  ): number {
    const high = (macHigh & 0xffff) | (ipVersion << 16) | (macHigh < 0 ? 1 << 24 : 0);
    let hash = Math.imul(high ^ vlan, 0x9e3779b1) ^ Math.imul(macLow, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15) ^ w3, 0xc2b2ae35) ^ Math.imul(w2 ^ w0, 0x27d4eb2f) ^ w1;
    hash ^= hash >>> 13;
    let slot = hash & (SLOTS - 1);
    const keys = this.#keys;
    for (;;) {
      const index = this.#slots[slot]!;
      if (index < 0) break;
      const k = index * KEY_WORDS;
      if (
        keys[k] === high &&
        keys[k + 1] === macLow &&
        keys[k + 2] === vlan &&
        keys[k + 6] === w3 &&
        keys[k + 3] === w0 &&
        keys[k + 4] === w1 &&
        keys[k + 5] === w2
      ) {
        return index;
      }
      slot = slot + 1 === SLOTS ? 0 : slot + 1;
    }
    if (this.#count >= MAX_HOSTS) {
      this.overflow++;
      return -1;
    }
    const index = this.#count++;
    this.#slots[slot] = index;
    const k = index * KEY_WORDS;
    keys[k] = high;
    keys[k + 1] = macLow;
    keys[k + 2] = vlan;
    keys[k + 3] = w0;
    keys[k + 4] = w1;
    keys[k + 5] = w2;
    keys[k + 6] = w3;
    keys[k + 7] = hash;
    this.#clearCounters(index);
    this.ttl[index] = 0;
    this.firstAt[index] = moment.at;
    this.lastAt[index] = moment.at;
    return index;
  }

  sent(index: number, bytes: number, moment: Moment): void {
    if (index < 0) return;
    this.sentFrames[index]!++;
    this.sentBytes[index]! += bytes;
    this.#touch(index, moment, 0);
  }

  received(index: number, bytes: number, moment: Moment): void {
    if (index < 0) return;
    this.receivedFrames[index]!++;
    this.receivedBytes[index]! += bytes;
    this.#touch(index, moment, 1);
  }

  #touch(index: number, moment: Moment, end: 0 | 1): void {
    if (moment.at > this.lastAt[index]!) this.lastAt[index] = moment.at;
    if (this.#isDirty[index] === 0) {
      this.#isDirty[index] = 1;
      this.firstAt[index] = moment.at;
      this.order[index] = moment.ordinal * 2 + end;
      this.#dirty[this.#dirtyCount++] = index;
    } else if (moment.at < this.firstAt[index]!) this.firstAt[index] = moment.at;
  }

  /** The host as text; built once. */
  hostKey(index: number): HostKey {
    const known = this.#hostKeys[index];
    if (known !== undefined) return known;
    const k = index * KEY_WORDS;
    const high = this.#keys[k]!;
    const ipVersion = (high >>> 16) & 0xff;
    const key: HostKey = {
      mac: high >>> 24 === 1 ? null : macText(high & 0xffff, this.#keys[k + 1]!),
      vlan: this.#keys[k + 2]!,
      ip:
        ipVersion === 0
          ? null
          : ipText(ipVersion, this.#keys[k + 3]!, this.#keys[k + 4]!, this.#keys[k + 5]!, this.#keys[k + 6]!),
    };
    this.#hostKeys[index] = key;
    return key;
  }

  /** Calls `each` for every host touched since the last call, then starts their counters anew. */
  drain(each: (index: number) => void): void {
    for (let i = 0; i < this.#dirtyCount; i++) {
      const index = this.#dirty[i]!;
      this.#isDirty[index] = 0;
      each(index);
      const lastAt = this.lastAt[index]!;
      this.#clearCounters(index);
      this.lastAt[index] = lastAt;
    }
    this.#dirtyCount = 0;
  }

  /** Forgets idle hosts (all of them if none is idle); only right after `drain`. All indexes change. */
  compact(now: number): void {
    this.generation++;
    let limit = now - IDLE_MICROS;
    let kept = 0;
    for (let i = 0; i < this.#count; i++) if (this.lastAt[i]! >= limit) kept++;
    if (kept > MAX_HOSTS / 2) limit = Number.POSITIVE_INFINITY;
    const old = this.#count;
    this.#count = 0;
    this.#slots.fill(-1);
    for (let i = 0; i < old; i++) if (this.lastAt[i]! >= limit) this.#keep(i);
    this.#hostKeys.length = this.#count;
  }

  #keep(from: number): void {
    const to = this.#count++;
    this.#keys.copyWithin(to * KEY_WORDS, from * KEY_WORDS, (from + 1) * KEY_WORDS);
    this.#hostKeys[to] = this.#hostKeys[from];
    this.ttl[to] = this.ttl[from]!;
    this.firstAt[to] = this.firstAt[from]!;
    this.lastAt[to] = this.lastAt[from]!;
    this.#clearCounters(to);
    let slot = this.#keys[to * KEY_WORDS + 7]! & (SLOTS - 1);
    while (this.#slots[slot]! >= 0) slot = slot + 1 === SLOTS ? 0 : slot + 1;
    this.#slots[slot] = to;
  }

  #clearCounters(index: number): void {
    this.sentFrames[index] = 0;
    this.sentBytes[index] = 0;
    this.receivedFrames[index] = 0;
    this.receivedBytes[index] = 0;
  }
}
