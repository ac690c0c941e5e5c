/** A bounded set of IP addresses as words: adding one that is already in costs no memory. */

/** Slots; a power of two, and twice what may be in so that probing stays short. */
const SLOTS = 4096;

/** Addresses kept; further ones are not counted, so `size` stops here. */
export const MAX_ADDRESSES = SLOTS / 2;

export class AddressSet {
  size = 0;
  #words: Int32Array | undefined;
  #used: Uint8Array | undefined;

  /** Four words as in Packet; IPv4 has zeros before the last. */
  add(w0: number, w1: number, w2: number, w3: number): void {
    // Most taps never see one: the table is made when the first comes.
    this.#words ??= new Int32Array(SLOTS * 4);
    this.#used ??= new Uint8Array(SLOTS);
    const words = this.#words;
    let hash = Math.imul(w0, 0x9e3779b1) ^ Math.imul(w1, 0x85ebca6b) ^ Math.imul(w2, 0xc2b2ae35) ^ w3;
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    let slot = (hash ^ (hash >>> 13)) & (SLOTS - 1);
    // Half of the slots stay empty, so the walk ends.
    while (this.#used[slot] === 1) {
      const at = slot * 4;
      if (words[at] === w0 && words[at + 1] === w1 && words[at + 2] === w2 && words[at + 3] === w3) return;
      slot = (slot + 1) & (SLOTS - 1);
    }
    if (this.size >= MAX_ADDRESSES) return;
    this.#used[slot] = 1;
    words[slot * 4] = w0;
    words[slot * 4 + 1] = w1;
    words[slot * 4 + 2] = w2;
    words[slot * 4 + 3] = w3;
    this.size++;
  }
}
