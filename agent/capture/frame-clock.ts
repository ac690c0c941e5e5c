/** The time of frames that come without one: the system's clock, kept from running backwards. */

/** A clock set back by less than this is waited for; one set back by more is followed. */
const MAX_STEP_BACK_US = 1_000_000;
/** A clock that differs by less is being slewed or read late; following that would only add jitter. */
const MIN_CORRECTION_US = 2_000;

/**
 * Integer microseconds since 1970. Between corrections it follows the monotonic clock, which costs less and is finer
 * than Date; `correct` takes over what time synchronisation did (a Pi starts with a wrong clock). So time is
 * monotonic until somebody sets the system's clock back by over a second.
 */
export class FrameClock {
  #offsetUs = 0;
  #last = 0;

  constructor() {
    this.#offsetUs = systemUs() - performance.now() * 1000;
  }

  now(): number {
    return this.at(performance.now());
  }

  /** The time of a moment given in the monotonic clock's milliseconds. */
  at(monotonicMs: number): number {
    const at = Math.floor(this.#offsetUs + monotonicMs * 1000);
    if (at <= this.#last) return this.#last;
    this.#last = at;
    return at;
  }

  /** Call it a few times a second. */
  correct(): void {
    const offsetUs = systemUs() - performance.now() * 1000;
    if (Math.abs(offsetUs - this.#offsetUs) < MIN_CORRECTION_US) return;
    this.#offsetUs = offsetUs;
    const now = Math.floor(offsetUs + performance.now() * 1000);
    if (this.#last - now > MAX_STEP_BACK_US) this.#last = now;
  }
}

const systemUs = (): number => Date.now() * 1000;
