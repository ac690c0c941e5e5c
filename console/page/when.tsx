/** A time on the page: relative words, exact on hover and for machines. */
import { Said } from "./said.tsx";
import { clock, exact, instant, relative } from "./time.ts";

interface Props {
  at: string | null;
  /** Milliseconds: the page's clock. */
  now: number;
  /** `clock`: the time of day rather than how long ago. `exact`: everything. */
  as?: "relative" | "clock" | "exact";
}

export function When({ at, now, as = "relative" }: Props) {
  const ms = instant(at);
  if (at === null) return <span class="wt-quiet">never</span>;
  if (ms === undefined) return <Said text={at} max={40} />;
  const words = as === "relative" ? relative(ms, now) : as === "clock" ? clock(ms) : exact(ms);
  return (
    <time dateTime={at} title={exact(ms)}>
      {words}
    </time>
  );
}
