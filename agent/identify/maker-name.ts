/** A maker's name as we show it, from the many ways in which devices spell it. */
import { knowledge, type Maker } from "../knowledge/knowledge.ts";

/** Spellings remembered; past it they are looked up anew. */
const MAX_REMEMBERED = 4096;
const NOBODY: readonly Maker[] = [];
/** Hundreds of expressions are tried on each spelling, and most devices share one with others. */
const remembered = new Map<string, readonly Maker[]>();

/** Every entry of ours that knows this spelling. */
export function makersOf(said: string): readonly Maker[] {
  let makers = remembered.get(said);
  if (makers !== undefined) return makers;
  makers = knowledge().makers.filter(({ aliases }) => aliases.some((alias) => alias.test(said)));
  if (makers.length === 0) makers = NOBODY;
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(said, makers);
  return makers;
}

/** The name of the first entry that knows this spelling; the spelling itself when none does. */
export const makerName = (said: string): string => makersOf(said)[0]?.maker ?? said;

/** True when an entry of ours knows this spelling. */
export const isKnownMaker = (said: string): boolean => makersOf(said).length > 0;
