/** The button: what counts as a press, and what must never shut a tap down. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { createButton, HOLD_MS, MAX_SHORT_MS } from "../../hardware/button.ts";

const POLL_MS = 50;

/** Plays [pressed, forMs] stretches at the driver's polling pace and tells what happened, with times. */
function play(stretches: readonly [boolean, number][], startAt = 1000): string[] {
  const happened: string[] = [];
  let at = startAt;
  const button = createButton({
    onShortPress: () => happened.push("short"),
    onHold: () => happened.push("hold"),
  });
  for (const [pressed, forMs] of stretches) {
    for (const end = at + forMs; at < end; at += POLL_MS) button.level(pressed, at);
  }
  return happened;
}

test("a short press is told on release, once", () => {
  expect(
    play([
      [false, 500],
      [true, 300],
    ]),
  ).toEqual([]);
  expect(
    play([
      [false, 500],
      [true, 300],
      [false, 500],
    ]),
  ).toEqual(["short"]);
});

test("five seconds held shut down, once, while still held", () => {
  expect(
    play([
      [false, 500],
      [true, HOLD_MS + 3000],
      [false, 500],
    ]),
  ).toEqual(["hold"]);
});

test("a hold given up before five seconds does nothing", () => {
  expect(
    play([
      [false, 500],
      [true, MAX_SHORT_MS + 1000],
      [false, 500],
    ]),
  ).toEqual([]);
});

test("bouncing contacts make one press", () => {
  const happened: string[] = [];
  const button = createButton({ onShortPress: () => happened.push("short"), onHold: () => happened.push("hold") });
  for (let at = 0; at < 100; at += 10) button.level(false, at);
  // 15 ms of bounce, read every millisecond, at press and at release.
  for (let at = 100; at < 115; at++) button.level(at % 2 === 0, at);
  for (let at = 115; at < 400; at += 5) button.level(true, at);
  for (let at = 400; at < 415; at++) button.level(at % 2 === 0, at);
  for (let at = 415; at < 700; at += 5) button.level(false, at);
  expect(happened).toEqual(["short"]);
});

test("a button stuck from the start never shuts down", () => {
  expect(play([[true, 60_000]])).toEqual([]);
});

test("a stall between two readings is not a hold", () => {
  const happened: string[] = [];
  const button = createButton({ onShortPress: () => happened.push("short"), onHold: () => happened.push("hold") });
  button.level(false, 0);
  button.level(false, 50);
  button.level(true, 100);
  button.level(true, 150);
  button.level(true, 7000);
  button.level(true, 7050);
  button.level(true, 12_500);
  expect(happened).toEqual([]);
});

test("a clock that steps back forgets the press", () => {
  const happened: string[] = [];
  const button = createButton({ onShortPress: () => happened.push("short"), onHold: () => happened.push("hold") });
  for (let at = 0; at <= 500; at += 50) button.level(false, at);
  for (let at = 550; at <= 4000; at += 50) button.level(true, at);
  for (let at = 0; at <= 6000; at += 50) button.level(true, at);
  expect(happened).toEqual([]);
});

test("a release too short to settle begins the five seconds again", () => {
  expect(
    play([
      [false, 51],
      [true, 51],
      [false, 50],
      [true, 4851],
    ]),
  ).not.toContain("hold");
  expect(
    play([
      [false, 51],
      [true, 51],
      [false, 50],
      [true, 5200],
    ]),
  ).toContain("hold");
});

test("random levels never shut down unless five unbroken seconds were pressed", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 50, max: 4900 })), { maxLength: 40 }),
      (stretches) => {
        const alternating = stretches.filter(([pressed], index) => index === 0 || pressed !== stretches[index - 1]![0]);
        expect(play(alternating)).not.toContain("hold");
      },
    ),
    { numRuns: 50 },
  );
});
