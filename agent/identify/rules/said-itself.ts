/** Product patterns: what a device says of itself in some protocol names its class, maker, model or system. */
import { attributeWords } from "../../knowledge/attribute-words.ts";
import { knowledge, type ProductPattern } from "../../knowledge/knowledge.ts";
import type { RuledPart } from "../rule.ts";
import type { DeviceView } from "../view.ts";

/** Values whose claims are remembered, of all devices together; past it they are found anew. */
const MAX_REMEMBERED = 16_384;

/** What one pattern makes of a value. */
interface Said {
  /** The pattern's place among all of them. */
  place: number;
  parts: readonly RuledPart[];
}

const NOTHING: readonly Said[] = [];
let byAttribute: Map<string, number[]> | undefined;
/** Attribute → value → what patterns make of it: most devices say what others said before. */
const remembered = new Map<string, Map<string, readonly Said[]>>();
let rememberedValues = 0;

/** Each pattern is a rule of its own, so that `because` names the entry that spoke; in the order of the patterns. */
export function patternParts(view: DeviceView): RuledPart[] {
  const said: Said[] = [];
  for (const { attribute, value } of view.evidence) for (const one of saidBy(attribute, value)) said.push(one);
  return said.sort((a, b) => a.place - b.place).flatMap(({ parts }) => parts);
}

function saidBy(attribute: string, value: string): readonly Said[] {
  byAttribute ??= indexed(knowledge().patterns);
  const asked = byAttribute.get(attribute);
  if (asked === undefined) return NOTHING;
  let values = remembered.get(attribute);
  const known = values?.get(value);
  if (known !== undefined) return known;
  if (rememberedValues >= MAX_REMEMBERED) {
    remembered.clear();
    rememberedValues = 0;
    values = undefined;
  }
  if (values === undefined) {
    values = new Map();
    remembered.set(attribute, values);
  }
  const said = judged(asked, attribute, value);
  values.set(value, said);
  rememberedValues++;
  return said;
}

/** Attributes are few: only those that patterns name are kept. */
function indexed(patterns: readonly ProductPattern[]): Map<string, number[]> {
  const index = new Map<string, number[]>();
  patterns.forEach(({ attributes }, place) => {
    for (const attribute of new Set(attributes)) {
      const same = index.get(attribute);
      if (same === undefined) index.set(attribute, [place]);
      else same.push(place);
    }
  });
  return index;
}

function judged(asked: readonly number[], attribute: string, value: string): readonly Said[] {
  const said: Said[] = [];
  for (const place of asked) {
    const pattern = knowledge().patterns[place]!;
    const match = pattern.pattern.exec(value);
    if (match !== null) said.push({ place, parts: partsOf(pattern, match, attribute, value) });
  }
  return said.length === 0 ? NOTHING : said;
}

function partsOf(pattern: ProductPattern, match: RegExpExecArray, attribute: string, text: string): RuledPart[] {
  const parts: RuledPart[] = [];
  for (const { field, value, weight } of pattern.claims) {
    const filled = value.replace(/\$(\d)/g, (_, group: string) => match[Number(group)] ?? "").trim();
    if (filled === "") continue;
    const words = `said so itself in ${attributeWords(attribute)}: "${text}"`;
    parts.push({ field, value: filled, weight, words, rule: pattern.id });
  }
  return parts;
}
