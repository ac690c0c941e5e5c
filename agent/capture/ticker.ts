/** Work that is due every so often, done on time also while frames leave the event loop no time. */

/**
 * A timer alone is not enough: `cap` hands over frames in a loop that ends only when none is waiting, so during a
 * flood no timer fires. Whoever handles frames calls `check` with the monotonic time of each.
 */
export class Ticker {
  readonly #everyMs: number;
  readonly #work: (fromTimer: boolean) => void;
  #dueMs: number;
  #timer: NodeJS.Timeout | undefined;

  /** `work` is told whether a timer called it: then the event loop runs, and what waited has had its turn. */
  constructor(everyMs: number, work: (fromTimer: boolean) => void) {
    this.#everyMs = everyMs;
    this.#work = work;
    this.#dueMs = performance.now() + everyMs;
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#tick(true), this.#everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Cheap enough for every frame. `nowMs` is performance.now(). */
  check(nowMs: number): void {
    if (nowMs >= this.#dueMs) this.#tick(false);
  }

  #tick(fromTimer: boolean): void {
    this.#dueMs = performance.now() + this.#everyMs;
    this.#work(fromTimer);
  }
}
