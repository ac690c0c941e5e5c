/** Network software that many makers build into their devices, and by which names advisories and devices call it. */
export type Stack = "ipnet" | "treck";

const NAMES: readonly [Stack, RegExp][] = [
  ["ipnet", /\bvxworks\b|\bipnet\b|\binterpeak\b/i],
  ["treck", /\btreck\b|\bkasago\b/i],
];

/** The stack that a product's name or a system's name tells. */
export const stackIn = (text: string): Stack | undefined => NAMES.find(([, pattern]) => pattern.test(text))?.[0];
