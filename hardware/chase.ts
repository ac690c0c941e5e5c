/** "Locate": the four lights chase from left to right and back, which no ordinary state looks like. */
import { LIGHT_NAMES, type LightName } from "./lights.ts";

/** How long one light stays lit before the next takes over. */
export const CHASE_STEP_MS = 150;

/** There and back: 0 1 2 3 2 1. */
const ORDER: readonly LightName[] = [...LIGHT_NAMES, ...LIGHT_NAMES.slice(1, -1).reverse()];

/** The one light that is lit `timeMs` milliseconds into the chase. */
export function chaseLight(timeMs: number): LightName {
  const step = Math.floor(timeMs / CHASE_STEP_MS) % ORDER.length;
  return ORDER[(step + ORDER.length) % ORDER.length]!;
}
