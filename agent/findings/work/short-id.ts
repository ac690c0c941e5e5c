/** Findings named as people type them: the whole id, or as much of it as is needed to mean one. */
const PREFIX = "fnd-";
/** A shorter beginning is more likely a slip than a name. */
const MIN_TYPED = 3;

/** All ids meant by what was typed, with or without "fnd-": one when it is clear which. */
export function meant(typed: string, ids: Iterable<string>): string[] {
  const text = typed.trim().toLowerCase();
  const wanted = text.startsWith(PREFIX) ? text : PREFIX + text;
  if (wanted.length < PREFIX.length + MIN_TYPED) return [];
  const all = [...ids];
  return all.includes(wanted) ? [wanted] : all.filter((id) => id.startsWith(wanted));
}
