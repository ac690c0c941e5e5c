/** What the threads of a shared replay tell each other. */
import type { SourceEnd } from "./capture/source.ts";
import type { WatchTotals } from "./observe/watch.ts";
import type { Batch } from "./replay-share-batch.ts";

/** Windows that a share may be ahead of the join. */
export const MAX_AHEAD = 4;

/** Places in `control`: windows joined so far, and 1 when all are to stop. */
export const CONTROL = { joined: 0, stop: 1, length: 2 } as const;

/** What a thread is started with; both arrays are shared memory. */
export interface ShareData {
  paths: readonly string[];
  share: number;
  control: Int32Array<SharedArrayBuffer>;
  /** Bytes each share has taken from disk. */
  bytesRead: Float64Array<SharedArrayBuffer>;
}

export interface ShareEnd {
  /** The last window. */
  batch: Batch;
  end: SourceEnd;
  /** Microseconds; infinite when there was no frame. */
  firstAt: number;
  lastAt: number;
  /** Frames of all shares: each reads all of them. */
  framesRead: number;
  /** To be added up. */
  totals: WatchTotals;
  interfaces: string[];
}

export type ShareMessage =
  | { kind: "window"; batch: Batch }
  | ({ kind: "end" } & ShareEnd)
  | { kind: "refused"; message: string };
