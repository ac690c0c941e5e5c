/** A finding as a rule tells it, and a book that lives through time: named is only what matters. */
import type { JudgedFinding } from "../../../agent/findings/judge.ts";
import { findingId } from "../../../agent/findings/judge.ts";
import { type ActionName, type Asked, act } from "../../../agent/findings/work/act.ts";
import { Book, type Judgement } from "../../../agent/findings/work/book.ts";
import { marksOf } from "../../../agent/findings/work/widen.ts";
import type { WorkedFinding } from "../../../agent/findings/work/worked.ts";
import { piece } from "../given.ts";

export const SECOND = 1_000_000;
export const HOUR = 3600 * SECOND;
export const DAY = 24 * HOUR;
export const START = Date.UTC(2026, 4, 1, 12) * 1000;

/** A finding whose evidence has these values. */
export const fresh = (more: Partial<JudgedFinding> = {}, values: string[] = ["telnet"]): JudgedFinding => {
  const finding: JudgedFinding = {
    id: "",
    rule: "cleartext-login",
    severity: "medium",
    certainty: "confirmed",
    state: "open",
    about: "device",
    deviceId: "dev-1",
    relatedDeviceIds: [],
    title: "A login can be read on the network",
    why: "Somebody logged in.",
    advice: "Change this password.",
    vulnerabilities: [],
    evidence: values.map((value) => piece("wardtap.login", value, { firstSeenAt: START, lastSeenAt: START })),
    key: "",
    marks: marksOf(values),
    firstSeenAt: START,
    lastSeenAt: START,
    ...more,
  };
  return { ...finding, id: findingId(finding.rule, finding.deviceId, finding.key) };
};

export const asked = (action: ActionName, more: Partial<Asked> = {}): Asked => ({
  findingId: "",
  action,
  by: "A. Nurse",
  reason: "known",
  control: "own VLAN",
  owner: "Clinical engineering",
  reviewAt: "2026-09-30",
  ...more,
});

/** Rules of each kind; all others last until their device was heard long without them. */
export const [CONDITION, EVENT] = ["a-condition", "an-event"] as const;
const RULES = [
  { id: CONDITION, lasts: "condition" },
  { id: EVENT, lasts: "event" },
] as const;
export const bookOf = (held: Iterable<WorkedFinding> = []): Book => new Book(held, RULES);

/** A book with a clock. Its device is heard whenever something is said unless told otherwise. */
export class Ward {
  book = bookOf();
  now = START;
  heardAt = START;

  /** Judges what holds now; times are said anew unless `quiet`. */
  says(findings: JudgedFinding[], more: Partial<Judgement> & { quiet?: boolean } = {}): void {
    const { quiet = false, ...rest } = more;
    this.book.judge({
      findings: findings.map((one) => (quiet ? one : { ...one, lastSeenAt: this.now })),
      over: new Set(),
      devices: [{ id: "dev-1", aliases: [], lastSeenAt: this.heardAt }],
      now: this.now,
      ...rest,
    });
  }

  passes(micros: number, heard = true): void {
    this.now += micros;
    if (heard) this.heardAt = this.now;
  }

  does(finding: JudgedFinding, action: ActionName, more: Partial<Asked> = {}): string {
    const done = act(this.held(finding), asked(action, more), this.now);
    if ("problem" in done) return done.problem;
    this.book.put(done.next);
    return done.message;
  }

  held(finding: JudgedFinding): WorkedFinding {
    const held = this.book.find(finding.id);
    if (held === undefined) throw new Error("the book doesn't hold this finding");
    return held;
  }

  state(finding: JudgedFinding): string {
    return this.held(finding).state;
  }

  steps(finding: JudgedFinding): string[] {
    return (this.held(finding).work?.history ?? []).map(({ what }) => what);
  }

  /** What would be written now; counts as written. */
  written(): { changed: WorkedFinding[]; gone: string[] } {
    const changes = this.book.changes();
    this.book.committed();
    return changes;
  }
}
