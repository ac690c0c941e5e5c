/**
 * Frames an interface had and we did not get, where the capture itself keeps no count: what the kernel counted since
 * the start less what was read. Valid without a kernel filter and with GRO and LRO off, which merge frames.
 */
import { isLoopback, readCounts } from "./interface.ts";

/** The lowest of so many samples counts, so that frames still on their way to us are not called lost. */
const SAMPLES = 3;

export class LossMeter {
  readonly #interface: string;
  readonly #loopback: boolean;
  /** Kernel count that stands for "nothing yet"; null when the kernel gives none. */
  #baseline: number | null;
  #arrived = 0;
  readonly #recent: number[] = [];
  #lost = 0;

  /** Make it right after the capture was opened: only what arrives from then on is expected to be read. */
  constructor(name: string) {
    this.#interface = name;
    this.#loopback = isLoopback(name);
    this.#baseline = this.#readArrived();
    this.#arrived = this.#baseline ?? 0;
  }

  /** Total so far, never falling; null when the kernel gives no counters. */
  get lost(): number | null {
    return this.#baseline === null ? null : this.#lost;
  }

  /** Call it every now and then, best when no frame is waiting. An interface that is gone keeps its last count. */
  sample(framesRead: number): void {
    if (this.#baseline === null) return;
    const arrived = this.#readArrived();
    if (arrived === null) return;
    // The driver was reloaded and counts from 0 again.
    if (arrived < this.#arrived) this.#baseline -= this.#arrived - arrived;
    this.#arrived = arrived;
    let missing = arrived - this.#baseline - framesRead;
    if (missing < 0) {
      // Frames were captured between opening and the first count: they belong to us, so the start was earlier.
      this.#baseline += missing;
      missing = 0;
    }
    this.#recent.push(missing);
    if (this.#recent.length > SAMPLES) this.#recent.shift();
    if (this.#recent.length === SAMPLES) this.#lost = Math.max(this.#lost, Math.min(...this.#recent));
  }

  #readArrived(): number | null {
    const counts = readCounts(this.#interface);
    if (counts === null) return null;
    // Capture sees what the interface sends as well, except on loopback, where everything sent is also received.
    return counts.received + counts.missed + (this.#loopback ? 0 : counts.transmitted);
  }
}
