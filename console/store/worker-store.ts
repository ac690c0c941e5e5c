/** The store as the console uses it: each call goes to the worker thread and comes back as a promise. */
import { Worker } from "node:worker_threads";
import { type Store, StoreError, type StoreErrorCode } from "./store.ts";
import type { StoreReply, StoreRequest, WorkerData } from "./worker-messages.ts";

export interface StoreOptions {
  /** Made when missing, readable by its owner alone. */
  folder: string;
  /** Where imported advisories lie; absent: only those that come with the program are known. */
  knowledgeFolder?: string | null;
  /** The worker's entry; only tests, which run from source, give another. */
  worker?: URL;
  /** The thread died by itself: nothing can be kept any more. */
  onFailure?: (error: Error) => void;
}

interface Waiting {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

const OPENED = 0;
const DEFAULT_WORKER = new URL("./worker.js", import.meta.url);

/** Rejects with StoreError `failed` and a plain sentence when the folder can't be opened. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { folder, knowledgeFolder = null, worker: entry = DEFAULT_WORKER, onFailure } = options;
  const worker = new Worker(entry, { workerData: { folder, knowledgeFolder } satisfies WorkerData });
  const waiting = new Map<number, Waiting>();
  let lastId = OPENED;
  let closing: Promise<void> | undefined;
  let dead: StoreError | undefined;

  const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  worker.on("message", (reply: StoreReply) => {
    const waiter = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (!waiter) return;
    if ("problem" in reply) waiter.reject(new StoreError(reply.problem.code as StoreErrorCode, reply.problem.message));
    else waiter.resolve(reply.value);
  });
  const die = (error: StoreError) => {
    const first = dead === undefined;
    dead ??= error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
    if (first && !closing) onFailure?.(error);
  };
  worker.on("error", (error: Error) => die(new StoreError("failed", error.message)));
  worker.on("exit", () => die(new StoreError("closed", "The store is closed.")));

  const reply = (id: number) => new Promise<unknown>((resolve, reject) => waiting.set(id, { resolve, reject }));
  async function ask(call: keyof Store, parameters: unknown[]): Promise<unknown> {
    if (dead ?? closing) throw dead ?? new StoreError("closed", "The store is closed.");
    const id = ++lastId;
    const answer = reply(id);
    worker.postMessage({ id, call, parameters } satisfies StoreRequest);
    return answer;
  }
  const call =
    <Name extends keyof Store>(name: Name) =>
    (...parameters: Parameters<Store[Name]>) =>
      ask(name, parameters) as ReturnType<Store[Name]>;

  async function close(): Promise<void> {
    const asked = ask("close", []);
    closing = asked.then(
      () => ended,
      () => ended,
    );
    await closing;
  }

  try {
    await reply(OPENED);
  } catch (error) {
    closing = ended;
    await worker.terminate();
    throw error;
  }
  return {
    howFarIsLedger: call("howFarIsLedger"),
    whatDoRowsChange: call("whatDoRowsChange"),
    rememberSummary: call("rememberSummary"),
    rememberFeedItem: call("rememberFeedItem"),
    whichTaps: call("whichTaps"),
    whichDevices: call("whichDevices"),
    whichFindings: call("whichFindings"),
    whatHappenedLast: call("whatHappenedLast"),
    whichFindingsMatch: call("whichFindingsMatch"),
    howDoFindingsGroup: call("howDoFindingsGroup"),
    whatIsKnownOfDevice: call("whatIsKnownOfDevice"),
    whatIsKnownOfFinding: call("whatIsKnownOfFinding"),
    whichDevicesAreAffected: call("whichDevicesAreAffected"),
    whichAdvisoriesMatch: call("whichAdvisoriesMatch"),
    keepWork: call("keepWork"),
    whichWorkWaits: call("whichWorkWaits"),
    whatShallTapDo: call("whatShallTapDo"),
    keepAnswer: call("keepAnswer"),
    withdrawWork: call("withdrawWork"),
    whatDidTapSend: call("whatDidTapSend"),
    close: () => (closing ??= close()),
  };
}
