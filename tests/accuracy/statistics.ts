/** Shares with their doubt: Wilson's 95 % interval, which stays honest for few cases and for shares near 0 and 1. */

const Z = 1.959964;
/** Fewer cases say too little to print a share of. */
export const TOO_FEW = 20;

export function wilson(right: number, n: number): { low: number; high: number } {
  if (n === 0) return { low: 0, high: 1 };
  const share = right / n;
  const middle = share + (Z * Z) / (2 * n);
  const width = Z * Math.sqrt((share * (1 - share)) / n + (Z * Z) / (4 * n * n));
  const scale = 1 + (Z * Z) / n;
  return { low: Math.max(0, (middle - width) / scale), high: Math.min(1, (middle + width) / scale) };
}

/** "0.98 (0.91 to 1.00), n 42", or "too few (n 3)". */
export function shareText(right: number, n: number): string {
  if (n < TOO_FEW) return `too few (${right} of ${n})`;
  const { low, high } = wilson(right, n);
  return `${(right / n).toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)}), n ${n}`;
}
