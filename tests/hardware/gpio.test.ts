/** LEDs on the header: which kernel lines are taken, and what happens when they can't be. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { LightDriver, LightsUnavailable } from "../../hardware/driver.ts";
import { DEFAULT_PINS, type GpioClass, type GpioOptions, openGpio } from "../../hardware/gpio.ts";
import { findHeaderChip } from "../../hardware/gpio-base.ts";
import type { LightStates, Pattern } from "../../hardware/lights.ts";
import { lightsOff } from "../../hardware/state.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "wardtap-gpio-"));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function chip(name: string, label: string, base: string, ngpio = "54"): void {
  mkdirSync(join(root, name));
  writeFileSync(join(root, name, "label"), `${label}\n`);
  writeFileSync(join(root, name, "base"), `${base}\n`);
  writeFileSync(join(root, name, "ngpio"), `${ngpio}\n`);
}

/** Stands in for onoff's class: remembers what was asked of every line. */
function board(problems: Record<number, { code: string } | "wrong direction"> = {}) {
  const lines = new Map<
    number,
    { direction: string; value: 0 | 1; exported: boolean; writes: number; stuck: boolean }
  >();
  const Gpio: GpioClass = class {
    #line: number;
    constructor(line: number, direction: "low" | "in") {
      const problem = problems[line];
      this.#line = line;
      if (problem && problem !== "wrong direction") throw Object.assign(new Error(problem.code), problem);
      const real = direction === "in" ? "in" : "out";
      const given = problem === "wrong direction" ? "in" : real;
      lines.set(line, { direction: given, value: given === "in" ? 1 : 0, exported: true, writes: 0, stuck: false });
    }
    readSync() {
      return lines.get(this.#line)!.value;
    }
    writeSync(value: 0 | 1) {
      const line = lines.get(this.#line)!;
      if (line.stuck) throw Object.assign(new Error("EIO"), { code: "EIO" });
      line.value = value;
      line.writes++;
    }
    direction() {
      return lines.get(this.#line)!.direction;
    }
    unexport() {
      lines.get(this.#line)!.exported = false;
    }
  };
  return { lines, load: async () => Gpio };
}

const isDriver = (opened: LightDriver | LightsUnavailable): opened is LightDriver => "show" in opened;
async function open(options: GpioOptions): Promise<LightDriver> {
  const opened = await openGpio({ sysfsRoot: root, ...options });
  if (!isDriver(opened)) throw new Error(opened.unavailable);
  return opened;
}
async function refusal(options: GpioOptions): Promise<string> {
  const opened = await openGpio({ sysfsRoot: root, ...options });
  if (!isDriver(opened)) return opened.unavailable;
  await opened.close();
  throw new Error("the lights opened");
}
const states = (change: Partial<Record<keyof LightStates, Pattern>>): LightStates => {
  const all = lightsOff();
  for (const [name, pattern] of Object.entries(change)) all[name as keyof LightStates] = { ...all.health, pattern };
  return all;
};

describe("the header's chip", () => {
  test("is found by label beside other chips, whatever the base", () => {
    chip("gpiochip450", "raspberrypi-exp-gpio", "450", "8");
    chip("gpiochip458", "pinctrl-bcm2835", "458");
    expect(findHeaderChip(root)).toEqual({ label: "pinctrl-bcm2835", base: 458, lines: 54 });
  });

  test.each([
    ["pinctrl-bcm2835", "512"],
    ["pinctrl-bcm2711", "512"],
    ["pinctrl-rp1", "571"],
    ["pinctrl-bcm2835", "0"],
  ])("%s at %s gives its base", (label, base) => {
    chip(`gpiochip${base}`, label, base);
    expect(findHeaderChip(root)).toMatchObject({ label, base: Number(base) });
  });

  test("no sysfs GPIO at all is said", () => {
    expect(findHeaderChip(join(root, "missing"))).toEqual({ unavailable: expect.stringContaining("no sysfs GPIO") });
  });

  test("another machine's chips are never driven", () => {
    chip("gpiochip0", "INT33FF:00", "0", "98");
    expect(findHeaderChip(root)).toEqual({ unavailable: expect.stringContaining("Raspberry Pi header") });
  });

  test.each(["", "-1", "five", "512 1", "9".repeat(400)])("a base of %j is not believed", (base) => {
    chip("gpiochip512", "pinctrl-bcm2835", base);
    expect(findHeaderChip(root)).toHaveProperty("unavailable");
  });
});

describe("the lines", () => {
  beforeEach(() => chip("gpiochip512", "pinctrl-bcm2835", "512"));

  test("taken are base plus BCM number, dark at first", async () => {
    const { lines, load } = board();
    const driver = await open({ load });
    expect([...lines.keys()].sort()).toEqual(
      Object.values(DEFAULT_PINS)
        .map((pin) => 512 + pin)
        .sort(),
    );
    expect([...lines].filter(([, line]) => line.direction === "out").every(([, line]) => line.value === 0)).toBe(true);
    await driver.close();
  });

  test("follow the pattern over time and are written only on change", async () => {
    vi.useFakeTimers();
    try {
      const { lines, load } = board();
      const driver = await open({ load });
      driver.show(states({ health: "slow", mirror: "solid" }));
      const health = lines.get(512 + DEFAULT_PINS.health)!;
      const seen: number[] = [];
      for (let step = 0; step < 40; step++) {
        vi.advanceTimersByTime(50);
        seen.push(health.value);
      }
      expect(seen.filter((value) => value === 1).length).toBe(20);
      expect(health.writes).toBeLessThanOrEqual(6);
      expect(lines.get(512 + DEFAULT_PINS.mirror)!.value).toBe(1);
      await driver.close();
    } finally {
      vi.useRealTimers();
    }
  });

  test("are dark and given back on close, even when one refuses", async () => {
    const { lines, load } = board();
    const driver = await open({ load });
    driver.show(states({ health: "solid", mirror: "solid", uplink: "solid", alert: "solid" }));
    lines.get(512 + DEFAULT_PINS.mirror)!.stuck = true;
    await driver.close();
    await driver.close();
    expect([...lines.values()].every((line) => !line.exported)).toBe(true);
    expect(lines.get(512 + DEFAULT_PINS.alert)!.value).toBe(0);
  });

  test("that stop working are reported once and end the driver without an exception", async () => {
    const { lines, load } = board();
    const trouble: string[] = [];
    const driver = await open({ load, onTrouble: (sentence) => trouble.push(sentence) });
    lines.get(512 + DEFAULT_PINS.health)!.stuck = true;
    driver.show(states({ health: "solid" }));
    driver.show(states({ health: "solid" }));
    expect(trouble).toEqual([expect.stringContaining("goes on without them")]);
  });

  test.each([
    ["EBUSY", "in use by something else"],
    ["EINVAL", "knows no GPIO line"],
    ["EACCES", "group gpio"],
    ["EPERM", "group gpio"],
    ["ENOENT", "no sysfs GPIO"],
    ["<b>\u001b[31m", "unknown error"],
  ])("%s gives a plain sentence and gives back the others", async (code, words) => {
    const { lines, load } = board({ [512 + DEFAULT_PINS.alert]: { code } });
    expect(await refusal({ load })).toContain(words);
    expect([...lines.values()].every((line) => !line.exported && line.value <= 1)).toBe(true);
  });

  test("that keep another program's direction count as in use", async () => {
    const { load } = board({ [512 + DEFAULT_PINS.health]: "wrong direction" });
    expect(await refusal({ load })).toContain("in use");
  });

  test("need the optional package, and its absence is a sentence", async () => {
    const sentence = await refusal({ load: () => Promise.reject(new Error("Cannot find package 'onoff'")) });
    expect(sentence).toContain("onoff");
  });

  test.each([
    [{ health: 28 }, "28"],
    [{ health: -1 }, "-1"],
    [{ alert: 2.5 }, "2.5"],
    [{ alert: DEFAULT_PINS.health }, "same pin"],
  ])("pins %j are refused", async (pins, words) => {
    expect(await refusal({ pins, load: board().load })).toContain(words);
  });

  test("are on record while in use, and the record goes with them", async () => {
    const recordPath = join(root, "lines");
    const driver = await open({ load: board().load, recordPath });
    expect(readFileSync(recordPath, "utf8").trim().split("\n").map(Number).sort()).toEqual(
      Object.values(DEFAULT_PINS)
        .map((pin) => 512 + pin)
        .sort(),
    );
    await driver.close();
    expect(existsSync(recordPath)).toBe(false);
  });

  test("report the button as pressed while it pulls its line to ground", async () => {
    const { lines, load } = board();
    const levels: boolean[] = [];
    const driver = await open({ load, onButton: (pressed) => levels.push(pressed) });
    driver.show(states({}));
    lines.get(512 + DEFAULT_PINS.button)!.value = 0;
    driver.show(states({}));
    await driver.close();
    expect(levels).toEqual([false, true]);
  });
});

// On a Pi this would drive whatever is wired to its header.
test.skipIf("base" in findHeaderChip())("without a header the real road says why there are no lights", async () => {
  const opened = await openGpio();
  expect(isDriver(opened)).toBe(false);
  if (!isDriver(opened)) expect(opened.unavailable).toMatch(/^No lights: .*\.$/);
});
