/** What the store's worker thread and its owner say to each other; copied between threads as structured clones. */
import type { Store } from "./store.ts";

/** The calls that cross; a message naming anything else is answered with an error. */
export const STORE_CALLS = [
  "howFarIsLedger",
  "whatDoRowsChange",
  "rememberSummary",
  "rememberFeedItem",
  "whichTaps",
  "whichDevices",
  "whichFindings",
  "whatHappenedLast",
  "whichFindingsMatch",
  "howDoFindingsGroup",
  "whatIsKnownOfDevice",
  "whatIsKnownOfFinding",
  "whichDevicesAreAffected",
  "whichAdvisoriesMatch",
  "keepWork",
  "whichWorkWaits",
  "whatShallTapDo",
  "keepAnswer",
  "withdrawWork",
  "whatDidTapSend",
  "close",
] as const satisfies readonly (keyof Store)[];

export interface WorkerData {
  folder: string;
  knowledgeFolder: string | null;
}
export interface StoreRequest {
  id: number;
  call: keyof Store;
  parameters: unknown[];
}
export interface StoreProblem {
  /** A StoreErrorCode, or "failed" for what the engine or the disk threw. */
  code: string;
  message: string;
}
/** The first reply, with id 0, says whether the database opened. */
export type StoreReply = { id: number; value: unknown } | { id: number; problem: StoreProblem };
