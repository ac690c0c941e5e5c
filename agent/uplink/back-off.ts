/** How long to wait before the next try: doubling, bounded, and spread so that a ward of taps doesn't knock at once. */

export interface BackOff {
  /** Milliseconds until the next try. */
  next(): number;
  /** The longest wait, spread: for a console that said no. */
  longest(): number;
  reset(): void;
}

/** `random` gives 0 up to 1. Waits lie between half and all of the doubled time. */
export function createBackOff(minMs: number, maxMs: number, random: () => number): BackOff {
  let tries = 0;
  const spread = (ms: number) => Math.round(ms / 2 + (ms / 2) * random());
  return {
    next() {
      const ms = Math.min(maxMs, minMs * 2 ** tries);
      if (ms < maxMs) tries++;
      return spread(ms);
    },
    longest: () => spread(maxMs),
    reset() {
      tries = 0;
    },
  };
}
