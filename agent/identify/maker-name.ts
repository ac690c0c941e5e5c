/** A maker's name as we show it, from the many ways in which devices spell it. */
import { knowledge } from "../knowledge/knowledge.ts";

/** The name of the first entry that knows this spelling; the spelling itself when none does. */
export const makerName = (said: string): string =>
  knowledge().makers.find(({ aliases }) => aliases.some((alias) => alias.test(said)))?.maker ?? said;

/** True when an entry of ours knows this spelling. */
export const isKnownMaker = (said: string): boolean =>
  knowledge().makers.some(({ aliases }) => aliases.some((alias) => alias.test(said)));
