import fc from "fast-check";
import { expect, test } from "vitest";
import { isoMicros, parseIsoMicros } from "../../agent/time.ts";

test("a time is written with six decimals", () => {
  expect(isoMicros(1_777_636_800_000_001)).toBe("2026-05-01T12:00:00.000001Z");
});

test("a time before 1970 counts its microseconds forwards", () => {
  expect(isoMicros(-1)).toBe("1969-12-31T23:59:59.999999Z");
});

test("every safe number of microseconds comes back from its text", () => {
  fc.assert(fc.property(fc.maxSafeInteger(), (at) => parseIsoMicros(isoMicros(at)) === at));
});

test("a clock that makes no sense still gives a time", () => {
  for (const at of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300])
    expect(parseIsoMicros(isoMicros(at))).not.toBeNull();
});

test("text that is no such time is null", () => {
  for (const text of [
    "",
    "2026-02-31T12:00:00.000000Z",
    "2026-05-01 12:00:00",
    "2026-05-01T12:00:00+01:00",
    "x".repeat(9999),
  ])
    expect(parseIsoMicros(text)).toBeNull();
});
