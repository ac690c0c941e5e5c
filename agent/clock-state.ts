/** Whether the machine's clock can be believed: by what it says, and by what the system's time client says of itself. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { TapFacts } from "./findings/rule.ts";

/** A clock before this can't be right: the tap has no battery-backed clock and isn't synchronised yet. */
export const EARLIEST_CLOCK_MICROS = Date.UTC(2024, 0, 1) * 1000;
/** After a start the time client needs a while to find its server. */
const GRACE_MICROS = 15 * 60 * 1_000_000;
/** Made by systemd-timesyncd when it starts, and the file in it once a time server was heard. systemd-timesyncd(8). */
const TIMESYNC = "/run/systemd/timesync";

export type ClockState = NonNullable<TapFacts["clock"]>;

/** unknown: another time client (or none) looks after the clock, and only that one knows. */
export function heardTimeServer(folder = TIMESYNC): "yes" | "no" | "unknown" {
  if (existsSync(join(folder, "synchronized"))) return "yes";
  return existsSync(folder) ? "no" : "unknown";
}

export class ClockWatch {
  readonly #heard: () => "yes" | "no" | "unknown";
  #waitingSince = Number.POSITIVE_INFINITY;

  /** `heard` is asked at each judgement. */
  constructor(heard: () => "yes" | "no" | "unknown") {
    this.#heard = heard;
  }

  /** `now` in microseconds, by the clock that is judged: set back, waiting begins anew. */
  judge(now: number): ClockState {
    const heard = this.#heard();
    if (heard !== "no" || now < this.#waitingSince) this.#waitingSince = now;
    if (now < EARLIEST_CLOCK_MICROS) return "impossible";
    if (heard === "yes") return "synchronised";
    if (heard === "unknown") return "unknown";
    return now - this.#waitingSince < GRACE_MICROS ? "synchronising" : "unsynchronised";
  }
}
