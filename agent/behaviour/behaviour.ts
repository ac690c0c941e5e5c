/** What the rules may ask of habits: who does something new, who is missed, since when the ward is known. */
import type { Device } from "../identify/device.ts";
import type { DeviceHabit } from "./habit.ts";
import type { Habits } from "./habits.ts";
import { type Silence, silencesOf } from "./silence.ts";

export interface Behaviour {
  /** Microseconds: how long a device, and the ward, is learnt. */
  learnMicros: number;
  /** When the ward was learnt: who is first heard later is new to it. Infinity for a ward nobody was heard on. */
  wardLearntAt: number;
  /** A device first heard before this is no news any more. */
  newsSince: number;
  /** Undefined for a device without habits. */
  habitOf(deviceId: string): DeviceHabit | undefined;
  /** Whether an accepted MUD file, rather than what was learnt, says what is usual for the device. */
  isFenced(deviceId: string): boolean;
  silences: readonly Silence[];
}

export interface Moment {
  /** Since when the port has been heard without a break. Microseconds, as all of these. */
  listeningSince: number;
  newsSince: number;
  now: number;
}

export function behaviourOf(
  habits: Habits,
  devices: readonly Device[],
  { listeningSince, newsSince, now }: Moment,
): Behaviour {
  return {
    learnMicros: habits.learnMicros,
    wardLearntAt: habits.wardLearntAt,
    newsSince,
    habitOf: (deviceId) => habits.of(deviceId),
    isFenced: (deviceId) => habits.isFenced(deviceId),
    silences: silencesOf({ devices, habits, listeningSince, now }),
  };
}
