/** Severities in their order, for lists in the store and on the page. */

export const SEVERITIES = ["critical", "high", "medium", "low", "info"] as const;

/** 0 is worst; an unknown severity sorts beside medium, so that it is neither hidden nor shouted. */
export function severityRank(severity: string): number {
  const rank = (SEVERITIES as readonly string[]).indexOf(severity);
  return rank === -1 ? 2 : rank;
}
