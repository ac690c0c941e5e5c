/**
 * How many others each host tries to reach in five minutes: one port at many addresses, many ports of one address, and
 * ARP. Asked only when a flow begins or ARP is heard, and bounded in every direction.
 */
import type { Moment } from "./moment.ts";

const WINDOW_MICROS = 5 * 60 * 1_000_000;
/** Hosts whose attempts are counted at one time; the next one begins when a window ends. */
const MAX_SOURCES = 1024;
/** Ports (or targets) told apart per host, and targets (or ports) per each of those. */
const MAX_KEYS = 64;
const MAX_VALUES = 1024;
/** Fewer attempts are not worth telling. */
export const MIN_TOLD = 10;

/** The port that stands for ARP. */
export const ARP = 0;

export interface FanOutCount {
  host: number;
  what: "hosts" | "ports";
  port: number;
  tried: number;
  answered: number;
  firstAt: number;
  lastAt: number;
}

interface Tries {
  tried: Set<number>;
  answered: Set<number>;
}

interface Source {
  from: number;
  lastAt: number;
  changed: boolean;
  /** port → addresses, and address → ports. */
  byPort: Map<number, Tries>;
  byTarget: Map<number, Tries>;
}

export class FanOutWatch {
  readonly #sources = new Map<number, Source>();

  /** `target` is the lowest address word. */
  attempt(host: number, target: number, port: number, moment: Moment): void {
    const source = this.#sourceOf(host, moment);
    if (source === undefined) return;
    source.lastAt = moment.at;
    source.changed = true;
    triesOf(source.byPort, port)?.tried.add(target);
    if (port !== ARP) triesOf(source.byTarget, target)?.tried.add(port);
  }

  /** The target answered. */
  answer(host: number, target: number, port: number): void {
    const source = this.#sources.get(host);
    if (source === undefined) return;
    const byPort = source.byPort.get(port);
    if (byPort?.tried.has(target)) {
      byPort.answered.add(target);
      source.changed = true;
    }
    const byTarget = source.byTarget.get(target);
    if (byTarget?.tried.has(port)) byTarget.answered.add(port);
  }

  /** Tells what changed and is above the floor; forgets hosts whose window is over. */
  drain(now: number, each: (count: FanOutCount) => void): void {
    for (const [host, source] of this.#sources) {
      if (source.changed) {
        source.changed = false;
        const { from, lastAt } = source;
        for (const [port, tries] of source.byPort) tell("hosts", port, tries);
        let widest: Tries | undefined;
        for (const tries of source.byTarget.values()) if (tries.tried.size > (widest?.tried.size ?? 0)) widest = tries;
        if (widest !== undefined) tell("ports", 0, widest);
        function tell(what: "hosts" | "ports", port: number, { tried, answered }: Tries) {
          if (tried.size < MIN_TOLD) return;
          each({ host, what, port, tried: tried.size, answered: answered.size, firstAt: from, lastAt });
        }
      }
      if (now - source.from > WINDOW_MICROS) this.#sources.delete(host);
    }
  }

  /** Host indexes changed. */
  clear(): void {
    this.#sources.clear();
  }

  #sourceOf(host: number, { at }: Moment): Source | undefined {
    if (host < 0) return undefined;
    const known = this.#sources.get(host);
    if (known !== undefined && at - known.from <= WINDOW_MICROS && at >= known.from) return known;
    if (known === undefined && this.#sources.size >= MAX_SOURCES) return undefined;
    const source = { from: at, lastAt: at, changed: true, byPort: new Map(), byTarget: new Map() };
    this.#sources.set(host, source);
    return source;
  }
}

function triesOf(map: Map<number, Tries>, key: number): Tries | undefined {
  let tries = map.get(key);
  if (tries === undefined) {
    if (map.size >= MAX_KEYS) return undefined;
    tries = { tried: new Set(), answered: new Set() };
    map.set(key, tries);
  }
  return tries.tried.size >= MAX_VALUES ? undefined : tries;
}
