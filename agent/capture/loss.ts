/**
 * Frames an interface had and we did not get, where the capture itself keeps no count: what the kernel counted since
 * the start less what was read. Valid without a kernel filter and with GRO and LRO off, which merge frames.
 */
import { isLoopback, readCounts } from "./interface.ts";

/** The lowest of so many settled counts is believed: frames still on their way to us are not lost. */
const SETTLED_COUNTS = 3;

export class LossMeter {
  readonly #interface: string;
  readonly #loopback: boolean;
  /** Kernel count that stands for "nothing yet"; null when the kernel gives none. */
  #baseline: number | null;
  #last: number;
  readonly #recent: number[] = [];
  #lost = 0;

  /** Make it right after the capture was opened: only what arrives from then on is expected to be read. */
  constructor(name: string) {
    this.#interface = name;
    this.#loopback = isLoopback(name);
    this.#baseline = this.#readKernel();
    this.#last = this.#baseline ?? 0;
  }

  /** Total so far, never falling; null when the kernel gives no counters. */
  get lost(): number | null {
    return this.#baseline === null ? null : this.#lost;
  }

  /** Frames the interface had since the start; null when it is gone or the kernel doesn't count. */
  arrived(): number | null {
    const count = this.#readKernel();
    if (count === null || this.#baseline === null) return null;
    // The driver was reloaded and counts from 0 again.
    if (count < this.#last) this.#baseline -= this.#last - count;
    this.#last = count;
    return count - this.#baseline;
  }

  /** Of the first `arrived` frames none waits any more: those not among the `framesRead` are lost. */
  settle(arrived: number, framesRead: number): void {
    if (this.#baseline === null) return;
    const missing = arrived - framesRead;
    // Frames were captured between opening and the first count: they belong to us, so the start was earlier.
    if (missing < 0) this.#baseline += missing;
    this.#recent.push(Math.max(0, missing));
    if (this.#recent.length > SETTLED_COUNTS) this.#recent.shift();
    if (this.#recent.length === SETTLED_COUNTS) this.#lost = Math.max(this.#lost, Math.min(...this.#recent));
  }

  /** While up to `mayWait` frames wait to be read, only what is missing beyond them is surely lost. */
  atLeast(arrived: number, framesRead: number, mayWait: number): void {
    this.#lost = Math.max(this.#lost, arrived - framesRead - mayWait);
  }

  #readKernel(): number | null {
    const counts = readCounts(this.#interface);
    if (counts === null) return null;
    // Capture sees what the interface sends as well, except on loopback, where everything sent is also received.
    return counts.received + counts.missed + (this.#loopback ? 0 : counts.transmitted);
  }
}
