/** Work that is due every so often, done on time also while frames leave the event loop no time. */

/**
 * A timer alone is not enough: `cap` hands over frames in a loop that ends only when none is waiting, so during a
 * flood no timer fires. Whoever handles frames calls `check` with the monotonic time of each.
 */
export class Ticker {
  readonly #everyMs: number;
  readonly #work: () => void;
  #dueMs: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(everyMs: number, work: () => void) {
    this.#everyMs = everyMs;
    this.#work = work;
    this.#dueMs = performance.now() + everyMs;
  }

  start(): void {
    this.#timer ??= setInterval(() => this.tick(), this.#everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Cheap enough for every frame. `nowMs` is performance.now(). */
  check(nowMs: number): void {
    if (nowMs >= this.#dueMs) this.tick();
  }

  tick(): void {
    this.#dueMs = performance.now() + this.#everyMs;
    this.#work();
  }
}
