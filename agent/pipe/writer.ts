/**
 * The sniffer's end of the one-way pipe (a FIFO): JSON lines, written synchronously to a non-blocking
 * descriptor, because while frames flood in nothing asynchronous ever runs (see Capture in docs/architecture.md).
 */
import { closeSync, constants, fstatSync, openSync, writeSync } from "node:fs";
import type { Observation } from "../observe/observation.ts";
import { Backlog } from "./backlog.ts";

const LINE_END = Buffer.from("\n");
/** Lines are gathered to about this many bytes per write. */
const CHUNK_BYTES = 32_768;

export interface PipeWriterOptions {
  path: string;
  /** The agent opened the pipe (again): it may have lost what was said before. */
  onConnected: () => void;
  maxBacklog?: number;
}

export class PipeWriter {
  readonly #options: PipeWriterOptions;
  readonly #backlog: Backlog;
  #descriptor: number | undefined;
  /** Bytes of a chunk that the pipe took only in part: they must go first. */
  #rest: Buffer | undefined;
  /** Observations that were on their way when the agent went. */
  #lostOnTheWay = 0;

  constructor(options: PipeWriterOptions) {
    this.#options = options;
    this.#backlog = new Backlog(options.maxBacklog);
  }

  get isConnected(): boolean {
    return this.#descriptor !== undefined;
  }

  get observationsLost(): number {
    return this.#backlog.lost + this.#lostOnTheWay;
  }

  write(observation: Observation): void {
    this.#backlog.add(observation);
  }

  /** Sends what the pipe takes now; never waits. Call often. */
  flush(): void {
    if (this.#descriptor === undefined && !this.#connect()) return;
    if (this.#rest !== undefined && !this.#send(this.#rest)) return;
    for (;;) {
      const chunk = this.#nextChunk();
      if (chunk === undefined || !this.#send(chunk)) return;
    }
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #connect(): boolean {
    try {
      this.#descriptor = openSync(this.#options.path, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch {
      // ENXIO: nobody reads yet. ENOENT: the pipe is not made yet. Both pass.
      return false;
    }
    // A file in the pipe's place would fill the disk.
    if (!fstatSync(this.#descriptor).isFIFO()) {
      this.close();
      return false;
    }
    // Ends what a sniffer before this one may have left half said.
    this.#rest = LINE_END;
    this.#options.onConnected();
    return true;
  }

  #nextChunk(): Buffer | undefined {
    let lines = "";
    while (lines.length < CHUNK_BYTES) {
      const observation = this.#backlog.take();
      if (observation === undefined) break;
      lines += `${JSON.stringify(observation)}\n`;
    }
    return lines === "" ? undefined : Buffer.from(lines);
  }

  /** True when all of it went. */
  #send(bytes: Buffer): boolean {
    let sent = 0;
    try {
      while (sent < bytes.length) sent += writeSync(this.#descriptor!, bytes, sent);
    } catch (error) {
      this.#rest = bytes.subarray(sent);
      if ((error as NodeJS.ErrnoException).code === "EAGAIN") return false;
      // The agent is gone: a line cut in two means nothing to the next one.
      this.#lostOnTheWay += linesIn(this.#rest);
      this.#rest = undefined;
      this.close();
      return false;
    }
    this.#rest = undefined;
    return true;
  }
}

/** Only lines with something in them. */
function linesIn(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) if (at > 0) count++;
  return count;
}
