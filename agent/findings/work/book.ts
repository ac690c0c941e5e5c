/** The findings of one tap, held between judgements: what is fresh, what ended, what people decided, what to write. */
import { findingRules } from "../index.ts";
import { findingId, type JudgedFinding } from "../judge.ts";
import type { FindingRule } from "../rule.ts";
import { aged } from "./end.ts";
import { carried, joined, renamed } from "./merge.ts";
import { begun, pieceKey, sighted } from "./sight.ts";
import { BY_ITSELF, NO_WORK, type WorkedFinding } from "./worked.ts";

/** Findings held; past it those that ended by themselves longest ago go, else new ones are left out and counted. */
export const MAX_HELD = 20_000;
/** Shortest and longest time between two tellings of counts that nothing else changed with. */
const HOUR_MICROS = 3600 * 1_000_000;
const MAX_COUNT_AGE_MICROS = 24 * HOUR_MICROS;
/** In between, counts are told when they are older than this part of the finding's life. */
const COUNT_SHARE = 4;

export interface Judgement {
  findings: readonly JudgedFinding[];
  /** Ids that the tap's own facts prove wrong. */
  over: ReadonlySet<string>;
  devices: readonly { id: string; aliases: readonly string[]; lastSeenAt: number }[];
  /** Microseconds. */
  now: number;
}

export interface BookChanges {
  changed: WorkedFinding[];
  /** Ids that are no more: merged into another, or forgotten. */
  gone: string[];
}

export class Book {
  readonly #held = new Map<string, WorkedFinding>();
  readonly #lasts: ReadonlyMap<string, FindingRule["lasts"]>;
  /** What was told last, by id: as one text for the meaning, and the whole. */
  readonly #told = new Map<string, string>();
  readonly #unwritten = new Set<string>();
  readonly #gone = new Set<string>();
  readonly #counted = new Map<string, ReadonlyMap<string, number>>();
  /** Id of before a merge → id now. */
  readonly #former = new Map<string, string>();
  readonly #absentSince = new Map<string, number>();
  readonly #overSince = new Map<string, number>();
  /** New findings for which there was no room. */
  leftOut = 0;

  constructor(held: Iterable<WorkedFinding> = [], rules: readonly Pick<FindingRule, "id" | "lasts">[] = findingRules) {
    this.#lasts = new Map(rules.map(({ id, lasts }) => [id, lasts]));
    for (const finding of held) {
      this.#held.set(finding.id, finding);
      this.#told.set(finding.id, meaningOf(finding));
      this.#index(finding);
    }
  }

  /** Takes in all that holds now; `changes()` then says what of it is to be written. */
  judge({ findings, over, devices, now }: Judgement): void {
    this.#carry(devices, now);
    const fresh = new Set<string>();
    for (const finding of findings) {
      const id = this.#take(finding, now);
      if (id !== undefined) fresh.add(id);
    }
    const seenAt = new Map(devices.map(({ id, lastSeenAt }) => [id, lastSeenAt]));
    for (const [id, finding] of this.#held) {
      if (!fresh.has(id)) this.#counted.delete(id);
      const next = aged(finding, {
        now,
        lasts: this.#lasts.get(finding.rule),
        deviceSeenAt: finding.deviceId === null ? null : seenAt.get(finding.deviceId),
        absentSince: since(this.#absentSince, id, !fresh.has(id), now),
        overSince: since(this.#overSince, id, over.has(id), now),
      });
      if (next !== finding || fresh.has(id)) this.#keep(next, now);
    }
  }

  #take(finding: JudgedFinding, now: number): string | undefined {
    const held = this.#held.get(finding.id) ?? this.#split(finding);
    if (held === undefined && !this.#hasRoom()) {
      this.leftOut++;
      return undefined;
    }
    const next =
      held === undefined
        ? begun(finding, now)
        : sighted(held, finding, {
            now,
            wasAbsent: this.#absentSince.has(finding.id),
            isCondition: this.#lasts.get(finding.rule) === "condition",
            counted: this.#counted.get(finding.id) ?? NOTHING_COUNTED,
          });
    this.#counted.set(finding.id, new Map(finding.evidence.map((piece) => [pieceKey(piece), piece.count])));
    this.#held.set(finding.id, next);
    return finding.id;
  }

  /** Devices that were one are two again: the one that returns keeps what was decided before. */
  #split(finding: JudgedFinding): WorkedFinding | undefined {
    const one = this.#held.get(this.#former.get(finding.id) ?? "");
    if (one === undefined) return undefined;
    this.#former.delete(finding.id);
    this.#held.set(one.id, { ...one, formerIds: one.formerIds.filter((id) => id !== finding.id) });
    return { ...one, id: finding.id, deviceId: finding.deviceId, formerIds: [] };
  }

  #index({ id, formerIds }: WorkedFinding): void {
    for (const former of formerIds) this.#former.set(former, id);
  }

  #carry(devices: Judgement["devices"], now: number): void {
    const remaining = new Map(devices.flatMap(({ id, aliases }) => aliases.map((alias) => [alias, id] as const)));
    if (remaining.size === 0) return;
    for (const before of [...this.#held.keys()]) {
      const finding = this.#held.get(before)!;
      const deviceId = finding.deviceId === null ? undefined : remaining.get(finding.deviceId);
      if (deviceId === undefined) {
        this.#held.set(before, renamed(finding, remaining));
        continue;
      }
      const id = findingId(finding.rule, deviceId, finding.key);
      const moving = renamed(carried(finding, deviceId), remaining);
      const there = this.#held.get(id);
      this.#forget(before);
      this.#gone.add(before);
      const kept = there === undefined ? moving : joined(there, moving, now);
      this.#index(kept);
      this.#keep(kept, now);
    }
  }

  #hasRoom(): boolean {
    if (this.#held.size < MAX_HELD) return true;
    let oldest: WorkedFinding | undefined;
    for (const one of this.#held.values())
      if (one.state === "resolved" && one.work?.by === BY_ITSELF && one.work.at < (oldest?.work?.at ?? Infinity))
        oldest = one;
    if (oldest === undefined) return false;
    this.#forget(oldest.id);
    this.#gone.add(oldest.id);
    return true;
  }

  #forget(id: string): void {
    this.#held.delete(id);
    this.#told.delete(id);
    this.#counted.delete(id);
    this.#absentSince.delete(id);
    this.#overSince.delete(id);
    this.#unwritten.delete(id);
  }

  #keep(finding: WorkedFinding, now: number): void {
    this.#gone.delete(finding.id);
    const meaning = meaningOf(finding);
    const age = now - finding.countedAt;
    const longest = Math.min(Math.max((now - finding.firstSeenAt) / COUNT_SHARE, HOUR_MICROS), MAX_COUNT_AGE_MICROS);
    const isNews = this.#told.get(finding.id) !== meaning || age >= longest || age < 0;
    this.#held.set(finding.id, isNews ? { ...finding, countedAt: now } : finding);
    if (!isNews) return;
    this.#told.set(finding.id, meaning);
    this.#unwritten.add(finding.id);
  }

  /** All that isn't known to be written; asked again after a failed write it says it again. */
  changes(): BookChanges {
    const changed = [...this.#unwritten].flatMap((id) => this.#held.get(id) ?? []);
    return { changed, gone: [...this.#gone] };
  }

  /** The last `changes()` are durable. */
  committed(): void {
    this.#unwritten.clear();
    this.#gone.clear();
  }

  /** A finding as somebody's decision left it, already durable. */
  put(finding: WorkedFinding): void {
    this.#held.set(finding.id, finding);
    this.#told.set(finding.id, meaningOf(finding));
    this.#unwritten.delete(finding.id);
  }

  /** By its id, or the id it had before devices were merged. */
  find(id: string): WorkedFinding | undefined {
    return this.#held.get(id) ?? this.#held.get(this.#former.get(id) ?? "");
  }

  /** What lights the ALERT light. */
  open(): WorkedFinding[] {
    return [...this.#held.values()].filter(({ state }) => state === "open");
  }
}

const NOTHING_COUNTED: ReadonlyMap<string, number> = new Map();

/** Remembers since when something holds; null, and forgotten, when it doesn't. */
function since(times: Map<string, number>, id: string, holds: boolean, now: number): number | null {
  if (!holds) {
    times.delete(id);
    return null;
  }
  const known = times.get(id);
  // A clock that was set back begins anew.
  if (known !== undefined && known <= now) return known;
  times.set(id, now);
  return now;
}

/** Everything but what only counts or tells when last: texts that hold counts are told with the counts. */
function meaningOf(finding: WorkedFinding): string {
  const { why, lastSeenAt, times, quietDays, quietDay, countedAt, evidence, evidenceLeftOut, work, ...rest } = finding;
  return JSON.stringify([rest, work ?? NO_WORK, evidence.map(pieceKey)], sorted);
}

/** Keys in one order, whether they come from a rule or from the disk. */
const sorted = (_: string, value: unknown) =>
  value !== null && typeof value === "object" && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
