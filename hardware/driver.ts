/** What shows the lights: LEDs, a terminal panel, or nothing at all. */
import { chaseLight } from "./chase.ts";
import { LIGHT_NAMES, type LightName, type LightStates } from "./lights.ts";
import { isLit } from "./pattern.ts";

export interface LightDriver {
  /** Shows these states from now on; with `locate` all four chase instead. Never throws; cheap to repeat. */
  show(states: LightStates, locate?: boolean): void;
  /** Everything off, everything given back. Safe to call twice. */
  close(): Promise<void> | void;
}

/** Why lights can't be shown: one plain sentence, to be said once. */
export interface LightsUnavailable {
  unavailable: string;
}

/** Which of the four is lit at an instant (milliseconds since the driver's start). */
export function litAt(states: LightStates, locate: boolean, timeMs: number): Record<LightName, boolean> {
  const chasing = locate ? chaseLight(timeMs) : undefined;
  const lit = (name: LightName) => (chasing ? name === chasing : isLit(states[name].pattern, timeMs));
  return Object.fromEntries(LIGHT_NAMES.map((name) => [name, lit(name)])) as Record<LightName, boolean>;
}
