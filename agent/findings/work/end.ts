/** How a finding ends by itself: what isn't seen any more closes, and a review that is due opens again. */
import type { FindingRule } from "../rule.ts";
import { toOpen } from "./sight.ts";
import { BY_ITSELF, moved, type WorkedFinding } from "./worked.ts";

const MINUTE_MICROS = 60 * 1_000_000;
const HOUR_MICROS = 60 * MINUTE_MICROS;
const DAY_MICROS = 24 * HOUR_MICROS;

/** Days on which the device was heard and the thing was not: then it is over. */
export const QUIET_DAYS = 30;
/** A scan is over when it wasn't repeated for so long. */
const EVENT_MICROS = DAY_MICROS;
/** A condition that the rule no longer sees must stay away for so long. */
const CONDITION_GRACE_MICROS = HOUR_MICROS;
/** Each ending within this time doubles the wait for the next, so that what comes and goes stays open. */
const FLAP_WINDOW_MICROS = 7 * DAY_MICROS;
const FLAP_GRACE_MICROS = 10 * MINUTE_MICROS;
const MAX_GRACE_MICROS = DAY_MICROS;

export interface Unseen {
  /** Microseconds. */
  now: number;
  lasts: FindingRule["lasts"];
  /** Last sign of life of the device it is about; null when it is about no device, undefined when that is not known. */
  deviceSeenAt: number | null | undefined;
  /** The rule says so no more since then; null while it does. */
  absentSince: number | null;
  /** The tap's own facts prove it wrong since then; null while they don't. */
  overSince: number | null;
}

/** The finding as time leaves it; the same object when nothing happened. */
export function aged(finding: WorkedFinding, how: Unseen): WorkedFinding {
  if (finding.state === "resolved" || finding.state === "false-alarm") return finding;
  const counted = withQuietDay(finding, how);
  const over = isOver(counted, how);
  if (finding.state === "accepted") {
    const reviewAt = finding.work?.reviewAt ?? null;
    if (reviewAt === null || reviewAt > how.now) return counted;
    return over
      ? ended(counted, how.now)
      : moved(counted, toOpen(how.now, "review-due", "The review date has passed."));
  }
  return over ? ended(counted, how.now) : counted;
}

function isOver(finding: WorkedFinding, { now, lasts, deviceSeenAt, absentSince, overSince }: Unseen): boolean {
  if (overSince !== null) return now - overSince >= flapGrace(finding, now, 0);
  // What the tap says of itself ends by proof alone.
  if (finding.about === "tap" && lasts === undefined) return false;
  if (lasts === "event") return now - finding.lastSeenAt >= EVENT_MICROS;
  if (lasts !== "condition") return finding.quietDays >= QUIET_DAYS;
  if (absentSince === null || now - absentSince < flapGrace(finding, now, CONDITION_GRACE_MICROS)) return false;
  // Nobody closes a finding about a device that isn't there.
  return deviceSeenAt === null || (deviceSeenAt !== undefined && deviceSeenAt > finding.lastSeenAt);
}

/** What ended often of late must stay away for longer. */
function flapGrace({ work }: WorkedFinding, now: number, first: number): number {
  const endings = (work?.history ?? []).filter(
    ({ what, at }) => what === "ended" && now - at < FLAP_WINDOW_MICROS,
  ).length;
  if (endings === 0) return first;
  return Math.min(Math.max(first, FLAP_GRACE_MICROS) * 2 ** (endings - 1), MAX_GRACE_MICROS);
}

/** One more day on which the device was heard (what is about no device: on which the tap worked) without it. */
function withQuietDay(finding: WorkedFinding, { now, deviceSeenAt }: Unseen): WorkedFinding {
  const heardAt = deviceSeenAt === null ? now : (deviceSeenAt ?? 0);
  const day = Math.floor(heardAt / DAY_MICROS);
  if (day <= finding.quietDay || day <= Math.floor(finding.lastSeenAt / DAY_MICROS)) return finding;
  return { ...finding, quietDays: finding.quietDays + 1, quietDay: day };
}

const ended = (finding: WorkedFinding, now: number): WorkedFinding =>
  moved(finding, {
    state: "resolved",
    entry: {
      at: now,
      by: BY_ITSELF,
      what: "ended",
      why: `Not seen since ${new Date(finding.lastSeenAt / 1000).toISOString().slice(0, 10)}.`,
    },
  });
