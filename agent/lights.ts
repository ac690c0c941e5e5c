/** Opens the lights that the configuration asks for; without any the agent says so once and goes on. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createButton } from "../hardware/button.ts";
import type { LightDriver } from "../hardware/driver.ts";
import { DEFAULT_PINS, openGpio, type Pins } from "../hardware/gpio.ts";
import { lampTest } from "../hardware/lamp-test.ts";
import { openPanel } from "../hardware/panel.ts";
import { lightsOff } from "../hardware/state.ts";
import type { Config } from "./config.ts";

/** The unit's own folder: which LEDs must be off after a crash, and the request to power off (see systemd/). */
const RUNTIME = "/run/wardtap-agent";

export interface LightsLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export type LightSettings = Config["lights"];

/** `shutDown` is called when the button was held: the agent ends, then systemd powers off. */
export async function openLights(settings: LightSettings, log: LightsLog, shutDown: () => void): Promise<LightDriver> {
  if (settings.driver === "panel") return openPanel(process.stdout);
  if (settings.driver === "none") return NO_LIGHTS;
  let testing = false;
  const shown: { last: Parameters<LightDriver["show"]> | undefined } = { last: undefined };
  const button = createButton({
    onShortPress: () => {
      if (testing) return;
      testing = true;
      log.info({}, "button: lamp test");
      void lampTest(gpio, (ms) => sleep(ms)).finally(() => {
        testing = false;
        if (shown.last !== undefined) gpio.show(...shown.last);
      });
    },
    onHold: () => {
      log.info({}, "button held: shutting down");
      gpio.show(lightsOff("shutting down"));
      if (existsSync(RUNTIME)) writeFileSync(join(RUNTIME, "shutdown-requested"), "");
      shutDown();
    },
  });
  const opened = await openGpio({
    pins: pinsOf(settings.pins),
    ...(existsSync(RUNTIME) ? { recordPath: join(RUNTIME, "gpio-lines") } : {}),
    onTrouble: (sentence) => log.warn({}, sentence),
    onButton: (pressed, timeMs) => button.level(pressed, timeMs),
  });
  if ("unavailable" in opened) {
    log.warn({}, opened.unavailable);
    return NO_LIGHTS;
  }
  const gpio = opened;
  return {
    show: (...states) => {
      shown.last = states;
      if (!testing) gpio.show(...states);
    },
    close: () => gpio.close(),
  };
}

const NO_LIGHTS: LightDriver = { show: () => undefined, close: () => undefined };

function pinsOf(pins: LightSettings["pins"]): Pins {
  const chosen = { ...DEFAULT_PINS };
  for (const name of Object.keys(chosen) as (keyof Pins)[]) chosen[name] = pins[name] ?? chosen[name];
  return chosen;
}
