/** What the patterns make of one value, for tests of knowledge rows. */
import { knowledge } from "../../agent/knowledge/knowledge.ts";

/** The heaviest claim of each field. */
export function claimed(attribute: string, value: string): Record<string, string> {
  const best = new Map<string, { value: string; weight: number }>();
  for (const { attributes, pattern, claims } of knowledge().patterns) {
    const match = attributes.includes(attribute) ? pattern.exec(value) : null;
    if (match === null) continue;
    for (const { field, value: text, weight } of claims) {
      const filled = text.replace(/\$(\d)/g, (_, group: string) => match[Number(group)] ?? "");
      if (filled !== "" && weight > (best.get(field)?.weight ?? 0)) best.set(field, { value: filled, weight });
    }
  }
  return Object.fromEntries([...best].map(([field, { value: text }]) => [field, text]));
}
