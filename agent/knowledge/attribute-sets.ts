/** Named sets of attributes, so that a product's pattern is looked for in everything a device says of itself: "@product", "@name". */
import { readFileSync } from "node:fs";

const FILE = "attribute-sets.json";

let sets: Readonly<Record<string, readonly string[]>> | undefined;

export const attributeSetsText = (): Buffer => readFileSync(new URL(FILE, import.meta.url));

/** Attributes with each set's name replaced by what it holds. Throws for a set that nobody defined. */
export function expandAttributes(attributes: readonly string[]): string[] {
  sets ??= JSON.parse(attributeSetsText().toString("utf8")) as Record<string, string[]>;
  return attributes.flatMap((attribute) => {
    if (!attribute.startsWith("@")) return attribute;
    const set = sets![attribute];
    if (set === undefined) throw new Error(`there is no attribute set ${attribute}`);
    return set;
  });
}
