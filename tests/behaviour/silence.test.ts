/** Who is missed: only what matters, was known for long, and is gone while others are heard. */
import { describe, expect, test } from "vitest";
import { silencesOf } from "../../agent/behaviour/silence.ts";
import type { Device } from "../../agent/identify/device.ts";
import { DAY, HOUR, pump, START, Ward } from "./support.ts";

const HEARD = START + 10 * DAY;
const NOW = HEARD + 5 * HOUR;
const heard = (id: string, more: Partial<Device> = {}) => pump(id, { lastSeenAt: HEARD, ...more });

function missed(devices: Device[], { pause = 0, since = START, listeningSince = START, now = NOW } = {}): string[] {
  const ward = new Ward();
  for (const one of devices) {
    ward.add(one, since);
    ward.pauses.set(one.id, pause);
  }
  ward.learn(HEARD);
  return silencesOf({ devices, habits: ward.habits, listeningSince, now }).map(({ deviceId }) => deviceId);
}

test("a pump that was always heard is missed after hours", () => {
  expect(missed([heard("dev-a")])).toEqual(["dev-a"]);
  expect(missed([heard("dev-a")], { now: HEARD + 3 * HOUR })).toEqual([]);
});

describe("nobody is missed", () => {
  test.each([
    ["who was silent for as long before", [heard("dev-a")], { pause: 4 * HOUR }],
    ["whom nobody's treatment depends on", [heard("dev-a", { class: "bed", criticality: "support" })], {}],
    ["who wasn't known for the learning time", [heard("dev-a")], { since: HEARD - 6 * DAY }],
    ["while the port has not listened for long enough since", [heard("dev-a")], { listeningSince: NOW - HOUR }],
    ["before the port heard anything at all", [heard("dev-a")], { listeningSince: Number.POSITIVE_INFINITY }],
    ["when most fall silent together", ["a", "b", "c", "d"].map((id) => heard(`dev-${id}`)), {}],
  ])("%s", (_what, devices, how) => {
    expect(missed(devices, how)).toEqual([]);
  });
});

test("those who are silent among many who aren't are missed", () => {
  const others = ["d", "e", "f", "g"].map((id) => heard(`dev-${id}`, { lastSeenAt: NOW }));
  expect(missed([...["a", "b", "c"].map((id) => heard(`dev-${id}`)), ...others])).toEqual(["dev-a", "dev-b", "dev-c"]);
});

test("a silence of days asks for at most three days more", () => {
  const pause = 10 * DAY;
  const past = HEARD + pause + 3 * DAY;
  expect(missed([heard("dev-a")], { pause, now: past - 1 })).toEqual([]);
  expect(missed([heard("dev-a")], { pause, now: past + 1 })).toEqual(["dev-a"]);
});
