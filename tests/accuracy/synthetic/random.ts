/** Numbers that look random and are the same for the same seed (mulberry32). */

export interface Random {
  /** Whole number from 0 to `below` - 1. */
  int(below: number): number;
  pick<T>(from: readonly T[]): T;
  /** True in `percent` of a hundred times. */
  chance(percent: number): boolean;
  /** Upper-case hex digits. */
  hex(digits: number): string;
  digits(count: number): string;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  const int = (below: number) => Math.floor(next() * below);
  const draw = (alphabet: string, count: number) =>
    Array.from({ length: count }, () => alphabet[int(alphabet.length)]).join("");
  return {
    int,
    pick: (from) => from[int(from.length)]!,
    chance: (percent) => next() * 100 < percent,
    hex: (digits) => draw("0123456789ABCDEF", digits),
    digits: (count) => draw("0123456789", count),
  };
}
