/** Habits in a running tap: learnt while it listens, kept in the ledger, and given to the rules. */
import type { Accepted } from "./behaviour/accepted.ts";
import { type Behaviour, behaviourOf } from "./behaviour/behaviour.ts";
import { Habits } from "./behaviour/habits.ts";
import { EARLIEST_CLOCK_MICROS } from "./clock-state.ts";
import type { Device } from "./identify/device.ts";
import type { Identifier } from "./identify/identifier.ts";
import { habitChanges, habitsFromLedger } from "./ledger/habits.ts";
import type { Ledger } from "./ledger/ledger.ts";
import type { RowChange } from "./ledger/rows.ts";
import { isoMicros } from "./time.ts";

/** All conversations are gone through at most this often; when they began is known, so nothing is missed by it. */
const LEARN_EVERY_MICROS = 10 * 1_000_000;
/** A tick is due several times a second: a step of the clock this wide is the clock being set, the machine asleep, or the tap off. */
const CLOCK_STEP_MICROS = 2 * 3600 * 1_000_000;

/** At night two minutes may pass with nobody talking to anybody; after so long it is the port, and nobody is missed. */
const DEAF_AFTER_MICROS = 3600 * 1_000_000;

export class HabitKeeper {
  readonly #habits: Habits;
  #learntAt = Number.NEGATIVE_INFINITY;
  #tickedAt: number | undefined;
  #clockSetAt = Number.NEGATIVE_INFINITY;
  /** The clock says what can't be: until it is set nothing is learnt, nor held against anybody. */
  #isClockLost = false;
  #hearingAt = Number.NEGATIVE_INFINITY;

  /** `remembered`: by what was heard last of them is known how long the tap was off. */
  constructor(
    ledger: Pick<Ledger, "iterate">,
    learnMicros: number,
    accepted: readonly Accepted[] = [],
    remembered: readonly Pick<Device, "lastSeenAt">[] = [],
  ) {
    this.#habits = new Habits(learnMicros, habitsFromLedger(ledger), accepted);
    for (const { lastSeenAt } of remembered) this.#tickedAt = Math.max(this.#tickedAt ?? lastSeenAt, lastSeenAt);
  }

  /** Call a few times a second, so that a clock that is set, and time that the tap was off, are told from time that passes. */
  tick(now: number): void {
    const wasLost = this.#isClockLost;
    this.#isClockLost = now < EARLIEST_CLOCK_MICROS;
    if (this.#isClockLost) return;
    const step = now - (this.#tickedAt ?? now);
    this.#tickedAt = now;
    const isStep = Math.abs(step) > CLOCK_STEP_MICROS;
    if (isStep) this.#habits.clockJumped(step, now);
    if (isStep || wasLost) this.#clockSetAt = now;
  }

  /** `isHearing`: a port is open, has a link and mirrors other people's traffic. */
  judge(identifier: Identifier, devices: readonly Device[], isHearing: boolean, now: number): Behaviour {
    if (isHearing || this.#hearingAt > now) this.#hearingAt = now;
    else if (now - this.#hearingAt >= DEAF_AFTER_MICROS) identifier.facts.wasDeaf(now);
    const elapsed = now - this.#learntAt;
    if (!this.#isClockLost && (elapsed < 0 || elapsed >= LEARN_EVERY_MICROS)) {
      this.#learntAt = now;
      this.#habits.learn({
        devices,
        rhythms: identifier.rhythms(),
        contactsOf: (wanted) => identifier.contacts(wanted),
        now,
        clockSetAt: this.#clockSetAt,
      });
    }
    return behaviourOf(this.#habits, devices, {
      listeningSince: identifier.facts.listeningSince,
      newsSince: now - this.#habits.learnMicros,
      now,
    });
  }

  /** The end is near: the next judgement learns whatever was heard until then. */
  hurry(): void {
    this.#learntAt = Number.NEGATIVE_INFINITY;
  }

  changes(now: number): RowChange[] {
    return habitChanges(this.#habits.unkept(), isoMicros(now));
  }

  /** The last `changes` are durable. */
  committed(): void {
    this.#habits.kept();
  }
}
