/** What a capture program lost: by its own word where it gives one while it runs, else by the kernel's counters. */
import type { ChildProcess } from "node:child_process";
import { FrameClock } from "./frame-clock.ts";
import { LossMeter } from "./loss.ts";
import { type Program, readDropped } from "./program-args.ts";

/** How long tcpdump is left alone: right after its header it has yet to learn of the signal, and would die of it. */
const SETTLE_MS = 1_000;
/** After so long without a byte, nothing is on its way any more: programs pass frames on at least twice a second. */
const QUIET_MS = 1_500;

/**
 * tcpdump tells its counts on SIGUSR1; dumpcap only at its end. Frames come in order and with the kernel's time, so
 * the first one younger than a count of the interface's frames shows that all those have been read or lost.
 */
export class ProgramLoss {
  /** Whoever reads a frame as young as this calls `answer`. Infinity when no count waits for its answer. */
  markAt = Number.POSITIVE_INFINITY;
  readonly #program: Program;
  readonly #meter: LossMeter;
  readonly #clock = new FrameClock();
  readonly #startedMs = performance.now();
  #markArrived = 0;
  #heardMs = performance.now();
  #told: number | null = null;

  /** Make it when the program has just opened its capture: what the interface had before is not expected. */
  constructor(program: Program, name: string) {
    this.#program = program;
    this.#meter = new LossMeter(name);
  }

  get lost(): number | null {
    return this.#told ?? this.#meter.lost;
  }

  /** Call it every now and then. */
  ask(framesRead: number, child: ChildProcess | undefined): void {
    if (this.#program === "tcpdump") {
      if (performance.now() - this.#startedMs > SETTLE_MS) child?.kill("SIGUSR1");
      return;
    }
    this.#clock.correct();
    const isQuiet = performance.now() - this.#heardMs > QUIET_MS;
    // One question at a time: on a busy port its answer comes at once.
    if (!isQuiet && this.markAt !== Number.POSITIVE_INFINITY) return;
    const arrived = this.#meter.arrived();
    if (arrived === null) return;
    if (isQuiet) {
      this.#meter.settle(arrived, framesRead);
      this.markAt = Number.POSITIVE_INFINITY;
    } else {
      this.#markArrived = arrived;
      this.markAt = this.#clock.now();
    }
  }

  /** `framesRead` were read before the first frame that is as young as the mark. */
  answer(framesRead: number): void {
    this.#meter.settle(this.#markArrived, framesRead);
    this.markAt = Number.POSITIVE_INFINITY;
  }

  /** Bytes came from the program. */
  heard(nowMs: number): void {
    this.#heardMs = nowMs;
  }

  /** The program's messages so far, the newest at the end. */
  told(words: string): void {
    this.#told = readDropped(this.#program, words) ?? this.#told;
  }
}
