/** Is the mirror port mirroring? Counts unicast conversations between others, and which are heard both ways. */
import type { Packet } from "../decode/packet.ts";
import type { MirrorCounts } from "./observation.ts";

/** MAC pairs remembered; beyond it a new window begins. */
const MAX_PAIRS = 4096;
const SLOTS = MAX_PAIRS * 2;

export class MirrorWatch {
  toMany = 0;
  unicast = 0;
  #pairs = 0;
  #both = 0;
  /** Of the window before, so that a verdict doesn't fall when a new window begins. */
  #pairsBefore = 0;
  #bothBefore = 0;
  readonly #keys = new Int32Array(SLOTS);
  /** 0 free, bit 1 heard from the lower MAC, bit 2 from the higher. */
  readonly #heard = new Uint8Array(SLOTS);

  /** Only for packets with a destination MAC. */
  frame(packet: Packet): void {
    if ((packet.destinationMacHigh & 0x0100) !== 0) {
      this.toMany++;
      return;
    }
    this.unicast++;
    const forward =
      packet.sourceMacHigh < packet.destinationMacHigh ||
      (packet.sourceMacHigh === packet.destinationMacHigh && packet.sourceMacLow <= packet.destinationMacLow);
    const key =
      (Math.imul(packet.sourceMacLow ^ packet.destinationMacLow, 0x9e3779b1) ^
        ((packet.sourceMacHigh ^ packet.destinationMacHigh) << 8)) |
      1;
    const bit = forward ? 1 : 2;
    let slot = (key >>> 1) & (SLOTS - 1);
    while (this.#heard[slot] !== 0) {
      if (this.#keys[slot] === key) {
        const heard = this.#heard[slot]!;
        if ((heard & bit) === 0) {
          this.#heard[slot] = 3;
          this.#both++;
        }
        return;
      }
      slot = (slot + 1) & (SLOTS - 1);
    }
    if (this.#pairs >= MAX_PAIRS) {
      this.rotate();
      slot = (key >>> 1) & (SLOTS - 1);
    }
    this.#keys[slot] = key;
    this.#heard[slot] = bit;
    this.#pairs++;
  }

  /** Begins a new window: the verdict is about this window and the one before. Call every minute or so. */
  rotate(): void {
    this.#pairsBefore = this.#pairs;
    this.#bothBefore = this.#both;
    this.#heard.fill(0);
    this.#pairs = 0;
    this.#both = 0;
  }

  counts(linkUp: boolean | null): MirrorCounts {
    const bothDirections = this.#both + this.#bothBefore;
    return {
      linkUp,
      toMany: this.toMany,
      unicast: this.unicast,
      bothDirections,
      oneDirection: this.#pairs + this.#pairsBefore - bothDirections,
    };
  }
}
