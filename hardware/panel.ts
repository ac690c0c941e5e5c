/** The four lights in a terminal: glyph and words, colour only where wanted, no blinking. */
import { stripVTControlCharacters } from "node:util";
import type { LightDriver } from "./driver.ts";
import { LIGHT_NAMES, LIGHTS, type LightName, type LightState, type LightStates } from "./lights.ts";

/** The part of process.stdout that is used. */
export interface PanelOutput {
  write(text: string): unknown;
  isTTY?: boolean | undefined;
  columns?: number | undefined;
}

/** Words longer than this are cut with an ellipsis. */
export const MAX_WORDS = 120;

const COLOUR: Readonly<Record<string, number>> = { green: 32, blue: 34, white: 97, red: 31 };
const LOCATING = "(locating: all four chase)";

/**
 * On a terminal the panel is four lines, redrawn in place as long as nothing else writes there; elsewhere each change is
 * a line of its own. NO_COLOR (https://no-color.org) and TERM=dumb are respected.
 */
export function openPanel(output: PanelOutput, env: NodeJS.ProcessEnv = process.env): LightDriver {
  const terminal = output.isTTY === true && env.TERM !== "dumb";
  const colour = terminal && !env.NO_COLOR;
  let shown = new Map<LightName, string>();
  let wasLocating = false;
  let drawn = false;
  let closed = false;

  const redraw = (lines: ReadonlyMap<LightName, string>, states: LightStates, locating: boolean) => {
    const width = Math.max(20, output.columns ?? 80) - 1;
    const text = [...lines].map(([name, line]) => {
      const full = locating && name === LIGHT_NAMES[0] ? `${line} ${LOCATING}` : line;
      const fitted = cut(full, width);
      return `\x1b[2K${colour ? paint(fitted, name, states[name]) : fitted}\n`;
    });
    output.write((drawn ? `\x1b[${text.length}A` : "") + text.join(""));
    drawn = true;
  };

  return {
    show(states, locate = false) {
      if (closed) return;
      const lines = new Map(LIGHT_NAMES.map((name) => [name, lineFor(name, states[name])]));
      const changed = [...lines].filter(([name, line]) => shown.get(name) !== line);
      if (changed.length === 0 && locate === wasLocating) return;
      if (terminal) redraw(lines, states, locate);
      else {
        for (const [, line] of changed) output.write(`${line}\n`);
        if (locate !== wasLocating) output.write(locate ? `${LOCATING}\n` : "(no longer locating)\n");
      }
      shown = lines;
      wasLocating = locate;
    },
    close() {
      closed = true;
    },
  };
}

/** Text fit for a terminal: no escape sequences, control characters or direction overrides; cut to `max` characters. */
export function plainText(text: string, max: number = MAX_WORDS): string {
  const safe = stripVTControlCharacters(text.slice(0, max * 4)).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, "");
  return cut(safe, max);
}

function cut(text: string, max: number): string {
  const letters = [...text];
  return letters.length <= max ? text : `${letters.slice(0, max - 1).join("")}…`;
}

function lineFor(name: LightName, state: LightState): string {
  return `${LIGHTS[name].label.padEnd(6)} ${plainText(state.glyph, 1)} ${plainText(state.words)}`;
}

function paint(line: string, name: LightName, state: LightState): string {
  return `\x1b[${state.pattern === "off" ? 2 : COLOUR[LIGHTS[name].colour]}m${line}\x1b[0m`;
}
