/** The terminal panel, the lamp test and the chase. */
import { describe, expect, test } from "vitest";
import { CHASE_STEP_MS, chaseLight } from "../../hardware/chase.ts";
import { type LightDriver, litAt } from "../../hardware/driver.ts";
import { lampTest } from "../../hardware/lamp-test.ts";
import { LIGHT_NAMES, LIGHTS, type LightStates, PATTERNS } from "../../hardware/lights.ts";
import { openPanel, plainText } from "../../hardware/panel.ts";
import { lightsOff } from "../../hardware/state.ts";

function screen(isTTY: boolean, columns = 80) {
  const written: string[] = [];
  return { written, output: { write: (text: string) => written.push(text), isTTY, columns } };
}
const some: LightStates = {
  ...lightsOff("nothing"),
  mirror: { pattern: "slow", words: "link, only broadcast: port isn't mirroring", glyph: "◐" },
};

describe("the panel", () => {
  test("without a terminal writes one line per change and no escape codes", () => {
    const { written, output } = screen(false);
    const panel = openPanel(output, {});
    panel.show(lightsOff("nothing"));
    panel.show(some);
    panel.show(some);
    expect(written.length).toBe(5);
    expect(written[4]).toBe("MIRROR ◐ link, only broadcast: port isn't mirroring\n");
    expect(written.join("")).not.toContain("\x1b");
  });

  test("on a terminal is redrawn in place", () => {
    const { written, output } = screen(true);
    const panel = openPanel(output, {});
    panel.show(lightsOff("nothing"));
    panel.show(some);
    expect(written.length).toBe(2);
    expect(written[0]).not.toContain("\x1b[4A");
    expect(written[1]).toContain("\x1b[4A");
    expect(written[1]!.split("\n").length).toBe(5);
  });

  test("on a terminal has colour, unless NO_COLOR asks for none", () => {
    const [coloured, plain] = [screen(true), screen(true)];
    openPanel(coloured.output, {}).show(some);
    openPanel(plain.output, { NO_COLOR: "1" }).show(some);
    expect(coloured.written[0]).toContain("\x1b[34m");
    expect(plain.written[0]!.replaceAll("\x1b[2K", "")).not.toContain("\x1b");
  });

  test("never wraps: each line fits the terminal", () => {
    const { written, output } = screen(true, 24);
    openPanel(output, { NO_COLOR: "1" }).show(some);
    for (const line of written[0]!.split("\n")) expect([...line.replaceAll("\x1b[2K", "")].length).toBeLessThan(24);
  });

  test("shows hostile words as harmless text", () => {
    const { written, output } = screen(false);
    const words = "\x1b]0;owned\x07\x1b[2J\u202Ereversed\u009b31m\r\nsecond line";
    openPanel(output, {}).show({ ...lightsOff(""), mirror: { pattern: "slow", words, glyph: "\x1b[2J" } });
    for (const line of written) expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\u202a-\u202e]/u);
    expect(written.length).toBe(4);
  });

  test("cuts endless words", () => {
    expect([...plainText("x".repeat(1_000_000))].length).toBe(120);
  });

  test("says when it is asked to locate itself", () => {
    const { written, output } = screen(false);
    const panel = openPanel(output, {});
    panel.show(some);
    panel.show(some, true);
    expect(written.at(-1)).toContain("chase");
  });

  test("writes nothing after it is closed", async () => {
    const { written, output } = screen(true);
    const panel = openPanel(output, {});
    await panel.close();
    panel.show(some);
    expect(written).toEqual([]);
  });
});

describe("the chase", () => {
  test("goes there and back with one light lit at a time", () => {
    const order = Array.from({ length: 7 }, (_, step) => chaseLight(step * CHASE_STEP_MS));
    expect(order).toEqual(["health", "mirror", "uplink", "alert", "uplink", "mirror", "health"]);
  });

  test("overrides every state, and no state is overridden without it", () => {
    const all = { ...some, alert: { pattern: "solid" as const, words: "", glyph: "●" } };
    expect(Object.values(litAt(all, true, 0)).filter(Boolean).length).toBe(1);
    expect(litAt(all, true, 0).health).toBe(true);
    expect(litAt(all, false, 0)).toEqual({ health: false, mirror: true, uplink: false, alert: true });
  });
});

describe("the lamp test", () => {
  const record = () => {
    const shown: { states: LightStates; locate: boolean }[] = [];
    const driver: LightDriver = { show: (states, locate = false) => shown.push({ states, locate }), close() {} };
    return { shown, driver };
  };

  test("shows each light alone in every pattern, then the chase, then all off", async () => {
    const { shown, driver } = record();
    const said: string[] = [];
    await lampTest(
      driver,
      async () => {},
      (line) => said.push(line),
    );
    const lit = shown.map(({ states }) => LIGHT_NAMES.filter((name) => states[name].pattern !== "off"));
    expect(lit.every((names) => names.length <= 1)).toBe(true);
    const steps = new Set(shown.flatMap(({ states }) => LIGHT_NAMES.map((name) => `${name} ${states[name].pattern}`)));
    expect(steps.size).toBe(LIGHT_NAMES.length * PATTERNS.length);
    expect(shown.at(-2)!.locate).toBe(true);
    expect(lit.at(-1)).toEqual([]);
    for (const name of LIGHT_NAMES) expect(said.some((line) => line.startsWith(LIGHTS[name].label))).toBe(true);
  });

  test("leaves the lights dark when it is broken off", async () => {
    const { shown, driver } = record();
    await expect(lampTest(driver, () => Promise.reject(new Error("stopped")))).rejects.toThrow("stopped");
    expect(LIGHT_NAMES.every((name) => shown.at(-1)!.states[name].pattern === "off")).toBe(true);
  });
});
