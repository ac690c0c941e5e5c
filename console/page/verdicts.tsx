/** How many of our devices an advisory concerns, in words. */
import type { VerdictCounts } from "../api/shapes-detail.ts";
import { Tag } from "./tag.tsx";
import { verdictTag } from "./words.ts";

const SHOWN = [
  ["confirmed", "confirmed"],
  ["likely", "likely"],
  ["possible", "possible"],
  ["notAffected", "not-affected"],
] as const;

/** `notAffected` counts are shown only where asked: they are no cause for work. */
export function Verdicts({ counts, all = false }: { counts: VerdictCounts; all?: boolean }) {
  const shown = SHOWN.filter(([name]) => counts[name] > 0 && (all || name !== "notAffected"));
  if (shown.length === 0) return <span class="wt-none">none of our devices</span>;
  return (
    <span class="wt-badges">
      {shown.map(([name, verdict]) => {
        const { words, colour } = verdictTag(verdict);
        return (
          <Tag key={name} words={`${counts[name].toLocaleString("en-GB")} ${words.toLowerCase()}`} colour={colour} />
        );
      })}
    </span>
  );
}
