/** Large capture files on several cores: each thread follows its share of the flows, and what they tell is joined here. */
import { Worker } from "node:worker_threads";
import type { CaptureFiles, Progress } from "./capture/pcap-file.ts";
import { CaptureError, type SourceEnd } from "./capture/source.ts";
import type { Observation } from "./observe/observation.ts";
import { SHARES } from "./observe/share.ts";
import type { WatchTotals } from "./observe/watch.ts";
import { type Batch, readBatch } from "./replay-share-batch.ts";
import { ShareJoin } from "./replay-share-join.ts";
import { CONTROL, type ShareData, type ShareEnd, type ShareMessage } from "./replay-share-messages.ts";

/** Less is read by one thread before another has started. */
const MIN_SHARED_BYTES = 48 << 20;
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

export class ReplayShares {
  readonly #control = new Int32Array(new SharedArrayBuffer(CONTROL.length * 4));
  readonly #bytesRead = new Float64Array(new SharedArrayBuffer(SHARES * 8));
  readonly #bytesTotal: number | null;
  readonly #paths: readonly string[];
  readonly #entry: URL;

  constructor(paths: readonly string[], { bytesTotal, worker = DEFAULT_WORKER }: SharesOptions) {
    this.#paths = paths;
    this.#bytesTotal = bytesTotal;
    this.#entry = worker;
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
   * Reads to the end. Call once. Rejects with CaptureError when a file can't be used any more, and with what broke a
   * thread.
   */
  async hear(emit: (observation: Observation) => void): Promise<Heard> {
    const workers = Array.from({ length: SHARES }, (_, share) => this.#start(share));
    const join = new ShareJoin(emit);
    const waiting: Batch[][] = workers.map(() => []);
    const ends: (ShareEnd | undefined)[] = workers.map(() => undefined);
    const joinWindows = () => {
      // A share that has ended has nothing more to tell: the others' windows don't wait for it.
      while (
        waiting.some((batches) => batches.length > 0) &&
        waiting.every((batches, share) => batches.length > 0 || ends[share] !== undefined)
      ) {
        for (const batches of waiting) {
          const batch = batches.shift();
          if (batch !== undefined) readBatch(batch, (said, order, more) => join.take(said, order, more));
        }
        join.endWindow();
        Atomics.add(this.#control, CONTROL.joined, 1);
        Atomics.notify(this.#control, CONTROL.joined);
      }
    };
    try {
      await Promise.all(
        workers.map((worker, share) =>
          ended(worker, (message) => {
            if (message.kind === "refused") throw new CaptureError(message.message);
            waiting[share]!.push(message.batch);
            if (message.kind === "end") ends[share] = message;
            joinWindows();
          }),
        ),
      );
    } finally {
      this.close();
      await Promise.all(workers.map((worker) => worker.terminate()));
    }
    return heardBy(ends.filter((end) => end !== undefined));
  }

  #start(share: number): Worker {
    const data: ShareData = { paths: this.#paths, share, control: this.#control, bytesRead: this.#bytesRead };
    return new Worker(this.#entry, { workerData: data, resourceLimits: LIMITS });
  }
}

/** Resolves when the thread has told its end; rejects when it broke or `take` threw. */
const ended = (worker: Worker, take: (message: ShareMessage) => void): Promise<void> =>
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
