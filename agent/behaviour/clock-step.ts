/** What a clock that was set does to habits: times move along, so that learning takes its whole time, and no longer. */
import type { HabitStore } from "./habit-store.ts";

/** As `Habits.clockJumped`. */
export function stepClock(store: HabitStore, learnMicros: number, by: number, now: number): void {
  const moved = (since: number) =>
    since + learnMicros > now - by ? since + by : since > now ? now - learnMicros : since;
  for (const habit of [...store.devices.values()]) {
    const since = moved(habit.since);
    const deviations = habit.deviations.map((one) => ({
      ...one,
      firstSeenAt: Math.min(one.firstSeenAt, now),
      lastSeenAt: Math.min(one.lastSeenAt, now),
    }));
    const isEarlier = habit.deviations.some(({ lastSeenAt }) => lastSeenAt > now);
    if (since !== habit.since || isEarlier) store.putDevice({ ...habit, since, deviations });
  }
  for (const profile of [...store.profiles.values()]) {
    const since = moved(profile.since);
    if (since !== profile.since) store.putProfile({ ...profile, since });
  }
  const { wardSince } = store;
  if (wardSince !== null) store.wardSince = moved(wardSince);
}
