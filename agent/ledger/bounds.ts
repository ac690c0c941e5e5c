/** How much the ledger keeps: past a bound the oldest detail goes first and is counted (design.md, promise 4). */
import type { RowKind } from "./rows.ts";

/** Hourly counters older than this go, oldest first. A console that was away for less gets them all. */
export const MAX_PERIOD_AGE_DAYS = 90;
/** At most so many rows go for age in one write, so that one wrong clock can't empty the ledger at a stroke. */
export const MAX_AGED_OUT_PER_WRITE = 500;
/** A longer key or body is turned away and counted; a message to the console must hold the row. */
export const MAX_KEY_LENGTH = 2048;
export const MAX_BODY_LENGTH = 256 * 1024;
/** Most rows one call of `rowsAbove` gives. */
export const MAX_ROWS_READ = 10_000;

export interface Bound {
  /** Rows of this kind in the whole ledger. */
  total: number;
  /** Rows of this kind about one device. */
  perDevice?: number;
  /** At the limit the oldest row goes, or the new one is turned away (what tells of whole devices is never pushed out). */
  atLimit: "oldest-goes" | "turn-away";
  /** The name of the count in `meta`. */
  count: string;
}

export const BOUNDS: Record<RowKind, Bound> = {
  device: { total: 20_000, atLimit: "turn-away", count: "rowsRefused" },
  finding: { total: 100_000, atLimit: "turn-away", count: "rowsRefused" },
  alias: { total: 20_000, atLimit: "turn-away", count: "rowsRefused" },
  evidence: { total: 500_000, perDevice: 500, atLimit: "oldest-goes", count: "evidenceDropped" },
  service: { total: 200_000, perDevice: 500, atLimit: "oldest-goes", count: "servicesDropped" },
  peer: { total: 300_000, perDevice: 1000, atLimit: "oldest-goes", count: "peersDropped" },
  period: { total: 500_000, atLimit: "oldest-goes", count: "periodsDropped" },
  habit: { total: 10_000, atLimit: "turn-away", count: "rowsRefused" },
  tombstone: { total: 20_000, atLimit: "oldest-goes", count: "tombstonesDropped" },
};

/** What the bounds have cost so far. `unsent` is the part of the dropped that no console had acknowledged. */
export interface Drops {
  periodsDropped: number;
  evidenceDropped: number;
  servicesDropped: number;
  peersDropped: number;
  tombstonesDropped: number;
  unsent: number;
  /** Rows turned away: too many of their kind, too large, or not JSON. */
  rowsRefused: number;
}
