/** One thing that doctor looked at: how it stands, in plain words, and what to do about it. */

export type CheckState = "ok" | "warn" | "fail";

export interface Check {
  /** What was looked at, short: "node", "port eth1", "ledger". */
  about: string;
  state: CheckState;
  says: string;
  /** What to do; "" when all is well. */
  advice: string;
}

export const ok = (about: string, says: string): Check => ({ about, state: "ok", says, advice: "" });
/** Works, but something is missing or can't be known. */
export const warn = (about: string, says: string, advice: string): Check => ({ about, state: "warn", says, advice });
/** The tap can't do its work, or breaks a promise. */
export const fail = (about: string, says: string, advice: string): Check => ({ about, state: "fail", says, advice });
