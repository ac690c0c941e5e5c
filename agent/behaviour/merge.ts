/** Two devices that turn out to be one: what was learnt and found of the one belongs to the other. */
import { addDeviation, type DeviceHabit, isSame, ownKey } from "./habit.ts";
import type { HabitStore } from "./habit-store.ts";

/** `nowNamed`: former device id → the id it goes by now. */
export function followMerges(store: HabitStore, nowNamed: ReadonlyMap<string, string>): void {
  for (const [alias, id] of nowNamed) merge(store, alias, id);
  for (const habit of store.profiles.values()) if (habit.profile.rename(nowNamed)) store.putProfile(habit);
  for (const habit of store.devices.values()) if (renamePeers(habit, nowNamed)) store.putDevice(habit);
}

/** True when one of them was named here. */
function renamePeers(habit: DeviceHabit, nowNamed: ReadonlyMap<string, string>): boolean {
  if (!habit.deviations.some(({ peer }) => nowNamed.has(peer))) return false;
  const renamed = habit.deviations.map((one) => ({ ...one, peer: nowNamed.get(one.peer) ?? one.peer }));
  habit.deviations = renamed.filter((one, at) => renamed.findIndex((other) => isSame(other, one)) === at);
  return true;
}

function merge(store: HabitStore, alias: string, id: string): void {
  const from = store.devices.get(alias);
  if (from === undefined) return;
  store.dropDevice(alias);
  const into = store.devices.get(id);
  const own = store.profiles.get(ownKey(alias));
  if (own !== undefined) store.dropProfile(own.key);
  if (into === undefined) {
    if (own !== undefined) store.putProfile({ ...own, key: ownKey(id) });
    store.putDevice({ ...from, deviceId: id, profile: own === undefined ? from.profile : ownKey(id) });
    return;
  }
  into.since = Math.min(into.since, from.since);
  into.longestPause = Math.max(into.longestPause, from.longestPause);
  for (const deviation of from.deviations) addDeviation(into, deviation);
  store.putDevice(into);
  const held = store.profileOf(into);
  if (own !== undefined && held?.profile.include(own.profile)) store.putProfile(held);
}
