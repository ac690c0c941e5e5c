/** How large a share of the frames was lost lately: from totals that only grow, over the last five minutes. */

const SAMPLE_MICROS = 30 * 1_000_000;
/** Samples held: five minutes of them. */
const MAX_SAMPLES = 11;
/** A share of less time than this means nothing. */
const MIN_MICROS = 2 * 60 * 1_000_000;

interface Sample {
  at: number;
  frames: number;
  lost: number;
}

export class LossWindow {
  #samples: Sample[] = [];
  #last: Sample | undefined;

  /** Totals since the sniffer started; a sniffer that began anew (totals fall) or a clock set back begins anew here too. */
  take(at: number, frames: number, lost: number | null): void {
    if (lost === null) return;
    const now = { at, frames, lost };
    const last = this.#last;
    if (last !== undefined && (at < last.at || frames < last.frames || lost < last.lost)) this.#samples = [];
    this.#last = now;
    const newest = this.#samples.at(-1);
    if (newest !== undefined && at - newest.at < SAMPLE_MICROS) return;
    this.#samples.push(now);
    if (this.#samples.length > MAX_SAMPLES) this.#samples.shift();
  }

  /** 0 to 1; null where loss can't be counted, and before there is enough to judge by. */
  share(): number | null {
    const [oldest] = this.#samples;
    const last = this.#last;
    if (oldest === undefined || last === undefined || last.at - oldest.at < MIN_MICROS) return null;
    const lost = last.lost - oldest.lost;
    const all = last.frames - oldest.frames + lost;
    return all === 0 ? null : lost / all;
  }
}
