/** The lamp test: every light in turn, every pattern it can show, in words as it goes, then all off. */
import type { LightDriver } from "./driver.ts";
import {
  LIGHT_NAMES,
  LIGHTS,
  type LightName,
  PATTERN_GLYPH,
  PATTERN_WORDS,
  PATTERNS,
  type Pattern,
  rowFor,
} from "./lights.ts";
import { lightsOff } from "./state.ts";

/** Long enough to count two double blinks. */
export const STEP_MS = 2000;

/**
 * Runs the sequence on a driver; the caller closes it. `sleep` takes milliseconds (and may reject to stop early:
 * the lights are dark in any case). `say` gets one line per step.
 */
export async function lampTest(
  driver: LightDriver,
  sleep: (ms: number) => Promise<void>,
  say: (line: string) => void = () => {},
): Promise<void> {
  try {
    for (const name of LIGHT_NAMES) {
      const { label, colour } = LIGHTS[name];
      for (const pattern of PATTERNS) {
        if (pattern === "off") continue;
        say(`${label} (${colour}): ${PATTERN_WORDS[pattern]}${meaning(name, pattern)}`);
        driver.show({ ...lightsOff("lamp test"), [name]: lamp(pattern) });
        await sleep(STEP_MS);
      }
    }
    say("All four together, chasing: this is how a tap answers when the console asks where it is.");
    driver.show(lightsOff("lamp test"), true);
    await sleep(STEP_MS);
  } finally {
    driver.show(lightsOff("lamp test over"));
    say("All four off: the lamp test is over.");
  }
}

function meaning(name: LightName, pattern: Pattern): string {
  const found = rowFor(name, pattern);
  return found ? `, which would mean: ${found.words}` : ", which this light never uses";
}

const lamp = (pattern: Pattern) => ({ pattern, words: "lamp test", glyph: PATTERN_GLYPH[pattern] });
