/** Bytes of a capture file, of standard input, or of either unpacked, put into a queue chunk by chunk. */
import { type FileHandle, open } from "node:fs/promises";
import type { Readable } from "node:stream";
import type { ByteQueue } from "./byte-queue.ts";
import { CHUNK_BYTES } from "./byte-queue.ts";
import { CaptureError } from "./source.ts";

export interface ByteInput {
  /** Appends the next bytes; false at the end. Rejects with CaptureError when they can't be read. */
  fill(queue: ByteQueue): Promise<boolean>;
  /** Bytes taken from disk so far (packed, where the file is), and in all; null when nobody knows. */
  readonly bytesRead: number;
  readonly bytesTotal: number | null;
  /** What ended the input before its time, else "". */
  readonly problem: string;
  close(): Promise<void>;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "it may not be read (permission denied)",
  EPERM: "it may not be read (permission denied)",
  EISDIR: "it is a directory",
  EMFILE: "too many files are open",
};

/** A system error in words for the person who named the file. */
const unreadable = (error: unknown): CaptureError => {
  const { code = "", message } = error as NodeJS.ErrnoException;
  return new CaptureError(REASONS[code] ?? `it can't be read: ${message}`);
};

export const openInput = async (path: string): Promise<ByteInput> => {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, "r");
    const about = await handle.stat();
    if (about.isDirectory()) throw new CaptureError("it is a directory");
    if (about.isFile()) return new FileInput(handle, about.size);
    return new StreamInput(handle.createReadStream({ highWaterMark: CHUNK_BYTES }));
  } catch (error) {
    await handle?.close();
    throw error instanceof CaptureError ? error : unreadable(error);
  }
};

/** Reads one chunk ahead on another core, while this one goes through the frames of the chunk before. */
class FileInput implements ByteInput {
  bytesRead = 0;
  readonly bytesTotal: number;
  readonly problem = "";
  readonly #handle: FileHandle;
  #spare: Buffer | undefined;
  #ahead: Promise<number> | undefined;

  constructor(handle: FileHandle, bytesTotal: number) {
    this.#handle = handle;
    this.bytesTotal = bytesTotal;
  }

  async fill(queue: ByteQueue): Promise<boolean> {
    try {
      const bytes = await (this.#ahead === undefined ? this.#readFirst(queue) : this.#takeAhead(queue));
      this.bytesRead += bytes;
      if (bytes > 0 && this.bytesRead < this.bytesTotal) this.#readAhead();
      return bytes > 0;
    } catch (error) {
      throw unreadable(error);
    }
  }

  async close(): Promise<void> {
    await this.#ahead?.catch(() => 0);
    await this.#handle.close();
  }

  /** The first chunk is what the queue was made with; a file that needs a second gets whole ones. */
  async #readFirst(queue: ByteQueue): Promise<number> {
    const wanted = this.bytesRead === 0 ? queue.buffer.length - queue.end : CHUNK_BYTES;
    queue.makeRoom(wanted);
    const { bytesRead } = await this.#handle.read(queue.buffer, queue.end, wanted, null);
    queue.filled(bytesRead);
    return bytesRead;
  }

  #readAhead(): void {
    this.#spare ??= Buffer.allocUnsafeSlow(CHUNK_BYTES);
    this.#ahead = this.#handle.read(this.#spare, 0, CHUNK_BYTES, null).then(({ bytesRead }) => bytesRead);
    // Whoever fills next hears of a failure; until then it is nobody's.
    this.#ahead.catch(() => undefined);
  }

  async #takeAhead(queue: ByteQueue): Promise<number> {
    const bytes = await this.#ahead!;
    this.#ahead = undefined;
    if (bytes > 0) queue.push(this.#spare!.subarray(0, bytes));
    return bytes;
  }
}

/** Standard input, a pipe or anything else without a size. */
export class StreamInput implements ByteInput {
  bytesRead = 0;
  readonly bytesTotal = null;
  readonly problem = "";
  readonly #stream: Readable;
  readonly #chunks: AsyncIterator<Uint8Array>;

  constructor(stream: Readable) {
    this.#stream = stream;
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  async fill(queue: ByteQueue): Promise<boolean> {
    try {
      const { done, value } = await this.#chunks.next();
      if (done) return false;
      this.bytesRead += value.length;
      queue.push(value);
      return true;
    } catch (error) {
      // Our own close() ends a wait for bytes this way.
      if (this.#stream.destroyed && (error as NodeJS.ErrnoException).code === "ERR_STREAM_PREMATURE_CLOSE")
        return false;
      throw unreadable(error);
    }
  }

  async close(): Promise<void> {
    this.#stream.destroy();
  }
}
