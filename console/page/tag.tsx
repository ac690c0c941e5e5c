/** A small coloured label; its words alone carry the meaning. */
import { readable } from "./text.ts";

export function Tag({ words, colour }: { words: string; colour: string }) {
  return <strong class={`nhsuk-tag nhsuk-tag--${colour} wt-tag`}>{readable(words, 40)}</strong>;
}
