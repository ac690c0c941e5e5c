/** What the console keeps and may be asked: every function is async and named for the question it answers. */
import type { WireRow } from "../../agent/uplink/messages.ts";
import type { DeviceView, FeedItem, FindingView } from "../api/shapes.ts";
import type {
  AdvisoryPage,
  AffectedPage,
  DeviceDetail,
  FindingDetail,
  FindingGroup,
  FindingPage,
  WorkRequest,
  WorkView,
} from "../api/shapes-detail.ts";

/** More taps than this are refused at hello. */
export const MAX_TAPS = 2000;
/** A tap with more rows than this is refused: nothing is acknowledged that isn't kept. */
export const MAX_ROWS_PER_TAP = 4_000_000;
/** Ledgers kept of one tap; past it the oldest replaced one goes first, then the oldest never received in full. */
export const MAX_LEDGERS_PER_TAP = 3;
/** Feed items kept; past it the oldest go. */
export const MAX_FEED_ITEMS = 1000;

/** Changes to findings that wait for one tap; past it the next is refused. */
export const MAX_WORK_WAITING = 1000;
/** Answered ones kept; past it the oldest go. What they did stands in the tap's own history. */
export const MAX_WORK_KEPT = 10_000;

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

/** Which findings; what is absent filters nothing. */
export interface FindingQuery {
  state?: string | undefined;
  severity?: string | undefined;
  medical?: boolean | undefined;
  tapId?: string | undefined;
  rule?: string | undefined;
  /** The first this many are passed over. */
  from: number;
  limit: number;
}

export interface AdvisoryQuery {
  /** Words that must all be found in id, title, publisher, CVEs, makers or products; "": all. */
  search: string;
  from: number;
  limit: number;
}

export interface NewWork extends WorkRequest {
  registerId: string;
  at: string;
}

export type NewFeedItem = Omit<FeedItem, "number" | "group"> & { group?: string };

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
  rememberFeedItem(item: NewFeedItem): Promise<FeedItem>;
  whichTaps(): Promise<KeptTap[]>;
  /** Sorted by register id. */
  whichDevices(limit: number): Promise<DeviceView[]>;
  /** Sorted by tap and finding id. */
  whichFindings(limit: number): Promise<FindingView[]>;
  /** Newest first. */
  whatHappenedLast(limit: number): Promise<FeedItem[]>;
  /** A page of them, worst first, then newest. */
  whichFindingsMatch(query: FindingQuery): Promise<FindingPage>;
  /** The same findings, one group of each rule; `from` and `limit` don't count. */
  howDoFindingsGroup(query: FindingQuery): Promise<FindingGroup[]>;
  /** null when the register has no such device. */
  whatIsKnownOfDevice(registerId: string): Promise<DeviceDetail | null>;
  whatIsKnownOfFinding(registerId: string): Promise<Omit<FindingDetail, "references"> | null>;
  /** Those that concern our devices first; imported ones count as soon as they are seen in their folder. */
  whichAdvisoriesMatch(query: AdvisoryQuery): Promise<AdvisoryPage>;
  /** Which of ours does this advisory or CVE concern? null when nothing known has this id. */
  whichDevicesAreAffected(query: { what: string; from: number; limit: number }): Promise<AffectedPage | null>;
  /** Keeps what a person asks of a tap; the same id again gives what was kept. Throws unknown-finding or limit. */
  keepWork(work: NewWork): Promise<{ work: WorkView; again: boolean }>;
  /** Oldest first, of all taps. */
  whichWorkWaits(limit: number): Promise<WorkView[]>;
  /** What is this tap to do next? From now on it counts as sent. null: nothing. */
  whatShallTapDo(tapId: string, at: string): Promise<WorkView | null>;
  /** Keeps a tap's answer; null when nothing with this id waits. */
  keepAnswer(id: string, state: "done" | "refused", message: string, at: string): Promise<WorkView | null>;
  /** Takes back what was never sent; null when there is no such thing. */
  withdrawWork(id: string, at: string): Promise<WorkView | null>;
  /** What did this tap send of this key, as it came? null when nothing or when it is gone. */
  whatDidTapSend(tapId: string, kind: string, key: string): Promise<WireRow | null>;
  close(): Promise<void>;
}

/** The same questions asked of an engine in its own thread. */
export type SyncStore = {
  [Name in keyof Store]: (...parameters: Parameters<Store[Name]>) => Awaited<ReturnType<Store[Name]>>;
};

/** unknown-ledger: rows before hello; unknown-finding: the register has none such; limit: a named limit is reached; closed; failed: the disk or the engine. */
export type StoreErrorCode = "unknown-ledger" | "unknown-finding" | "limit" | "closed" | "failed";

export class StoreError extends Error {
  readonly code: StoreErrorCode;
  constructor(code: StoreErrorCode, message: string) {
    super(message);
    this.name = "StoreError";
    this.code = code;
  }
}
