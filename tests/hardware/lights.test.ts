/** The light table and what it makes of a tap's facts. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  LIGHT_NAMES,
  LIGHTS,
  type LightName,
  PATTERN_MS,
  PATTERNS,
  type Pattern,
  rowFor,
  VERDICTS,
  worstPattern,
} from "../../hardware/lights.ts";
import { isLit, TICK_MS } from "../../hardware/pattern.ts";
import { lightsFor, mirrorVerdicts, type TapState, verdictsFor } from "../../hardware/state.ts";

const WELL: TapState = {
  agentRunning: true,
  sniffer: "running",
  storageTrouble: false,
  clockTrouble: false,
  linkUp: true,
  mirror: { bothDirections: 40, oneDirection: 3, broadcast: 900, framesLost: 0 },
  uplink: "current",
  worstOpenFinding: null,
  locate: false,
};
const patternsFor = (change: Partial<TapState>) => {
  const lights = lightsFor({ ...WELL, ...change });
  return Object.fromEntries(LIGHT_NAMES.map((name) => [name, lights[name].pattern])) as Record<LightName, Pattern>;
};
const mirror = (change: Partial<TapState["mirror"]>) => ({ mirror: { ...WELL.mirror, ...change } });

describe("the table", () => {
  test("every verdict asks for a pattern that its light's row explains", () => {
    for (const verdict of Object.values(VERDICTS)) {
      expect(rowFor(verdict.light, verdict.pattern), JSON.stringify(verdict)).toBeDefined();
    }
  });

  test("every row of the table can be reached by some verdict", () => {
    for (const name of LIGHT_NAMES) {
      for (const row of LIGHTS[name].rows) {
        const verdicts = Object.values(VERDICTS).filter((v) => v.light === name && v.pattern === row.pattern);
        expect(verdicts.length, `${name} ${row.pattern}`).toBeGreaterThan(0);
      }
    }
  });

  test("each light has its own colour and each pattern its own glyph", () => {
    expect(new Set(LIGHT_NAMES.map((name) => LIGHTS[name].colour)).size).toBe(4);
    const glyphs = LIGHT_NAMES.flatMap((name) => LIGHTS[name].rows.map((row) => `${row.pattern} ${row.glyph}`));
    expect(new Set(glyphs).size).toBe(PATTERNS.length);
    expect(new Set([...new Set(glyphs)].map((text) => text.split(" ")[1])).size).toBe(PATTERNS.length);
  });

  test("the worst pattern is the one furthest from off, in any order", () => {
    expect(worstPattern([])).toBe("off");
    expect(worstPattern(["solid", "double", "fast"])).toBe("double");
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...PATTERNS), { minLength: 1 }), (patterns) => {
        const worst = worstPattern(patterns);
        expect(patterns).toContain(worst);
        expect(worstPattern([...patterns].reverse())).toBe(worst);
        for (const other of patterns) expect(PATTERNS.indexOf(other)).toBeLessThanOrEqual(PATTERNS.indexOf(worst));
      }),
    );
  });
});

describe("a tap's facts as lights", () => {
  test("a tap where all is well shows heartbeat, solid, solid, off", () => {
    expect(patternsFor({})).toEqual({ health: "slow", mirror: "solid", uplink: "solid", alert: "off" });
  });

  test("a dead agent leaves all four off, whatever else is true", () => {
    const all = patternsFor({
      agentRunning: false,
      uplink: "refused",
      worstOpenFinding: "critical",
      storageTrouble: true,
    });
    expect(all).toEqual({ health: "off", mirror: "off", uplink: "off", alert: "off" });
  });

  test.each([
    [{ sniffer: "starting" }, "fast"],
    [{ sniffer: "restarting" }, "fast"],
    [{ storageTrouble: true }, "double"],
    [{ clockTrouble: true }, "double"],
    [{ sniffer: "restarting", clockTrouble: true }, "double"],
  ] as [Partial<TapState>, Pattern][])("health with %j blinks %s", (change, pattern) => {
    expect(patternsFor(change).health).toBe(pattern);
  });

  test.each([
    ["no link", { linkUp: false }, "off"],
    ["both directions", {}, "solid"],
    ["only broadcast", mirror({ bothDirections: 0, oneDirection: 0 }), "slow"],
    ["nothing heard at all", mirror({ bothDirections: 0, oneDirection: 0, broadcast: 0 }), "slow"],
    ["the few frames a switch floods", mirror({ bothDirections: 0, oneDirection: 2 }), "slow"],
    ["one direction", mirror({ bothDirections: 0, oneDirection: 30 }), "fast"],
    ["nearly all in one direction", mirror({ bothDirections: 1, oneDirection: 30 }), "fast"],
    ["losing frames", mirror({ framesLost: 1 }), "double"],
    ["losing frames in one direction", mirror({ bothDirections: 0, oneDirection: 30, framesLost: 1 }), "double"],
  ] as [string, Partial<TapState>, Pattern][])("mirror with %s, %j, shows %s", (_name, change, pattern) => {
    expect(patternsFor(change).mirror).toBe(pattern);
  });

  test.each([
    ["none", "off"],
    ["current", "solid"],
    ["backlog", "slow"],
    ["unreachable", "fast"],
    ["not-approved", "fast"],
    ["refused", "double"],
  ] as [TapState["uplink"], Pattern][])("uplink %s shows %s", (uplink, pattern) => {
    expect(patternsFor({ uplink }).uplink).toBe(pattern);
  });

  test.each([
    [null, "off"],
    ["info", "off"],
    ["low", "off"],
    ["medium", "slow"],
    ["high", "fast"],
    ["critical", "fast"],
  ] as [TapState["worstOpenFinding"], Pattern][])(
    "alert with worst finding %s shows %s",
    (worstOpenFinding, pattern) => {
      expect(patternsFor({ worstOpenFinding }).alert).toBe(pattern);
    },
  );

  test("two troubles of one pattern are both said", () => {
    expect(lightsFor({ ...WELL, storageTrouble: true, clockTrouble: true }).health.words).toBe(
      "storage trouble; clock trouble",
    );
  });

  test("every state shows patterns its rows explain, and verdicts belong to their light", () => {
    const states = fc.record({
      agentRunning: fc.boolean(),
      sniffer: fc.constantFrom("running", "starting", "restarting"),
      storageTrouble: fc.boolean(),
      clockTrouble: fc.boolean(),
      linkUp: fc.boolean(),
      mirror: fc.record({
        bothDirections: fc.nat(),
        oneDirection: fc.nat(),
        broadcast: fc.nat(),
        framesLost: fc.nat(),
      }),
      uplink: fc.constantFrom("none", "current", "backlog", "unreachable", "not-approved", "refused"),
      worstOpenFinding: fc.constantFrom(null, "info", "low", "medium", "high", "critical"),
      locate: fc.boolean(),
    }) as fc.Arbitrary<TapState>;
    fc.assert(
      fc.property(states, (state) => {
        const lights = lightsFor(state);
        for (const name of LIGHT_NAMES) {
          expect(rowFor(name, lights[name].pattern)).toBeDefined();
          for (const verdict of verdictsFor(state)[name]) expect(VERDICTS[verdict].light).toBe(name);
        }
      }),
    );
  });

  test("no link is said before anything that was counted earlier", () => {
    expect(mirrorVerdicts(false, { bothDirections: 9, oneDirection: 9, broadcast: 9, framesLost: 9 })).toEqual([
      "no-link",
    ]);
  });
});

describe("patterns over time", () => {
  const flashes = (pattern: Pattern, forMs: number) => {
    let count = 0;
    for (let at = 0; at < forMs; at += TICK_MS) if (isLit(pattern, at) && !isLit(pattern, at - TICK_MS)) count++;
    return count;
  };

  test("off is never lit and solid always", () => {
    for (let at = -3000; at < 3000; at += 7) {
      expect(isLit("off", at)).toBe(false);
      expect(isLit("solid", at)).toBe(true);
    }
  });

  test("slow flashes once a second, fast five times, double twice", () => {
    expect([flashes("slow", 10_000), flashes("fast", 10_000), flashes("double", 10_000)]).toEqual([10, 50, 20]);
  });

  test("every change falls on a tick, so a driver that ticks misses none", () => {
    for (const pattern of PATTERNS) for (const step of PATTERN_MS[pattern]) expect(step % TICK_MS).toBe(0);
  });
});
