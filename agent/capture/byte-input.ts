/** Bytes of a capture file, of standard input, or of either unpacked, put into a queue chunk by chunk. */
import { readSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
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
  /** The bytes of a regular file as they lie there. */
  readonly isPlain: boolean;
  close(): Promise<void>;
}

/** What a file is read with at a time. */
const FILE_CHUNK_BYTES = 1 << 18;
const READS_BETWEEN_PAUSES = 4;

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

/**
 * Reads straight into the queue, in this thread: a chunk that fits the processor's cache is still there when its
 * frames are read, which costs less than handing chunks over from another thread. Disks are read ahead by the system.
 */
class FileInput implements ByteInput {
  bytesRead = 0;
  readonly bytesTotal: number;
  readonly problem = "";
  readonly isPlain = true;
  readonly #handle: FileHandle;
  #sincePause = 0;
  #closed = false;

  constructor(handle: FileHandle, bytesTotal: number) {
    this.#handle = handle;
    this.bytesTotal = bytesTotal;
  }

  async fill(queue: ByteQueue): Promise<boolean> {
    // Signals and timers get their turn too.
    if (++this.#sincePause >= READS_BETWEEN_PAUSES) {
      this.#sincePause = 0;
      await setImmediate();
    }
    if (this.#closed) return false;
    // The first chunk is what the queue was made with; a file that needs a second gets whole ones.
    const wanted = this.bytesRead === 0 ? queue.buffer.length - queue.end : FILE_CHUNK_BYTES;
    queue.makeRoom(wanted);
    try {
      const bytes = readSync(this.#handle.fd, queue.buffer, queue.end, wanted, null);
      queue.filled(bytes);
      this.bytesRead += bytes;
      return bytes > 0;
    } catch (error) {
      throw unreadable(error);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#handle.close();
  }
}

/** Standard input, a pipe or anything else without a size. */
export class StreamInput implements ByteInput {
  bytesRead = 0;
  readonly bytesTotal = null;
  readonly problem = "";
  readonly isPlain = false;
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
