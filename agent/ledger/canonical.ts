/** One text for one meaning: JSON with sorted keys, so that a row is compared by what it says. */

/** A body nested deeper than this is refused: no row of ours needs it, and recursion must end. */
const MAX_BODY_DEPTH = 16;

/** Keys in code unit order, absent for undefined. Throws a TypeError for what JSON can't say or what nests too deep. */
export function canonicalJson(value: unknown, depth = 0): string {
  if (depth > MAX_BODY_DEPTH) throw new TypeError("nested too deep");
  if (value === null || typeof value !== "object") {
    const text = JSON.stringify(value);
    if (text === undefined) throw new TypeError("not JSON");
    return text;
  }
  if (Array.isArray(value)) return `[${value.map((one) => canonicalJson(one ?? null, depth + 1)).join(",")}]`;
  const fields = Object.entries(value)
    .filter(([, one]) => one !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, one]) => `${JSON.stringify(name)}:${canonicalJson(one, depth + 1)}`);
  return `{${fields.join(",")}}`;
}
