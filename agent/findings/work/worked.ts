/** A finding as people work it: its state, who put it there and why, and how often it was seen. */
import type { Certainty, Finding, FindingState, Severity } from "../finding.ts";

/** Entries of one finding's history; past it those of wardtap itself go first, oldest first, and are counted. */
export const MAX_HISTORY = 50;
/** Other ends and pieces of evidence a finding shows; what was shown stays, the rest is counted. */
export const MAX_SHOWN_EVIDENCE = 30;
export const MAX_RELATED = 100;
/** Signs that tell whether a behaviour widened; those past it, by code unit of their hash, are not told apart. */
export const MAX_MARKS = 100;
/** Ids under which a finding was known before devices were merged; the oldest go. */
export const MAX_FORMER_IDS = 8;

/** How wardtap itself signs what it does. */
export const BY_ITSELF = "wardtap";

export type Step =
  | "acknowledged"
  | "accepted"
  | "resolved"
  | "false-alarm"
  | "reopened"
  | "review-due"
  | "widened"
  | "seen-again"
  | "ended"
  | "merged";

export interface HistoryEntry {
  /** Microseconds. */
  at: number;
  /** A person's name, or "wardtap". */
  by: string;
  what: Step;
  why: string | null;
  /** Of an acceptance: the compensating control, who answers for it and until when. */
  control?: string;
  owner?: string;
  reviewAt?: number;
}

/** What was known when somebody decided: the decision covers this, and no more. */
export interface Basis {
  severity: Severity;
  certainty: Certainty;
  marks: string[];
  relatedDeviceIds: string[];
}

/** Who put a finding into its present state, when and why. Times in microseconds. */
export interface Work {
  by: string;
  at: number;
  reason: string | null;
  control: string | null;
  owner: string | null;
  reviewAt: number | null;
  basis: Basis | null;
  /** Oldest first. */
  history: HistoryEntry[];
  historyLeftOut: number;
}

export interface WorkedFinding extends Finding {
  /** With rule and device this makes the id. */
  key: string;
  /** Short hashes of what the behaviour consists of, sorted. */
  marks: string[];
  /** How often it was seen anew: after an hour's silence, or after it had ended. */
  times: number;
  /** Pieces of evidence not shown. */
  evidenceLeftOut: number;
  /** Null while nobody, wardtap neither, has moved it from open. */
  work: Work | null;
  formerIds: string[];
  /** Days on which its device was heard and it was not, and the last of them (days since 1970). */
  quietDays: number;
  quietDay: number;
  /** As of when counts and last times are told. */
  countedAt: number;
}

export const NO_WORK: Work = {
  by: BY_ITSELF,
  at: 0,
  reason: null,
  control: null,
  owner: null,
  reviewAt: null,
  basis: null,
  history: [],
  historyLeftOut: 0,
};

export interface Move {
  state: FindingState;
  entry: HistoryEntry;
  reason?: string | null;
  basis?: Basis | null;
}

/** The finding in another state, with one more entry in its history. */
export function moved(finding: WorkedFinding, { state, entry, reason = entry.why, basis = null }: Move): WorkedFinding {
  const { history, historyLeftOut } = finding.work ?? NO_WORK;
  const kept = bounded([...history, entry]);
  return {
    ...finding,
    state,
    work: {
      by: entry.by,
      at: entry.at,
      reason,
      control: entry.control ?? null,
      owner: entry.owner ?? null,
      reviewAt: entry.reviewAt ?? null,
      basis,
      history: kept,
      historyLeftOut: historyLeftOut + history.length + 1 - kept.length,
    },
  };
}

/** What people did is kept longer than what wardtap noted itself. */
export function bounded(history: readonly HistoryEntry[]): HistoryEntry[] {
  const kept = [...history];
  while (kept.length > MAX_HISTORY) {
    const own = kept.findIndex(({ by }) => by === BY_ITSELF);
    kept.splice(own === -1 ? 0 : own, 1);
  }
  return kept;
}

export const basisOf = ({ severity, certainty, marks, relatedDeviceIds }: WorkedFinding): Basis => ({
  severity,
  certainty,
  marks: [...marks],
  relatedDeviceIds: [...relatedDeviceIds],
});
