/** Where frames come from: one shape for a live port, a capture program's stream, and files. */

/** Link types this product reads, with libpcap's numbers (https://www.tcpdump.org/linktypes.html). */
export const LINK_TYPE = {
  null: 0,
  ethernet: 1,
  rawOpenBsd: 12,
  rawBsd: 14,
  raw: 101,
  loop: 108,
  linuxSll: 113,
  ipv4: 228,
  ipv6: 229,
  linuxSll2: 276,
} as const;

/**
 * Bytes as captured. A source fills one Frame again and again and reuses the memory behind `bytes`:
 * who wants to keep something copies it before returning.
 */
export interface Frame {
  bytes: Buffer;
  /** Where in `bytes` the frame starts. */
  offset: number;
  /** Captured length in bytes. */
  length: number;
  /** Length on the wire in bytes; more than `length` when the capture cut the frame. */
  wireLength: number;
  /** Capture time, integer microseconds since 1970 UTC. */
  at: number;
  /** libpcap link type number. */
  linkType: number;
  /** Index into the source's `interfaces`. */
  interface: number;
  /** Index of the input file (0 for live capture). */
  file: number;
  /** 1-based number of the frame within its file. */
  number: number;
}

export const emptyFrame = (): Frame => ({
  bytes: Buffer.alloc(0),
  offset: 0,
  length: 0,
  wireLength: 0,
  at: 0,
  linkType: LINK_TYPE.ethernet,
  interface: 0,
  file: 0,
  number: 0,
});

/** Called for every frame, synchronously. It must not keep the frame nor throw for what the wire said. */
export type FrameHandler = (frame: Frame) => void;

/** What a source knows of its own losses. All counts are totals since it was opened. */
export interface SourceCounts {
  /** Frames handed to the handler. */
  framesRead: number;
  bytesRead: number;
  /** Frames the kernel or the interface had and we did not get; null when it can't be known. */
  framesLost: number | null;
}

/** Why `run` came to its end. */
export type SourceEnd =
  | { reason: "end" }
  /** The input broke inside a record; everything before it was delivered. */
  | { reason: "truncated"; message: string }
  | { reason: "closed" }
  /** The live source is gone (interface down, program ended): worth opening again. */
  | { reason: "lost"; message: string };

export interface FrameSource {
  /** Interface names; grows when a pcapng file declares more. "" where the input has no name. */
  readonly interfaces: readonly string[];
  /** Delivers frames until the input ends. Rejects only with CaptureError (input can't be used at all). */
  run(handler: FrameHandler): Promise<SourceEnd>;
  counts(): SourceCounts;
  /** Stops `run` soon; safe to call twice. */
  close(): void;
}

/** Input that cannot be used at all: missing, unreadable, or no capture. `message` says what to do. */
export class CaptureError extends Error {
  override name = "CaptureError";
}
