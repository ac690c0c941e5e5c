/** What a fresh judgement does to a finding that is held: counts, times and the state it is in. */
import type { DeviceEvidence } from "../../identify/device.ts";
import type { JudgedFinding } from "../judge.ts";
import { graver, otherEvidence, widened } from "./widen.ts";
import {
  BY_ITSELF,
  MAX_RELATED,
  MAX_SHOWN_EVIDENCE,
  type Move,
  moved,
  type Step,
  type WorkedFinding,
} from "./worked.ts";

const HOUR_MICROS = 3600 * 1_000_000;
/** Silence of so long makes the next sighting another time. */
const ANOTHER_TIME_MICROS = HOUR_MICROS;
/** A last time further ahead of the clock than this came from a wrong clock. */
const MAX_AHEAD_MICROS = HOUR_MICROS;

export interface Sighting {
  /** Microseconds. */
  now: number;
  /** The rule had stopped saying so in between. */
  wasAbsent: boolean;
  /** The rule tells of a condition, not of something seen: then only coming back counts as seen again. */
  isCondition: boolean;
  /** What each piece counted when it was last looked at: counts begin anew with the process. */
  counted: ReadonlyMap<string, number>;
}

/** A finding that was never held. */
export const begun = (fresh: JudgedFinding, now: number): WorkedFinding => ({
  ...fresh,
  state: "open",
  relatedDeviceIds: fresh.relatedDeviceIds.slice(0, MAX_RELATED),
  evidence: earliest(fresh.evidence).slice(0, MAX_SHOWN_EVIDENCE),
  evidenceLeftOut: Math.max(0, fresh.evidence.length - MAX_SHOWN_EVIDENCE),
  times: 1,
  work: null,
  formerIds: [],
  quietDays: 0,
  quietDay: 0,
  countedAt: now,
});

export function sighted(held: WorkedFinding, fresh: JudgedFinding, how: Sighting): WorkedFinding {
  const { now, wasAbsent } = how;
  const lastSeenAt = held.lastSeenAt > now + MAX_AHEAD_MICROS ? now : held.lastSeenAt;
  const isSighting = fresh.lastSeenAt > lastSeenAt;
  const isAnother = wasAbsent || fresh.lastSeenAt - lastSeenAt > ANOTHER_TIME_MICROS;
  const { evidence, leftOut } = countedOn(held, fresh, how.counted);
  const seen: WorkedFinding = {
    ...held,
    ...fresh,
    id: held.id,
    state: held.state,
    relatedDeviceIds: shownFirst(fresh.relatedDeviceIds, new Set(held.relatedDeviceIds), MAX_RELATED),
    evidence,
    evidenceLeftOut: leftOut,
    firstSeenAt: Math.min(held.firstSeenAt, fresh.firstSeenAt),
    lastSeenAt: Math.max(lastSeenAt, fresh.lastSeenAt),
    times: held.times + (isAnother ? 1 : 0),
    ...(isSighting ? { quietDays: 0, quietDay: 0 } : {}),
  };
  return back(seen, fresh, how);
}

/** Back to open where the decision, or the end, no longer covers what is seen. */
function back(finding: WorkedFinding, fresh: JudgedFinding, { now, wasAbsent, isCondition }: Sighting): WorkedFinding {
  const { state, work } = finding;
  if (state === "open" || work === null) return finding;
  if (state !== "resolved") {
    const beyond = work.basis === null ? [] : BEYOND[state](finding, work.basis);
    return beyond.length === 0 ? finding : moved(finding, toOpen(now, "widened", sentence(beyond)));
  }
  const isBack = isCondition
    ? wasAbsent || work.by === BY_ITSELF || (work.basis !== null && widened(finding, work.basis).length > 0)
    : fresh.lastSeenAt > work.at;
  return isBack ? moved(finding, toOpen(now, "seen-again", "It was seen again after it was resolved.")) : finding;
}

/** What is more than somebody decided on, by the state they gave it. */
const BEYOND = { acknowledged: graver, accepted: widened, "false-alarm": otherEvidence };

export const toOpen = (at: number, what: Step, why: string): Move => ({
  state: "open",
  entry: { at, by: BY_ITSELF, what, why },
});

const sentence = (words: readonly string[]) => {
  const text = words.join("; ");
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
};

export const pieceKey = ({ attribute, value, protocol }: DeviceEvidence) => `${attribute}\0${value}\0${protocol}`;

/** Pieces shown before come first, then the earliest; each counts on from what was told of it. */
function countedOn(held: WorkedFinding, fresh: JudgedFinding, counted: ReadonlyMap<string, number>) {
  const before = new Map(held.evidence.map((piece) => [pieceKey(piece), piece]));
  const all = earliest(fresh.evidence);
  const shown = shownFirst(all, new Set(all.filter((piece) => before.has(pieceKey(piece)))), MAX_SHOWN_EVIDENCE);
  const evidence = shown.map((piece) => {
    const key = pieceKey(piece);
    const known = before.get(key);
    if (known === undefined) return piece;
    // After a restart what the ledger remembers counts as one sighting, which was told long ago.
    const last = counted.get(key) ?? 1;
    return {
      ...piece,
      count: known.count + (piece.count >= last ? piece.count - last : piece.count),
      firstSeenAt: Math.min(known.firstSeenAt, piece.firstSeenAt),
      lastSeenAt: Math.max(known.lastSeenAt, piece.lastSeenAt),
    };
  });
  return { evidence, leftOut: fresh.evidence.length - evidence.length };
}

const earliest = (evidence: readonly DeviceEvidence[]): DeviceEvidence[] =>
  [...evidence].sort((a, b) => a.firstSeenAt - b.firstSeenAt || (pieceKey(a) < pieceKey(b) ? -1 : 1));

/** At most `most` of them, in their order; when they are too many those shown already keep their place. */
function shownFirst<T>(items: readonly T[], shown: ReadonlySet<T>, most: number): T[] {
  if (items.length <= most) return [...items];
  const kept = new Set([...new Set([...items.filter((item) => shown.has(item)), ...items])].slice(0, most));
  return items.filter((item) => kept.has(item));
}
