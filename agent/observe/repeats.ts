/** What each host's frames and datagrams taught before, so that the same thing said again is counted without being read. */
import type { FoldedEvidence } from "./evidence-fold.ts";

/** Things remembered of all hosts together; beyond it older ones make room and are read anew. */
const SLOTS = 16_384;
/** Slots looked at for one thing; none free, one of them makes room. */
const PROBES = 4;
const WORDS = 4;
const NOTHING: readonly FoldedEvidence[] = [];

export class Repeats {
  /** Print, sender, context and note (-1 free), one record after the other. */
  readonly #words = new Int32Array(SLOTS * WORDS).fill(-1);
  readonly #learnt: (readonly FoldedEvidence[])[] = new Array(SLOTS).fill(NOTHING);

  /**
   * Where this was kept; -1 for nowhere. `print` stands for the bytes, `context` for all else that what they teach
   * depends on.
   */
  find(print: number, sender: number, context: number): number {
    const first = slotOf(print, sender, context);
    const words = this.#words;
    for (let probe = 0; probe < PROBES; probe++) {
      const slot = (first + probe) & (SLOTS - 1);
      const w = slot * WORDS;
      if (words[w] === print && words[w + 1] === sender && words[w + 2] === context && words[w + 3] !== -1) return slot;
    }
    return -1;
  }

  learnt(slot: number): readonly FoldedEvidence[] {
    return this.#learnt[slot]!;
  }

  /** The number that was kept with it. */
  note(slot: number): number {
    return this.#words[slot * WORDS + 3]!;
  }

  /** `note` is 0 or more. */
  keep(print: number, sender: number, context: number, learnt: readonly FoldedEvidence[], note: number): void {
    const first = slotOf(print, sender, context);
    const words = this.#words;
    // Different things push each other out, not always the same one.
    let slot = (first + (print & (PROBES - 1))) & (SLOTS - 1);
    for (let probe = 0; probe < PROBES; probe++) {
      const free = (first + probe) & (SLOTS - 1);
      if (words[free * WORDS + 3] !== -1) continue;
      slot = free;
      break;
    }
    const w = slot * WORDS;
    words[w] = print;
    words[w + 1] = sender;
    words[w + 2] = context;
    words[w + 3] = note;
    this.#learnt[slot] = learnt;
  }

  /** For when host indexes changed: these are somebody else's now. */
  forget(): void {
    this.#words.fill(-1);
    this.#learnt.fill(NOTHING);
  }
}

const slotOf = (print: number, sender: number, context: number): number =>
  Math.imul(Math.imul(print ^ (print >>> 15), 0x9e3779b1) ^ Math.imul(sender ^ context, 0x85ebca6b), 0xc2b2ae35) >>> 18;
