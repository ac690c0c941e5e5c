/** Large capture files on several cores: each thread follows its share of the flows, and what they tell is joined here. */
import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";
import type { CaptureFiles, Progress } from "./capture/pcap-file.ts";
import { CaptureError, type SourceEnd } from "./capture/source.ts";
import { SHARES } from "./observe/share.ts";
import type { WatchTotals } from "./observe/watch.ts";
import { type Batch, readBatch } from "./replay-share-batch.ts";
import type { ShareJoin } from "./replay-share-join.ts";
import { CONTROL, type ShareData, type ShareEnd, type ShareMessage } from "./replay-share-messages.ts";

/** Each thread warms up on its own, so that two are done earlier only with files that take long. */
const MIN_SHARED_BYTES = 3 * 2 ** 29;
/** Each thread opens them all: more are read by one thread, so that descriptors suffice. */
const MAX_SHARED_FILES = 64;
/** Of one thread's memory; one that needs more ends with an error, which is told. */
const LIMITS = { maxOldGenerationSizeMb: 1024, maxYoungGenerationSizeMb: 16 };

const DEFAULT_WORKER = new URL("./replay-share-worker.js", import.meta.url);
const CHANGED = "the files changed while they were read";

/** What was heard of a capture, beside its observations. */
export interface Heard {
  end: SourceEnd;
  /** Microseconds; infinite when there was no frame. */
  firstAt: number;
  lastAt: number;
  totals: WatchTotals;
  interfaces: readonly string[];
}

/** By input alone, so that the same files are read the same way on every machine. */
export const isWorthSharing = (source: CaptureFiles): boolean =>
  source.isPlain && source.fileCount <= MAX_SHARED_FILES && (source.progress().bytesTotal ?? 0) >= MIN_SHARED_BYTES;

export interface SharesOptions {
  /** Size of all files together. */
  bytesTotal: number | null;
  /** The threads' entry; only tests, which run from source, give another. */
  worker?: URL;
}

/** Starts its threads at once; call `hear` once, and `end` whatever happens, for they keep the process alive. */
export class ReplayShares {
  readonly #control = new Int32Array(new SharedArrayBuffer(CONTROL.length * 4));
  readonly #bytesRead = new Float64Array(new SharedArrayBuffer(SHARES * 8));
  readonly #bytesTotal: number | null;
  readonly #workers: Worker[] = [];
  /** Windows told and not yet joined, and the last words, of each share. */
  readonly #waiting: Batch[][] = [];
  readonly #ends: (ShareEnd | undefined)[] = [];
  readonly #done: Promise<void>;
  #join: ShareJoin | undefined;

  constructor(paths: readonly string[], { bytesTotal, worker = DEFAULT_WORKER }: SharesOptions) {
    this.#bytesTotal = bytesTotal;
    compileLess();
    const told: Promise<void>[] = [];
    for (let share = 0; share < SHARES; share++) {
      const data: ShareData = { paths, share, control: this.#control, bytesRead: this.#bytesRead };
      const thread = new Worker(worker, { workerData: data, resourceLimits: LIMITS });
      this.#workers.push(thread);
      this.#waiting.push([]);
      this.#ends.push(undefined);
      told.push(endOf(thread, (message) => this.#take(share, message)));
    }
    this.#done = Promise.all(told).then(() => undefined);
    // Whoever hears is told; until then it must not count as unheard.
    this.#done.catch(() => undefined);
  }

  /** Of the share that is behind. */
  progress(): Progress {
    return { bytesRead: Math.min(...this.#bytesRead), bytesTotal: this.#bytesTotal };
  }

  /** Stops the reading soon; safe to call twice. */
  close(): void {
    Atomics.store(this.#control, CONTROL.stop, 1);
    Atomics.notify(this.#control, CONTROL.joined);
  }

  /**
   * Reads to the end. Rejects with CaptureError when a file can't be used any more, and with what broke a thread.
   */
  async hear(join: ShareJoin): Promise<Heard> {
    this.#join = join;
    this.#joinWindows();
    await this.#done;
    return heardBy(this.#ends.filter((end) => end !== undefined));
  }

  /** Ends the threads, wherever they are. */
  async end(): Promise<void> {
    this.close();
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #take(share: number, message: ShareMessage): void {
    if (message.kind === "refused") throw new CaptureError(message.message);
    this.#waiting[share]!.push(message.batch);
    if (message.kind === "end") this.#ends[share] = message;
    this.#joinWindows();
  }

  #joinWindows(): void {
    const join = this.#join;
    if (join === undefined) return;
    const waiting = this.#waiting;
    // A share that has ended has nothing more to tell: the others' windows don't wait for it.
    while (
      waiting.some((batches) => batches.length > 0) &&
      waiting.every((batches, share) => batches.length > 0 || this.#ends[share] !== undefined)
    ) {
      for (const batches of waiting) {
        const batch = batches.shift();
        if (batch !== undefined) readBatch(batch, (said, order, more) => join.take(said, order, more));
      }
      join.endWindow();
      Atomics.add(this.#control, CONTROL.joined, 1);
      Atomics.notify(this.#control, CONTROL.joined);
    }
  }
}

/**
 * Each thread compiles its own copy of the code, beside the threads that read: with Node 20 that takes as long as a
 * third of the reading. Compiling only what runs four times as often as usual costs less than it gains.
 */
function compileLess(): void {
  if (process.versions.v8.startsWith("11.")) setFlagsFromString("--interrupt-budget=300000");
}

/** Resolves when the thread has told its end; rejects when it broke or `take` threw. */
const endOf = (worker: Worker, take: (message: ShareMessage) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    worker.once("error", reject);
    worker.once("exit", (code) => reject(new Error(`a thread that read the capture ended with ${code}`)));
    worker.on("message", (message: ShareMessage) => {
      try {
        take(message);
        if (message.kind === "end") resolve();
      } catch (error) {
        reject(error);
      }
    });
  });

function heardBy(ends: readonly ShareEnd[]): Heard {
  const first = ends[0]!;
  const isWhole = ends.every((each) => each.framesRead === first.framesRead);
  const end: SourceEnd =
    isWhole || ends.some(({ end }) => end.reason === "closed") ? first.end : { reason: "truncated", message: CHANGED };
  return {
    end,
    firstAt: first.firstAt,
    lastAt: first.lastAt,
    interfaces: first.interfaces,
    totals: ends.map((each) => each.totals).reduce(sumOf),
  };
}

const sumOf = (a: WatchTotals, b: WatchTotals): WatchTotals => ({
  frames: a.frames + b.frames,
  bytes: a.bytes + b.bytes,
  duplicates: a.duplicates + b.duplicates,
  droppedNames: a.droppedNames + b.droppedNames,
  malformed: countsOf(a.malformed, b.malformed),
  unknown: countsOf(a.unknown, b.unknown),
  // All shares hear all access points.
  hiddenAccessPoints: a.hiddenAccessPoints,
  overflow: {
    hosts: a.overflow.hosts + b.overflow.hosts,
    evidence: a.overflow.evidence + b.overflow.evidence,
    flows: a.overflow.flows + b.overflow.flows,
  },
});

function countsOf(a: Record<string, number>, b: Record<string, number>): Record<string, number> {
  const sums = { ...a };
  for (const [key, count] of Object.entries(b)) sums[key] = (sums[key] ?? 0) + count;
  return sums;
}
