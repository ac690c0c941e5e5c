/** Habits as ledger rows, and back after a restart: only a change of meaning changes a row. */
import { z } from "zod";
import type { DeviceHabit, ProfileHabit } from "../behaviour/habit.ts";
import type { Remembered, Unkept } from "../behaviour/habit-store.ts";
import { Profile } from "../behaviour/profile.ts";
import { isoMicros, parseIsoMicros } from "../time.ts";
import type { Ledger } from "./ledger.ts";
import { type HabitBody, type RowChange, rowKey, tombstone } from "./rows.ts";

const MINUTE_MICROS = 60 * 1_000_000;
const DAY_MICROS = 24 * 60 * MINUTE_MICROS;

/** `at` (ISO 8601 UTC) is told of rows that go. */
export function habitChanges(unkept: Unkept, at: string): RowChange[] {
  const { wardSince } = unkept;
  return [
    ...(wardSince === null ? [] : [change(rowKey("ward"), { what: "ward", since: isoMicros(wardSince) })]),
    ...unkept.profiles.map((one) => change(profileRowKey(one.key), profileBody(one))),
    ...unkept.devices.map((one) => change(deviceRowKey(one.deviceId), deviceBody(one))),
    ...unkept.goneProfiles.map((key) => tombstone("habit", profileRowKey(key), at)),
    ...unkept.goneDevices.map((id) => tombstone("habit", deviceRowKey(id), at)),
  ];
}

const change = (key: string, body: HabitBody): RowChange => ({ kind: "habit", key, body: { ...body } });
const profileRowKey = (key: string) => rowKey("profile", key);
const deviceRowKey = (deviceId: string) => rowKey("device", deviceId);

const profileBody = ({ key, maker, model, class: deviceClass, since, profile }: ProfileHabit): HabitBody => ({
  what: "profile",
  profile: key,
  maker,
  model,
  class: deviceClass,
  since: isoMicros(since),
  services: profile.services(),
  merged: profile.merged,
});

const deviceBody = (habit: DeviceHabit): HabitBody => ({
  what: "device",
  deviceId: habit.deviceId,
  profile: habit.profile,
  since: isoMicros(habit.since),
  again: habit.again,
  longestPauseMinutes: Math.ceil(habit.longestPause / MINUTE_MICROS),
  deviations: habit.deviations.map(({ firstSeenAt, lastSeenAt, ...use }) => ({
    ...use,
    firstSeenAt: isoMicros(firstSeenAt),
    lastSeenDay: isoMicros(Math.floor(lastSeenAt / DAY_MICROS) * DAY_MICROS),
  })),
  moreDeviations: habit.moreDeviations,
});

const time = z.string().transform((text, context) => {
  const at = parseIsoMicros(text);
  if (at === null) context.addIssue({ code: "custom", message: "no time" });
  return at ?? 0;
});
const textOrNull = z.string().nullable();
const service = {
  side: z.enum(["client", "server", "unknown"]),
  transport: z.enum(["tcp", "udp"]),
  port: z.number().int().min(-1).max(65_535),
  protocol: textOrNull,
};
const place = z.enum(["inside", "outside", "group"]);
const wardSchema = z.object({ what: z.literal("ward"), since: time });
const profileSchema = z.object({
  what: z.literal("profile"),
  profile: z.string().min(1),
  maker: textOrNull,
  model: textOrNull,
  class: z.string(),
  since: time,
  services: z.array(
    z.object({ ...service, peers: z.array(z.object({ place, peer: z.string(), address: textOrNull })) }),
  ),
  merged: z.number().int().min(0),
});
const deviceSchema = z.object({
  what: z.literal("device"),
  deviceId: z.string().min(1),
  profile: z.string(),
  since: time,
  again: z.boolean(),
  longestPauseMinutes: z.number().min(0),
  deviations: z.array(
    z.object({
      ...service,
      place,
      peer: z.string(),
      alsoPeer: textOrNull,
      address: textOrNull,
      isNewPeer: z.boolean(),
      isNewService: z.boolean(),
      firstSeenAt: time,
      lastSeenDay: time,
    }),
  ),
  moreDeviations: z.boolean(),
});
const habitSchema = z.discriminatedUnion("what", [wardSchema, profileSchema, deviceSchema]);

/** A damaged or newer row is left out, never believed: that device or model is learnt anew. */
export function habitsFromLedger(ledger: Pick<Ledger, "iterate">): Remembered {
  const devices: DeviceHabit[] = [];
  const profiles: ProfileHabit[] = [];
  let wardSince: number | null = null;
  for (const { body } of ledger.iterate("habit")) {
    const read = habitSchema.safeParse(body);
    if (!read.success) continue;
    const { data } = read;
    if (data.what === "ward") wardSince = data.since;
    else if (data.what === "profile") {
      const { profile: key, services, merged, maker, model, class: deviceClass, since } = data;
      profiles.push({ key, maker, model, class: deviceClass, since, profile: new Profile(services, merged) });
    } else devices.push(deviceHabit(data));
  }
  return { devices, profiles, wardSince };
}

const deviceHabit = ({
  longestPauseMinutes,
  deviations,
  what: _,
  ...rest
}: z.infer<typeof deviceSchema>): DeviceHabit => ({
  ...rest,
  longestPause: longestPauseMinutes * MINUTE_MICROS,
  // Of the last day only the day is kept: it was seen at some time in it.
  deviations: deviations.map(({ lastSeenDay, ...one }) => ({
    ...one,
    lastSeenAt: Math.max(one.firstSeenAt, lastSeenDay),
  })),
});
