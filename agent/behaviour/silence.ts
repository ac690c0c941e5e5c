/** Which devices that patients depend on are gone for longer than they ever were before. */
import type { Device } from "../identify/device.ts";
import type { Habits } from "./habits.ts";

const HOUR_MICROS = 3600 * 1_000_000;
/** Nobody is missed before that, however steadily it was heard. */
const MIN_SILENCE_MICROS = 4 * HOUR_MICROS;
/** A silence must outlast the longest one known by as much again, at most by this. */
const MAX_PATIENCE_MICROS = 72 * HOUR_MICROS;
/** When at least so many, and more than half of all, fall silent, the port no longer hears them: nobody is missed. */
const MIN_TOGETHER = 3;

export interface Silence {
  deviceId: string;
  /** Microseconds: last heard. */
  since: number;
  /** The longest it was silent before; 0 when never for long. */
  longestPause: number;
}

export interface Listening {
  devices: readonly Device[];
  habits: Habits;
  /** Microseconds: since when the port has been heard without a break. */
  listeningSince: number;
  now: number;
}

export function silencesOf({ devices, habits, listeningSince, now }: Listening): Silence[] {
  const watched = devices.filter((device) => isWatched(device, habits));
  const silent = watched.flatMap(({ id, lastSeenAt }) => {
    const longestPause = habits.of(id)?.longestPause ?? 0;
    const usual = Math.max(MIN_SILENCE_MICROS, longestPause + Math.min(longestPause, MAX_PATIENCE_MICROS));
    const quietFor = now - Math.max(lastSeenAt, listeningSince);
    return quietFor > usual ? [{ deviceId: id, since: lastSeenAt, longestPause }] : [];
  });
  return silent.length >= MIN_TOGETHER && silent.length * 2 > watched.length ? [] : silent;
}

/** It matters, and was heard for as long as habits take to learn. */
function isWatched({ id, criticality, lastSeenAt }: Device, habits: Habits): boolean {
  if (criticality !== "life-sustaining" && criticality !== "treatment") return false;
  const habit = habits.of(id);
  return habit !== undefined && lastSeenAt - habit.since >= habits.learnMicros;
}
