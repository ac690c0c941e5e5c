/** Blink patterns over time: is a light lit at this instant? */
import { PATTERN_MS, type Pattern } from "./lights.ts";

/** Whether a light showing `pattern` is lit `timeMs` milliseconds after any common start. */
export function isLit(pattern: Pattern, timeMs: number): boolean {
  const steps = PATTERN_MS[pattern];
  const period = steps.reduce((sum, step) => sum + step, 0);
  let left = ((timeMs % period) + period) % period;
  for (const [index, step] of steps.entries()) {
    if (left < step) return index % 2 === 0;
    left -= step;
  }
  return false;
}

/** Every change of any pattern falls on a multiple of this; a driver that ticks so often misses none. */
export const TICK_MS = 50;
