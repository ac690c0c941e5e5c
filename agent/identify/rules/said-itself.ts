/** Product patterns: what a device says of itself in some protocol names its class, maker, model or system. */
import { attributeWords } from "../../knowledge/attribute-words.ts";
import { knowledge, type ProductPattern } from "../../knowledge/knowledge.ts";
import type { ClaimPart, IdentifyRule } from "../rule.ts";
import type { DeviceView } from "../view.ts";

/** Each pattern is a rule of its own, so that `because` names the entry that spoke. */
export const patternRules = (): IdentifyRule[] =>
  knowledge().patterns.map((pattern) => ({ id: pattern.id, claims: (view) => claimsOf(pattern, view) }));

const NOTHING: ClaimPart[] = [];
let byAttribute: Map<string, ProductPattern[]> | undefined;
/** Most patterns look for what most devices never say: those are not asked. */
const wanted = new WeakMap<DeviceView, ReadonlySet<ProductPattern>>();

function wantedBy(view: DeviceView): ReadonlySet<ProductPattern> {
  const known = wanted.get(view);
  if (known !== undefined) return known;
  byAttribute ??= indexed(knowledge().patterns);
  const found = new Set<ProductPattern>();
  for (const attribute of new Set(view.evidence.map((piece) => piece.attribute)))
    for (const pattern of byAttribute.get(attribute) ?? []) found.add(pattern);
  wanted.set(view, found);
  return found;
}

function indexed(patterns: readonly ProductPattern[]): Map<string, ProductPattern[]> {
  const index = new Map<string, ProductPattern[]>();
  for (const pattern of patterns) {
    for (const attribute of pattern.attributes) {
      const same = index.get(attribute);
      if (same === undefined) index.set(attribute, [pattern]);
      else same.push(pattern);
    }
  }
  return index;
}

function claimsOf(pattern: ProductPattern, view: DeviceView): ClaimPart[] {
  if (!wantedBy(view).has(pattern)) return NOTHING;
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
