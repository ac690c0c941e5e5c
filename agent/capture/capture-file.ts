/** One capture file among those that are merged: its input, its records, and its place among the interfaces. */
import type { Readable } from "node:stream";
import { type ByteInput, openInput, StreamInput } from "./byte-input.ts";
import { ByteQueue } from "./byte-queue.ts";
import { GzipInput, isGzip } from "./gzip.ts";
import { RecordReader } from "./records.ts";
import { CaptureError, type Frame } from "./source.ts";

export class CaptureFile {
  readonly path: string;
  input: ByteInput;
  /** Why the file could not be read to its end, else "". */
  problem = "";
  readonly #index: number;
  #reader: RecordReader;
  /** Where this file's interfaces stand in the list shared by all files. */
  readonly #places: number[] = [];
  readonly #interfaces: string[];
  #closing: Promise<void> | undefined;

  private constructor(path: string, index: number, interfaces: string[], input: ByteInput) {
    this.path = path === "-" ? "standard input" : path;
    this.input = input;
    this.#index = index;
    this.#interfaces = interfaces;
    this.#reader = new RecordReader();
  }

  static async open(path: string, index: number, interfaces: string[], stdin: Readable): Promise<CaptureFile> {
    let file: CaptureFile | undefined;
    try {
      if (path === "-" && (stdin as Readable & { isTTY?: boolean }).isTTY)
        throw new CaptureError("it is a terminal, not a capture");
      file = new CaptureFile(path, index, interfaces, path === "-" ? new StreamInput(stdin) : await openInput(path));
      await file.#readStart();
      return file;
    } catch (error) {
      await file?.close();
      if (!(error instanceof CaptureError)) throw error;
      throw new CaptureError(`${path === "-" ? "standard input" : path}: ${error.message}`);
    }
  }

  get framesLost(): number | null {
    return this.#reader.framesLost;
  }

  /** Fills `frame` from what has been read. */
  next(frame: Frame): boolean {
    if (!this.#reader.next(frame)) return false;
    frame.file = this.#index;
    frame.interface = this.#places[frame.interface] ?? this.#place(frame.interface);
    return true;
  }

  /** Reads on; false at the end, with `problem` set when the file broke. */
  async more(): Promise<boolean> {
    if (this.#reader.problem === "") {
      try {
        if (await this.input.fill(this.#reader.queue)) return true;
      } catch (error) {
        // A disk that fails half-way: what was read counts, as for a file that is cut.
        if (!(error instanceof CaptureError)) throw error;
        this.problem = `cut off in record ${this.#reader.frames + 1}: ${error.message}`;
      }
    }
    this.#place(0);
    const cut = this.#reader.finish();
    const packed = this.input.problem === "" ? "" : this.input.problem;
    this.problem ||= [cut || (packed && `cut off after record ${this.#reader.frames}`), packed]
      .filter(Boolean)
      .join(": ");
    await this.#release();
    return false;
  }

  /** Ends a wait for bytes; `close` must still be awaited. */
  interrupt(): void {
    void this.close();
  }

  close(): Promise<void> {
    this.#closing ??= this.input.close();
    return this.#closing;
  }

  /** Enough bytes to know the format; unpacks gzip. */
  async #readStart(): Promise<void> {
    const { queue } = this.#reader;
    while (queue.end - queue.start < 2) if (!(await this.input.fill(queue))) break;
    if (isGzip(queue)) {
      this.input = new GzipInput(this.input, queue);
      this.#reader = new RecordReader(new ByteQueue());
    }
    try {
      while (!this.#reader.recognise()) {
        if (await this.input.fill(this.#reader.queue)) continue;
        this.#reader.finish();
      }
    } catch (error) {
      if (!(error instanceof CaptureError) || !(this.input instanceof GzipInput)) throw error;
      throw new CaptureError(`${this.input.problem || "it is gzip data"}, and unpacked ${error.message}`);
    }
    if (this.#reader.interfaces.length > 0) this.#place(0);
  }

  /** Interfaces get their place when first seen, so that a file may declare more while others are being read. */
  #place(own: number): number {
    for (let next = this.#places.length; next < this.#reader.interfaces.length; next++) {
      this.#places.push(this.#interfaces.push(this.#reader.interfaces[next] ?? "") - 1);
    }
    return this.#places[own] ?? 0;
  }

  /** A file read to its end gives its memory and its descriptor back while others go on. */
  async #release(): Promise<void> {
    this.#reader.queue.release();
    await this.close();
  }
}
