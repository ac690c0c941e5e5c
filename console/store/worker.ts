/** The store's thread: SQLite runs here, so that a long search stops nothing else. */
import { parentPort, workerData } from "node:worker_threads";
import { openEngine } from "./engine.ts";
import { StoreError, type SyncStore } from "./store.ts";
import {
  STORE_CALLS,
  type StoreProblem,
  type StoreReply,
  type StoreRequest,
  type WorkerData,
} from "./worker-messages.ts";

const OPENED = 0;

function problemOf(error: unknown): StoreProblem {
  if (error instanceof StoreError) return { code: error.code, message: error.message };
  return { code: "failed", message: error instanceof Error ? error.message : String(error) };
}

function answer(engine: SyncStore, { id, call, parameters }: StoreRequest): StoreReply {
  try {
    if (!STORE_CALLS.includes(call)) throw new StoreError("failed", `no such call: ${call}`);
    const run = engine[call] as (...values: unknown[]) => unknown;
    return { id, value: run(...parameters) };
  } catch (error) {
    return { id, problem: problemOf(error) };
  }
}

const port = parentPort;
if (!port) throw new Error("this is a worker's entry");
const data = workerData as WorkerData;
try {
  const engine = openEngine(data.folder, data.knowledgeFolder);
  port.on("message", (request: StoreRequest) => {
    port.postMessage(answer(engine, request));
    // Nothing more comes after close: without the port the thread ends by itself.
    if (request.call === "close") port.close();
  });
  port.postMessage({ id: OPENED, value: null } satisfies StoreReply);
} catch (error) {
  port.postMessage({ id: OPENED, problem: problemOf(error) } satisfies StoreReply);
}
