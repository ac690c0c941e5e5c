/** What the rules may ask of habits: who does something new, who is missed, since when the ward is known. */
import type { Device } from "../identify/device.ts";
import type { DeviceHabit, Habits } from "./habits.ts";
import { type Silence, silencesOf } from "./silence.ts";

export interface Behaviour {
  /** Microseconds: how long a device, and the ward, is learnt. */
  learnMicros: number;
  /** When the ward was learnt: who is first heard later is new to it. Infinity for a ward nobody was heard on. */
  wardLearntAt: number;
  /** Undefined for a device without habits. */
  habitOf(deviceId: string): DeviceHabit | undefined;
  silences: readonly Silence[];
}

/** `listeningSince`: since when the port has been heard without a break. Times in microseconds. */
export function behaviourOf(
  habits: Habits,
  devices: readonly Device[],
  { listeningSince, now }: { listeningSince: number; now: number },
): Behaviour {
  return {
    learnMicros: habits.learnMicros,
    wardLearntAt: habits.wardLearntAt,
    habitOf: (deviceId) => habits.of(deviceId),
    silences: silencesOf({ devices, habits, listeningSince, now }),
  };
}
