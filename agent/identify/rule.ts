/** A rule of identification: looks at one device and claims what it sees, with a weight. */
import type { Claim } from "./device.ts";
import type { DeviceView } from "./view.ts";

export interface ClaimPart {
  field: Claim["field"];
  value: string;
  /** 1 to 99: how often such a sign is right, in percent. */
  weight: number;
  /** Told to people: "said so itself in HL7 PRT-16". Bounded plain text. */
  words: string;
}

export interface IdentifyRule {
  /** Stable id, shown in `because`. */
  id: string;
  claims(view: DeviceView): ClaimPart[];
}

/** A part and the rule that said it. */
export interface RuledPart extends ClaimPart {
  rule: string;
}

export interface JudgedClaim extends Claim {
  words: string[];
}

/**
 * Adds up parts per field and value: independent signs leave a doubt that is the product of their
 * doubts. The winner of a field is the value with the highest confidence; others that stand on strong
 * signs of their own are contradictions.
 */
export function combine(parts: readonly RuledPart[]): JudgedClaim[] {
  const sums = new Map<string, { part: ClaimPart; doubt: number; because: Set<string>; words: string[] }>();
  // The most telling sign is told first.
  for (const part of [...parts].sort((a, b) => b.weight - a.weight)) {
    const key = `${part.field}\0${part.value}`;
    const sum = sums.get(key) ?? { part, doubt: 1, because: new Set<string>(), words: [] };
    // The same rule saying the same twice adds nothing.
    if (!sum.because.has(part.rule)) sum.doubt *= 1 - part.weight / 100;
    sum.because.add(part.rule);
    if (!sum.words.includes(part.words)) sum.words.push(part.words);
    sums.set(key, sum);
  }
  return [...sums.values()]
    .map(({ part, doubt, because, words }) => ({
      field: part.field,
      value: part.value,
      because: [...because].sort(),
      confidence: Math.min(0.99, Math.round((1 - doubt) * 100) / 100),
      words,
    }))
    .sort((a, b) =>
      a.field < b.field ? -1 : a.field > b.field ? 1 : b.confidence - a.confidence || (a.value < b.value ? -1 : 1),
    );
}
