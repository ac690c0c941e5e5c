/** A summary holds what one message may hold, newest first. */
import { expect, test } from "vitest";
import { readMessage, summarySchema } from "../../agent/uplink/messages.ts";
import { MAX_ACTIVE } from "../../agent/uplink/summary.ts";
import { summaryOf } from "./support/summaries.ts";

test("the devices heard last are named, newest first, up to the limit", () => {
  const active = Array.from({ length: MAX_ACTIVE + 50 }, (_, index) => [`dev-${index}`, index * 1_000_000] as const);
  const summary = summaryOf({ active });
  expect(summary.active).toHaveLength(MAX_ACTIVE);
  expect(summary.active[0]).toEqual({ deviceId: "dev-249", lastSeenAt: "1970-01-01T00:04:09.000000Z" });
});

test("a clock that jumped gives no rate rather than a wrong one", () => {
  const summary = summaryOf({ framesPerSecond: -5, bytesPerSecond: Number.POSITIVE_INFINITY });
  expect(summary).toMatchObject({ framesPerSecond: 0, bytesPerSecond: 0 });
});

test("whatever the state holds, the console can read it", () => {
  const long = "x".repeat(1000);
  const lights = { health: long, mirror: long, uplink: long, alert: long };
  const interfaces = Array.from({ length: 40 }, () => long);
  const summary = summaryOf({ lights, lightWords: lights, interfaces, framesLost: null });
  expect(readMessage(summarySchema, JSON.stringify(summary))).toEqual({ message: summary });
});
