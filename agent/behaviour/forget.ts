/** Habits that nobody needs any more make room, so that neither years nor invented devices fill the memory for good. */
import type { Device } from "../identify/device.ts";
import { ownKey } from "./habit.ts";
import type { HabitStore } from "./habit-store.ts";

/** Who wasn't heard for so long makes room when others need it. */
const ABSENT_MICROS = 90 * 24 * 3600 * 1_000_000;
/** Profiles held; beyond it those that no device has go. */
const MAX_PROFILES = 3000;

export const isAbsent = ({ lastSeenAt }: Pick<Device, "lastSeenAt">, now: number): boolean =>
  now - lastSeenAt > ABSENT_MICROS;

/** Habits of devices that are no more, or are absent, go. */
export function forgetAbsent(store: HabitStore, devices: readonly Device[], now: number): void {
  const present = new Set(devices.filter((device) => !isAbsent(device, now)).map(({ id }) => id));
  for (const id of [...store.devices.keys()]) {
    if (present.has(id)) continue;
    store.dropDevice(id);
    if (store.profiles.has(ownKey(id))) store.dropProfile(ownKey(id));
  }
}

/** The youngest go first: they are what a device leaves behind that calls itself something else every minute. */
export function forgetUnused(store: HabitStore): void {
  if (store.profiles.size <= MAX_PROFILES) return;
  const used = new Set([...store.devices.values()].map(({ profile }) => profile));
  const unused = [...store.profiles.values()].filter(({ key }) => !used.has(key));
  unused.sort((a, b) => b.since - a.since || (a.key < b.key ? -1 : 1));
  for (const { key } of unused.slice(0, store.profiles.size - MAX_PROFILES)) store.dropProfile(key);
}
