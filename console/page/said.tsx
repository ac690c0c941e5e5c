/** Text that a device or a tap said: always text, in its own writing direction, with nothing hidden in it. */
import { MAX_SHOWN_CHARACTERS, readable } from "./text.ts";

export function Said({ text, max = MAX_SHOWN_CHARACTERS }: { text: string; max?: number }) {
  return <bdi class="wt-said">{readable(text, max)}</bdi>;
}

/** A list of such texts, the first `show` of them, with the count of the rest. */
export function SaidList({ texts, show, mono = false }: { texts: readonly string[]; show: number; mono?: boolean }) {
  const distinct = [...new Set(texts)];
  if (distinct.length === 0) return <span class="wt-none">none heard</span>;
  return (
    <ul class={mono ? "wt-plain-list wt-mono" : "wt-plain-list"}>
      {distinct.slice(0, show).map((text) => (
        <li key={text}>
          <Said text={text} />
        </li>
      ))}
      {distinct.length > show && <li class="wt-quiet">and {distinct.length - show} more</li>}
    </ul>
  );
}
