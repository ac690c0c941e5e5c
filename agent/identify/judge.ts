/** What is this device, and how sure: the rules' claims combined; "unknown" is an honest answer. */
import { isSameHouse } from "../knowledge/knowledge.ts";
import type { Claim, Contradiction, DeviceClass } from "./device.ts";
import { combine, type IdentifyRule, type JudgedClaim, type RuledPart } from "./rule.ts";
import { patternParts } from "./rules/said-itself.ts";
import type { DeviceView } from "./view.ts";

/** Below this a class is not said. */
const MIN_CLASS_CONFIDENCE = 0.4;
const MIN_FIELD_CONFIDENCE = 0.5;
/** A losing value this strong is a contradiction worth showing. */
const CONTRADICTS = 0.7;

export interface Judgement {
  class: DeviceClass;
  maker: string | null;
  model: string | null;
  version: string | null;
  serial: string | null;
  os: string | null;
  confidence: number;
  claims: JudgedClaim[];
  contradictions: Contradiction[];
}

export function judge(view: DeviceView, rules: readonly IdentifyRule[]): Judgement {
  const parts = rules.flatMap((rule) => rule.claims(view).map((part): RuledPart => ({ ...part, rule: rule.id })));
  const claims = combine([...parts, ...patternParts(view)]);
  const best = (field: Claim["field"], least: number) => {
    const first = claims.find((claim) => claim.field === field);
    return first !== undefined && first.confidence >= least ? first : undefined;
  };
  const judgedClass = best("class", MIN_CLASS_CONFIDENCE);
  return {
    class: (judgedClass?.value ?? "unknown") as DeviceClass,
    maker: best("maker", MIN_FIELD_CONFIDENCE)?.value ?? null,
    model: best("model", MIN_FIELD_CONFIDENCE)?.value ?? null,
    version: best("version", MIN_FIELD_CONFIDENCE)?.value ?? null,
    serial: best("serial", MIN_FIELD_CONFIDENCE)?.value ?? null,
    os: best("os", MIN_FIELD_CONFIDENCE)?.value ?? null,
    confidence: judgedClass?.confidence ?? 0,
    claims,
    contradictions: contradictions(claims),
  };
}

function contradictions(claims: readonly JudgedClaim[]): Contradiction[] {
  return [...groupByField(claims).entries()].flatMap(([field, values]) => {
    const strong = values.filter(({ confidence }) => confidence >= CONTRADICTS);
    const rivals = strong.filter(
      ({ value }, index) =>
        field !== "maker" || !strong.slice(0, index).some((other) => isSameHouse(other.value, value)),
    );
    if (rivals.length < 2) return [];
    return [
      { field, values: rivals.map(({ value }) => value), because: rivals.map(({ because }) => because.join(", ")) },
    ];
  });
}

function groupByField(claims: readonly JudgedClaim[]): Map<Claim["field"], JudgedClaim[]> {
  const groups = new Map<Claim["field"], JudgedClaim[]>();
  for (const claim of claims) groups.set(claim.field, [...(groups.get(claim.field) ?? []), claim]);
  return groups;
}
