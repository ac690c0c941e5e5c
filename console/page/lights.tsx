/** The four lights of a tap as they look in the ward: colour, still glyph and words. */
import { LIGHT_NAMES, LIGHTS, type Light, PATTERN_GLYPH, PATTERN_WORDS, type Pattern } from "../../hardware/lights.ts";
import type { TapView } from "../api/shapes.ts";
import { Said } from "./said.tsx";

const isPattern = (text: string): text is Pattern => Object.hasOwn(PATTERN_GLYPH, text);

/** What the table says to do about a light; undefined when nothing is to be done there or the state isn't in the table. */
export function adviceFor(light: Light, pattern: string): string | undefined {
  const advice = light.rows.find((row) => row.pattern === pattern)?.advice;
  return advice?.startsWith("Nothing to do") ? undefined : advice;
}

function OneLight({ light, pattern, words }: { light: Light; pattern: string; words: string }) {
  const known = isPattern(pattern) ? pattern : undefined;
  const meaning = words || light.rows.find((row) => row.pattern === pattern)?.words || "";
  return (
    <li class="wt-light">
      <span class={`wt-led wt-led--${light.colour} wt-led--${known ?? "off"}`} aria-hidden="true" />
      <span class="wt-light__label">{light.label}</span>
      <span class="wt-light__pattern">
        <span aria-hidden="true">{known ? PATTERN_GLYPH[known] : "?"} </span>
        {known ? short(PATTERN_WORDS[known]) : <Said text={pattern} max={40} />}
      </span>
      <span class="wt-light__words">
        <Said text={meaning} max={120} />
      </span>
    </li>
  );
}

/** The words before the bracket: the panel has little room, the card has it all. */
const short = (words: string) => words.replace(/ \(.*\)$/, "");

/** `blinking`: the reader asked to see the lights blink as they do in the ward. */
export function LightPanel({ tap, blinking }: { tap: TapView; blinking: boolean }) {
  const look = tap.connected ? (blinking ? "wt-panel wt-panel--blinking" : "wt-panel") : "wt-panel wt-panel--stale";
  return (
    <ul class={look} aria-label="Lights on the tap">
      {LIGHT_NAMES.map((name) => (
        <OneLight key={name} light={LIGHTS[name]} pattern={tap.lights[name]} words={tap.lightWords[name]} />
      ))}
    </ul>
  );
}
