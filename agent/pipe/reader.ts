/** The agent's end of the one-way pipe: lines to checked observations. */
import { spawnSync } from "node:child_process";
import { closeSync, constants, fstatSync, mkdirSync, openSync } from "node:fs";
import { Socket } from "node:net";
import { dirname } from "node:path";
import type { Observation } from "../observe/observation.ts";
import { observationSchema } from "./schema.ts";

/** A longer line is no observation: it is dropped whole and counted. */
const MAX_LINE = 65_536;

export interface PipeReader {
  /** Lines that were no observation. */
  readonly badLines: number;
  close(): void;
}

/** Makes the FIFO when it is missing. Throws a plain sentence when the path can't be used. */
export function openPipe(path: string, onObservation: (observation: Observation) => void): PipeReader {
  makeFifo(path);
  // Read and write: with a writer of its own the pipe never ends when the sniffer restarts.
  const descriptor = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  if (!fstatSync(descriptor).isFIFO()) {
    closeSync(descriptor);
    throw new Error(`${path} is there but is no pipe. Move it away and start again.`);
  }
  const socket = new Socket({ fd: descriptor, readable: true, writable: false });
  const lines = new LineSplitter((line) => {
    const observation = readLine(line);
    if (observation === undefined) lines.bad++;
    else onObservation(observation);
  });
  socket.on("data", (chunk: Buffer) => lines.push(chunk));
  socket.on("error", () => socket.destroy());
  return {
    get badLines() {
      return lines.bad;
    },
    close: () => socket.destroy(),
  };
}

/** Splits bytes into lines; exported for its tests. */
export class LineSplitter {
  bad = 0;
  readonly #onLine: (line: string) => void;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #skipping = false;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(10, start); end >= 0; end = chunk.indexOf(10, start)) {
      this.#take(chunk.subarray(start, end));
      this.#finish();
      start = end + 1;
    }
    this.#take(chunk.subarray(start));
  }

  #take(part: Buffer): void {
    if (part.length === 0 || this.#skipping) return;
    this.#waiting.push(part);
    this.#waitingBytes += part.length;
    if (this.#waitingBytes <= MAX_LINE) return;
    this.#skipping = true;
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  #finish(): void {
    if (this.#skipping) this.bad++;
    else if (this.#waitingBytes > 0) this.#onLine(Buffer.concat(this.#waiting).toString("utf8"));
    this.#skipping = false;
    this.#waiting = [];
    this.#waitingBytes = 0;
  }
}

/** undefined for anything that is not exactly an observation. */
export function readLine(line: string): Observation | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const checked = observationSchema.safeParse(value);
  return checked.success ? checked.data : undefined;
}

/** Node can't make a FIFO; coreutils can, on every system that has one. */
export function makeFifo(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  } catch (error) {
    throw new Error(`The pipe ${path} can't be made: ${(error as Error).message}`);
  }
  const made = spawnSync("mkfifo", ["-m", "0620", path], { encoding: "utf8" });
  if (made.error !== undefined) throw new Error(`The pipe ${path} can't be made: ${made.error.message}`);
  if (made.status !== 0 && !/exists/i.test(made.stderr))
    throw new Error(`The pipe ${path} can't be made: ${made.stderr.trim()}`);
}
