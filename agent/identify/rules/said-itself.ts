/** Product patterns: what a device says of itself in some protocol names its class, maker, model or system. */
import { attributeWords } from "../../knowledge/attribute-words.ts";
import { knowledge, type ProductPattern } from "../../knowledge/knowledge.ts";
import type { ClaimPart, IdentifyRule } from "../rule.ts";
import type { DeviceView } from "../view.ts";

/** Each pattern is a rule of its own, so that `because` names the entry that spoke. */
export const patternRules = (): IdentifyRule[] =>
  knowledge().patterns.map((pattern) => ({ id: pattern.id, claims: (view) => claimsOf(pattern, view) }));

function claimsOf(pattern: ProductPattern, view: DeviceView): ClaimPart[] {
  const claims: ClaimPart[] = [];
  for (const piece of view.evidence) {
    if (!pattern.attributes.includes(piece.attribute)) continue;
    const match = pattern.pattern.exec(piece.value);
    if (match === null) continue;
    for (const { field, value, weight } of pattern.claims) {
      const filled = value.replace(/\$(\d)/g, (_, group: string) => match[Number(group)] ?? "").trim();
      if (filled !== "")
        claims.push({
          field,
          value: filled,
          weight,
          words: `said so itself in ${attributeWords(piece.attribute)}: "${piece.value}"`,
        });
    }
  }
  return claims;
}
