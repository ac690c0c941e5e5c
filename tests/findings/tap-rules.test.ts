/** What the tap finds about itself: one direction, loss, and its clock; and what ends each. */
import { describe, expect, test } from "vitest";
import { findingsOver } from "../../agent/findings/judge.ts";
import type { TapFacts } from "../../agent/findings/rule.ts";
import { judge, NOW } from "./given.ts";

const port = (more: Partial<TapFacts> = {}, mirror: Partial<TapFacts["mirror"]> = {}): TapFacts => ({
  interface: "eth1",
  transmitted: 0,
  framesLost: 0,
  frames: 1000,
  at: NOW,
  ...more,
  mirror: { linkUp: true, toMany: 60, unicast: 500, bothDirections: 20, oneDirection: 2, ...mirror },
});
const found = (...tap: TapFacts[]) => judge({ tap }).map(({ rule, severity }) => `${rule} ${severity}`);
/** Whether what `raised` gave is over by what the port says later. */
const isOver = (raised: TapFacts, later: TapFacts) => findingsOver([later]).includes(judge({ tap: [raised] })[0]!.id);

describe("mirror-one-way", () => {
  const oneWay = port({}, { bothDirections: 1, oneDirection: 40 });
  test.each([
    ["nearly all heard from one side", { bothDirections: 1, oneDirection: 40 }, ["mirror-one-way medium"]],
    ["four in five", { bothDirections: 8, oneDirection: 32 }, []],
    ["too few to judge by", { bothDirections: 0, oneDirection: 9 }, []],
    ["a sound mirror", {}, []],
  ])("%s", (_what, mirror, expected) => {
    expect(found(port({}, mirror))).toEqual(expected);
  });
  test("is over once both are heard, and not because the port fell silent", () => {
    expect(isOver(oneWay, port())).toBe(true);
    expect(isOver(oneWay, port({}, { bothDirections: 0, oneDirection: 0 }))).toBe(false);
  });
});

describe("mirror-loss", () => {
  test.each([
    ["2 in 100 over minutes", 0.02, ["mirror-loss medium"]],
    ["1 in 200", 0.005, []],
    ["not known", null, []],
  ])("%s", (_what, lossShare, expected) => {
    expect(found(port({ lossShare }))).toEqual(expected);
  });
  test("is over when next to nothing is lost, and stays between the two", () => {
    const losing = port({ lossShare: 0.05 });
    expect([0.005, null, 0].map((lossShare) => isOver(losing, port({ lossShare })))).toEqual([false, false, true]);
  });
});

describe("clock-unsynchronised", () => {
  test.each<[NonNullable<TapFacts["clock"]>, string[]]>([
    ["unsynchronised", ["clock-unsynchronised low"]],
    ["impossible", ["clock-unsynchronised medium"]],
    ["synchronising", []],
    ["synchronised", []],
    ["unknown", []],
  ])("%s", (clock, expected) => {
    expect(found(port({ clock }))).toEqual(expected);
  });
  test("is one finding, however many ports", () => {
    const clock = "unsynchronised" as const;
    const both = judge({ tap: [port({ clock, interface: "eth2" }), port({ clock })] });
    expect(both.map(({ id }) => id)).toEqual(judge({ tap: [port({ clock })] }).map(({ id }) => id));
  });
  test("is over when a time server was heard, not when waiting begins anew", () => {
    const wrong = port({ clock: "unsynchronised" });
    expect(isOver(wrong, port({ clock: "synchronised" }))).toBe(true);
    expect(isOver(wrong, port({ clock: "synchronising" }))).toBe(false);
  });
});
