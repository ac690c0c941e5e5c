/** From when to when: of lists that somebody in the network may make as long as they like. */
export interface Seen {
  firstSeenAt: number;
  lastSeenAt: number;
}

/** Infinity to -Infinity of none. */
export function spanOf(items: Iterable<Seen>): Seen {
  const span = { firstSeenAt: Number.POSITIVE_INFINITY, lastSeenAt: Number.NEGATIVE_INFINITY };
  for (const { firstSeenAt, lastSeenAt } of items) {
    if (firstSeenAt < span.firstSeenAt) span.firstSeenAt = firstSeenAt;
    if (lastSeenAt > span.lastSeenAt) span.lastSeenAt = lastSeenAt;
  }
  return span;
}

/** At most `most`, those seen first, in their own order. */
export function firstSeen<T extends { firstSeenAt: number }>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  const kept = new Set([...items].sort((a, b) => a.firstSeenAt - b.firstSeenAt).slice(0, most));
  return items.filter((item) => kept.has(item));
}
