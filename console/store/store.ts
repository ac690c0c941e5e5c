/** What the console keeps and may be asked: every function is async and named for the question it answers. */
import type { WireRow } from "../../agent/uplink/messages.ts";
import type { DeviceView, FeedItem, FindingView } from "../api/shapes.ts";

/** More taps than this are refused at hello. */
export const MAX_TAPS = 2000;
/** A tap with more rows than this is refused: nothing is acknowledged that isn't kept. */
export const MAX_ROWS_PER_TAP = 4_000_000;
/** Ledgers kept of one tap; past it the oldest replaced one goes first, then the oldest never received in full. */
export const MAX_LEDGERS_PER_TAP = 3;
/** Feed items kept; past it the oldest go. */
export const MAX_FEED_ITEMS = 1000;

export interface Greeting {
  tapId: string;
  name: string;
  version: string;
  ledgerId: string;
  /** The tap's highest revision now. */
  revision: number;
  /** ISO 8601 UTC, by the console's clock. */
  at: string;
}

export interface Batch {
  tapId: string;
  ledgerId: string;
  rows: WireRow[];
  /** The batch holds every row above this; absent: above what was committed. */
  after?: number | undefined;
  upTo: number;
  at: string;
}

/** What changed in the register; empty lists when the batch said nothing new. */
export interface RegisterChanges {
  devices: DeviceView[];
  /** Register ids. */
  gone: string[];
  findings: FindingView[];
  seen: { deviceId: string; lastSeenAt: string }[];
  feed: FeedItem[];
}

export interface Applied extends RegisterChanges {
  /** Every row up to here is committed. */
  revision: number;
}

export interface KeptTap {
  tapId: string;
  name: string;
  version: string;
  lastHeardAt: string | null;
  /** The last summary kept, as it came; null before the first. */
  summary: Record<string, unknown> | null;
  /** Counted in the register. */
  devices: number;
  openFindings: number;
}

export interface Store {
  /** How far is this ledger committed? Remembers the tap and which ledger it speaks of now. */
  howFarIsLedger(greeting: Greeting): Promise<Applied>;
  /** What do these rows change? Committed when the promise resolves; repeats and any order give the same register. */
  whatDoRowsChange(batch: Batch): Promise<Applied>;
  /** Keeps the tap's last live state over a restart of the console. */
  rememberSummary(tapId: string, lastHeardAt: string, summary: Record<string, unknown>): Promise<void>;
  rememberFeedItem(item: Omit<FeedItem, "number">): Promise<FeedItem>;
  whichTaps(): Promise<KeptTap[]>;
  /** Sorted by register id. */
  whichDevices(limit: number): Promise<DeviceView[]>;
  /** Sorted by tap and finding id. */
  whichFindings(limit: number): Promise<FindingView[]>;
  /** Newest first. */
  whatHappenedLast(limit: number): Promise<FeedItem[]>;
  /** What did this tap send of this key, as it came? null when nothing or when it is gone. */
  whatDidTapSend(tapId: string, kind: string, key: string): Promise<WireRow | null>;
  close(): Promise<void>;
}

/** The same questions asked of an engine in its own thread. */
export type SyncStore = {
  [Name in keyof Store]: (...parameters: Parameters<Store[Name]>) => Awaited<ReturnType<Store[Name]>>;
};

/** unknown-ledger: rows before hello; limit: a named limit is reached; closed; failed: the disk or the engine. */
export type StoreErrorCode = "unknown-ledger" | "limit" | "closed" | "failed";

export class StoreError extends Error {
  readonly code: StoreErrorCode;
  constructor(code: StoreErrorCode, message: string) {
    super(message);
    this.name = "StoreError";
    this.code = code;
  }
}
