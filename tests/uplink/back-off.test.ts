/** Waits between tries double, stay within bounds, and are spread. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { createBackOff } from "../../agent/uplink/back-off.ts";

test("waits double up to the longest", () => {
  const backOff = createBackOff(1000, 8000, () => 1);
  expect([1, 2, 3, 4, 5, 6].map(() => backOff.next())).toEqual([1000, 2000, 4000, 8000, 8000, 8000]);
});

test("after a reset the first wait is short again", () => {
  const backOff = createBackOff(1000, 8000, () => 1);
  backOff.next();
  backOff.next();
  backOff.reset();
  expect(backOff.next()).toBe(1000);
});

test("however often it is asked, a wait lies between half the shortest and the longest", () => {
  fc.assert(
    fc.property(fc.nat(5000), fc.double({ min: 0, max: 1, noNaN: true }), (tries, random) => {
      const backOff = createBackOff(1000, 60_000, () => random);
      for (let count = 0; count < tries; count++) backOff.next();
      const wait = backOff.next();
      expect(wait).toBeGreaterThanOrEqual(500);
      expect(wait).toBeLessThanOrEqual(60_000);
    }),
    { numRuns: 30 },
  );
});
