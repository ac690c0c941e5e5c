/**
 * Live capture by another program, dumpcap or tcpdump, whose records we read: no native module, and only that program
 * needs the right to capture. Starting it again after it ended is the caller's business.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { DEFAULT_BUFFER_BYTES, DEFAULT_TICK_MS } from "./cap.ts";
import { checkInterface } from "./interface.ts";
import { findProgram, lastWords, PROGRAMS, type Program, programArguments } from "./program-args.ts";
import { ProgramLoss } from "./program-loss.ts";
import { MAX_FRAME_BYTES } from "./record-format.ts";
import { RecordReader } from "./records.ts";
import {
  CaptureError,
  emptyFrame,
  type FrameHandler,
  type FrameSource,
  type SourceCounts,
  type SourceEnd,
} from "./source.ts";
import { Ticker } from "./ticker.ts";

const DEFAULT_SNAP_LENGTH = 65_535;
/** What is kept of the program's messages: the newest. */
const MAX_WORDS = 4_096;
/** How long it may take to end when asked to, before it is killed. */
const END_MS = 2_000;
export interface ProgramOptions {
  interface: string;
  /** Default: the first of PROGRAMS that is installed. */
  program?: Program;
  /** Where to look for it. Default: PATH and the usual folders. */
  folders?: readonly string[];
  /** Bytes kept of each frame. Default DEFAULT_SNAP_LENGTH. */
  snapLength?: number;
  bufferBytes?: number;
  onTick?: () => void;
  tickMs?: number;
}

/** Throws CaptureError when no program is installed or the interface can't be used. `run` starts the program. */
export const openProgram = (options: ProgramOptions): ProgramSource => {
  const wanted = options.program === undefined ? PROGRAMS : [options.program];
  const program = wanted.find((name) => findProgram(name, options.folders) !== undefined);
  if (program === undefined) {
    throw new CaptureError(`${wanted.join(" or ")} is not installed (on Debian: apt install tcpdump)`);
  }
  const { snapLength = DEFAULT_SNAP_LENGTH } = options;
  if (!Number.isInteger(snapLength) || snapLength < 64 || snapLength > MAX_FRAME_BYTES) {
    throw new CaptureError(`a snapshot length is 64 to ${MAX_FRAME_BYTES} bytes, not ${snapLength}`);
  }
  checkInterface(options.interface);
  return new ProgramSource(program, findProgram(program, options.folders)!, options);
};

export class ProgramSource implements FrameSource {
  readonly interfaces: readonly string[];
  readonly program: Program;
  readonly #path: string;
  readonly #arguments: string[];
  readonly #ticker: Ticker;
  readonly #interface: string;
  readonly #reader = new RecordReader();
  readonly #frame = emptyFrame();
  /** Made when the program's first bytes tell that its capture is open. */
  #loss: ProgramLoss | undefined;
  #child: ChildProcess | undefined;
  #words = "";
  #bytesRead = 0;
  #problem = "";
  #closed = false;

  constructor(program: Program, path: string, options: ProgramOptions) {
    const { interface: name, snapLength = DEFAULT_SNAP_LENGTH, bufferBytes = DEFAULT_BUFFER_BYTES } = options;
    this.program = program;
    this.interfaces = [name];
    this.#interface = name;
    this.#path = path;
    this.#arguments = programArguments(program, { interface: name, snapLength, bufferBytes });
    this.#ticker = new Ticker(options.tickMs ?? DEFAULT_TICK_MS, () => {
      this.#loss?.ask(this.#reader.frames, this.#child);
      options.onTick?.();
    });
  }

  /** True once the program said, by its file header, that its capture is open. */
  get capturing(): boolean {
    return this.#loss !== undefined;
  }

  async run(handler: FrameHandler): Promise<SourceEnd> {
    if (this.#closed) return { reason: "closed" };
    const child = spawn(this.#path, this.#arguments, { stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    child.stdout.on("data", (chunk: Buffer) => this.#take(chunk, handler));
    child.stderr.on("data", (chunk: Buffer) => this.#hear(chunk));
    this.#ticker.start();
    const ended = await endOf(child);
    this.#ticker.stop();
    return this.#end(ended);
  }

  counts(): SourceCounts {
    return { framesRead: this.#reader.frames, bytesRead: this.#bytesRead, framesLost: this.#loss?.lost ?? null };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopProgram();
  }

  #take(chunk: Buffer, handler: FrameHandler): void {
    if (this.#closed || this.#problem !== "") return;
    const reader = this.#reader;
    const frame = this.#frame;
    reader.push(chunk);
    try {
      if (this.#loss === undefined && reader.recognise()) {
        this.#loss = new ProgramLoss(this.program, this.#interface);
      }
      const loss = this.#loss;
      while (reader.next(frame)) {
        frame.interface = 0;
        if (loss !== undefined && frame.at >= loss.markAt) loss.answer(reader.frames - 1);
        this.#bytesRead += frame.length;
        handler(frame);
        if (this.#closed) return;
      }
      this.#problem = reader.problem;
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      this.#problem = error.message;
    }
    if (this.#problem !== "") this.#stopProgram();
    const nowMs = performance.now();
    this.#loss?.heard(nowMs);
    this.#ticker.check(nowMs);
  }

  #hear(chunk: Buffer): void {
    this.#words = (this.#words + chunk.toString("utf8")).slice(-MAX_WORDS);
    this.#loss?.told(this.#words);
  }

  #stopProgram(): void {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGTERM");
    setTimeout(() => child.kill("SIGKILL"), END_MS).unref();
  }

  /** Ended before its first byte, it never captured: its words say why. Ended later, it may work again. */
  #end(ended: string): SourceEnd {
    if (this.#closed) return { reason: "closed" };
    const why = lastWords(this.#words);
    if (this.#loss === undefined) {
      throw new CaptureError(`${this.program} can't capture on ${this.#interface}: ${this.#problem || why || ended}`);
    }
    const words = [ended, this.#problem, why].filter((part) => part !== "").join(": ");
    return { reason: "lost", message: `${this.program} ${words}` };
  }
}

/** Resolves when the program is gone and everything it wrote has been read. */
const endOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    // A signal that may not be sent is an error event too; only a program without a pid has failed to start.
    child.on("error", (error) => {
      if (child.pid === undefined) resolve(`could not be started (${error.message})`);
    });
    child.once("close", (code, signal) =>
      resolve(signal === null ? `ended with code ${code}` : `was ended by ${signal}`),
    );
  });
