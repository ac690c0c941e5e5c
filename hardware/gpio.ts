/** Lights and button on the Pi's header. Alone knows `onoff` and pin numbers. */
/// <reference path="./onoff.d.ts" />
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { type LightDriver, type LightsUnavailable, litAt } from "./driver.ts";
import { findHeaderChip, SYSFS_GPIO } from "./gpio-base.ts";
import { LIGHT_NAMES, type LightName, type LightStates } from "./lights.ts";
import { TICK_MS } from "./pattern.ts";
import { lightsOff } from "./state.ts";

/** BCM numbers, not header positions. */
export type Pins = Record<LightName | "button", number>;

/**
 * LED lines are pulled down from power-on (dark until driven), the button's line is pulled up (not pressed):
 * BCM 0-8 pull up, the rest pull down, on every Pi.
 */
export const DEFAULT_PINS: Readonly<Pins> = { health: 17, mirror: 27, uplink: 22, alert: 23, button: 5 };

/** The last BCM line on the 40-pin header. */
const MAX_PIN = 27;

/** The little of onoff's Gpio that is used, so that a test can stand in for it. */
export interface GpioLine {
  readSync(): 0 | 1;
  writeSync(value: 0 | 1): void;
  direction(): string;
  unexport(): void;
}
export type GpioClass = new (line: number, direction: "low" | "in") => GpioLine;

export interface GpioOptions {
  pins?: Partial<Pins>;
  sysfsRoot?: string;
  /** Imports `onoff`, unless a test brings its own. */
  load?: () => Promise<GpioClass>;
  /** Kernel line numbers in use are kept in this file, so that systemd can darken the LEDs after a crash. */
  recordPath?: string;
  /** Called every 50 ms with the button's level: see button.ts. Monotonic milliseconds. */
  onButton?: (pressed: boolean, timeMs: number) => void;
  /** Called once, with a plain sentence, when lines that worked stop working. The driver then shows nothing. */
  onTrouble?: (sentence: string) => void;
  /** Monotonic milliseconds. */
  now?: () => number;
}

const loadOnoff = async (): Promise<GpioClass> => (await import("onoff")).Gpio;

/** Opens the lights and the button, all off. Never throws: without GPIO it says why, and the agent goes on. */
export async function openGpio(options: GpioOptions = {}): Promise<LightDriver | LightsUnavailable> {
  const pins: Pins = { ...DEFAULT_PINS, ...options.pins };
  const problem = pinProblem(pins);
  if (problem) return { unavailable: problem };
  const root = options.sysfsRoot ?? SYSFS_GPIO;
  const chip = findHeaderChip(root);
  if ("unavailable" in chip) return chip;
  let Gpio: GpioClass;
  try {
    Gpio = await (options.load ?? loadOnoff)();
  } catch {
    return { unavailable: "No lights: the optional package onoff is not installed or not built on this machine." };
  }
  const open = new Map<LightName | "button", GpioLine>();
  const record = (lines: number[]) => writeRecord(options.recordPath, lines);
  // Written before the first line is taken: a crash half-way leaves nothing lit and nothing unknown.
  record(Object.values(pins).map((pin) => chip.base + pin));
  for (const [name, pin] of Object.entries(pins) as [LightName | "button", number][]) {
    const exportedBefore = existsSync(`${root}/gpio${chip.base + pin}`);
    try {
      const line = new Gpio(chip.base + pin, name === "button" ? "in" : "low");
      open.set(name, line);
      // onoff ignores a refused direction on a line that somebody else had exported before.
      const wanted = name === "button" ? "in" : "out";
      if (line.direction() !== wanted) throw Object.assign(new Error(), { code: "EBUSY" });
    } catch (error) {
      giveBack(open.values());
      // A constructor that fails half-way leaves its line exported; another program's line is not ours to take back.
      if (!open.has(name) && !exportedBefore) unexport(root, chip.base + pin);
      record([]);
      return { unavailable: sentenceFor(error, pin) };
    }
  }
  return drive(open, options, () => record([]));
}

function drive(lines: ReadonlyMap<string, GpioLine>, options: GpioOptions, forget: () => void): LightDriver {
  const now = options.now ?? (() => performance.now());
  const startedAt = now();
  let states: LightStates = lightsOff();
  let locating = false;
  let closed = false;
  const shown = new Map<LightName, boolean>();

  const tick = () => {
    if (closed) return;
    try {
      const lit = litAt(states, locating, now() - startedAt);
      for (const name of LIGHT_NAMES) {
        if (shown.get(name) === lit[name]) continue;
        lines.get(name)!.writeSync(lit[name] ? 1 : 0);
        shown.set(name, lit[name]);
      }
      // Polled, as edge interrupts are missing on some boards. Pressed pulls the line to ground.
      if (options.onButton) options.onButton(lines.get("button")!.readSync() === 0, now());
    } catch {
      close();
      options.onTrouble?.("The lights stopped working: the kernel refused a GPIO line. wardtap goes on without them.");
    }
  };
  const timer = setInterval(tick, TICK_MS);
  timer.unref();

  const close = () => {
    if (closed) return;
    closed = true;
    clearInterval(timer);
    giveBack(lines.values());
    forget();
  };
  return {
    show(next, locate = false) {
      states = next;
      locating = locate;
      tick();
    },
    close,
  };
}

/** Dark first, then unexported; one line's failure must not keep the next one lit. */
function giveBack(lines: Iterable<GpioLine>): void {
  for (const line of lines) {
    try {
      if (line.direction() === "out") line.writeSync(0);
    } catch {
      // It was never ours to darken.
    }
    try {
      line.unexport();
    } catch {
      // Gone already.
    }
  }
}

function unexport(root: string, line: number): void {
  try {
    writeFileSync(`${root}/unexport`, String(line));
  } catch {
    // It was never exported.
  }
}

function writeRecord(path: string | undefined, lines: readonly number[]): void {
  if (path === undefined) return;
  try {
    if (lines.length === 0) rmSync(path, { force: true });
    else writeFileSync(path, `${lines.join("\n")}\n`);
  } catch {
    // Without the record a crash may leave an LED lit; the lights themselves still work.
  }
}

function pinProblem(pins: Pins): string | undefined {
  const numbers = Object.values(pins);
  const wrong = numbers.find((pin) => !Number.isInteger(pin) || pin < 0 || pin > MAX_PIN);
  if (wrong !== undefined) return `No lights: ${wrong} is not a BCM pin of the header (0 to ${MAX_PIN}).`;
  if (new Set(numbers).size !== numbers.length) return "No lights: two of them are configured on the same pin.";
  return undefined;
}

function sentenceFor(error: unknown, pin: number): string {
  const code = String((error as { code?: unknown } | null)?.code ?? "unknown error");
  if (code === "EBUSY") return `No lights: BCM pin ${pin} is in use by something else (an overlay, a HAT, a program).`;
  if (code === "EINVAL") return `No lights: the kernel knows no GPIO line for BCM pin ${pin}.`;
  if (code === "EACCES" || code === "EPERM")
    return `No lights: not allowed to use BCM pin ${pin}; add wardtap's user to the group gpio.`;
  if (code === "ENOENT") return "No lights: this kernel offers no sysfs GPIO to export a line with.";
  return `No lights: BCM pin ${pin} could not be opened (${/^[A-Z0-9]{1,20}$/.test(code) ? code : "unknown error"}).`;
}
