/** Unpacks a gzip capture on the way into the queue; one cut short gives all that was in it. RFC 1952. */
import { createGunzip } from "node:zlib";
import type { ByteInput } from "./byte-input.ts";
import type { ByteQueue } from "./byte-queue.ts";

/**
 * Packed bytes per step. What a step unpacks to is held in memory: at gzip's best ratio of about 1030 no more than
 * 33 MB, whatever the file was made to do.
 */
const MAX_STEP_BYTES = 32_768;
/** Checksum and length after the packed data. */
const TRAILER_BYTES = 8;
const UNPACKED_CHUNK_BYTES = 1 << 18;

export const isGzip = (queue: ByteQueue): boolean =>
  queue.end - queue.start >= 2 && queue.buffer[queue.start] === 0x1f && queue.buffer[queue.start + 1] === 0x8b;

export class GzipInput implements ByteInput {
  problem = "";
  readonly isPlain = false;
  readonly #packed: ByteInput;
  readonly #queue: ByteQueue;
  readonly #gunzip = createGunzip({ chunkSize: UNPACKED_CHUNK_BYTES });
  #unpacked: Buffer[] = [];
  #ended = false;
  #failed: Error | undefined;

  /** `queue` holds what was already read of `packed` and is this input's from now on. */
  constructor(packed: ByteInput, queue: ByteQueue) {
    this.#packed = packed;
    this.#queue = queue;
    // Listening keeps the stream flowing: a step's output is all here when its write is done, also when the next
    // step fails, where a reader that iterates would lose it.
    this.#gunzip.on("data", (chunk: Buffer) => this.#unpacked.push(chunk));
    this.#gunzip.on("end", () => {
      this.#ended = true;
    });
    this.#gunzip.on("error", (error) => {
      this.#failed = error;
    });
  }

  get bytesRead(): number {
    return this.#packed.bytesRead;
  }

  get bytesTotal(): number | null {
    return this.#packed.bytesTotal;
  }

  async fill(queue: ByteQueue): Promise<boolean> {
    while (this.#unpacked.length === 0) {
      if (this.#ended || this.#failed !== undefined) return false;
      await this.#step();
    }
    for (const chunk of this.#unpacked) queue.push(chunk);
    this.#unpacked = [];
    return true;
  }

  async close(): Promise<void> {
    this.#gunzip.destroy();
    await this.#packed.close();
  }

  async #step(): Promise<void> {
    const queue = this.#queue;
    if (queue.start === queue.end) {
      const more = await this.#packed.fill(queue);
      if (!more) return await this.#finish();
    }
    const held = queue.end - queue.start;
    // A step that fails gives nothing, so the checksum at a file's end must not share one with the last frames.
    const step = Math.min(held > TRAILER_BYTES ? held - TRAILER_BYTES : held, MAX_STEP_BYTES);
    // Copied: zlib keeps what it is given until it is done with it.
    const packed = Buffer.from(queue.buffer.subarray(queue.start, queue.start + step));
    queue.skip(step);
    await this.#settled((done) => this.#gunzip.write(packed, done));
    if (this.#failed !== undefined) this.#note();
  }

  async #finish(): Promise<void> {
    await this.#settled((done) => {
      this.#gunzip.once("end", done);
      this.#gunzip.end();
    });
    if (this.#failed !== undefined) this.#note();
  }

  #note(): void {
    const { code } = this.#failed as NodeJS.ErrnoException;
    this.problem = code === "Z_BUF_ERROR" ? "the gzip data is cut off" : "the gzip data is damaged";
  }

  /** Waits for an action or for the stream's failure or end, whichever comes first. */
  #settled(act: (done: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#gunzip.off("error", done).off("close", done).off("end", done);
        resolve();
      };
      if (this.#gunzip.destroyed || this.#ended || this.#failed !== undefined) return resolve();
      this.#gunzip.once("error", done).once("close", done).once("end", done);
      act(done);
    });
  }
}
