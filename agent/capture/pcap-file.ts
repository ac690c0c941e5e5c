/** Capture files as a frame source: one or several, or standard input, merged by time and then argument order. */
import type { Readable } from "node:stream";
import { CaptureFile } from "./capture-file.ts";
import {
  CaptureError,
  emptyFrame,
  type Frame,
  type FrameHandler,
  type FrameSource,
  type SourceCounts,
  type SourceEnd,
} from "./source.ts";

/** All are open at once while they are merged; more are refused before any is opened. */
export const MAX_FILES = 512;
/** Of broken files the message names this many and counts the rest. */
const MAX_NAMED_PROBLEMS = 3;

export interface CaptureFilesOptions {
  /** What "-" stands for. Default: the process's standard input. */
  stdin?: Readable;
}

export interface Progress {
  /** Bytes taken from disk, packed where a file is packed. */
  bytesRead: number;
  /** Of all files; null when one of them is a pipe. */
  bytesTotal: number | null;
}

export interface CaptureFiles extends FrameSource {
  /** How many files they are, and whether all are regular and unpacked, so that others may read them at the same time. */
  readonly fileCount: number;
  readonly isPlain: boolean;
  progress(): Progress;
}

/**
 * Opens every file and reads its first bytes. Rejects with CaptureError, naming the file, when one is missing,
 * unreadable, empty or no capture. A capture of no frames is fine.
 */
export const openCaptureFiles = async (
  paths: readonly string[],
  options: CaptureFilesOptions = {},
): Promise<CaptureFiles> => {
  if (paths.length === 0) throw new CaptureError("no capture file was named");
  if (paths.length > MAX_FILES) {
    throw new CaptureError(
      `${paths.length} files are more than the ${MAX_FILES} that can be merged; join some with mergecap first`,
    );
  }
  if (paths.filter((path) => path === "-").length > 1) throw new CaptureError("standard input can be read only once");
  const files: CaptureFile[] = [];
  const interfaces: string[] = [];
  try {
    for (const path of paths)
      files.push(await CaptureFile.open(path, files.length, interfaces, options.stdin ?? process.stdin));
  } catch (error) {
    await Promise.all(files.map((file) => file.close()));
    throw error;
  }
  return new MergedFiles(files, interfaces);
};

class MergedFiles implements CaptureFiles {
  readonly interfaces: readonly string[];
  readonly #files: readonly CaptureFile[];
  #framesRead = 0;
  #bytesRead = 0;
  #closed = false;

  constructor(files: readonly CaptureFile[], interfaces: readonly string[]) {
    this.#files = files;
    this.interfaces = interfaces;
  }

  async run(handler: FrameHandler): Promise<SourceEnd> {
    try {
      if (this.#files.length === 1) await this.#runOne(this.#files[0]!, handler);
      else await this.#merge(handler);
    } catch (error) {
      // Waiting for bytes ends with an error when close() takes the input away.
      if (!this.#closed || !(error instanceof CaptureError)) throw error;
    } finally {
      await Promise.all(this.#files.map((file) => file.close()));
    }
    if (this.#closed) return { reason: "closed" };
    const problems = this.#files.filter((file) => file.problem !== "").map((file) => `${file.path}: ${file.problem}`);
    if (problems.length === 0) return { reason: "end" };
    const unnamed = problems.length - MAX_NAMED_PROBLEMS;
    const named = problems.slice(0, MAX_NAMED_PROBLEMS).join("; ");
    return { reason: "truncated", message: unnamed > 0 ? `${named}; and ${unnamed} more files` : named };
  }

  get fileCount(): number {
    return this.#files.length;
  }

  get isPlain(): boolean {
    return this.#files.every(({ input }) => input.isPlain);
  }

  counts(): SourceCounts {
    const lost = this.#files.map((file) => file.framesLost).filter((count) => count !== null);
    return {
      framesRead: this.#framesRead,
      bytesRead: this.#bytesRead,
      framesLost: lost.length === 0 ? null : lost.reduce((sum, count) => sum + count, 0),
    };
  }

  progress(): Progress {
    let bytesRead = 0;
    let bytesTotal: number | null = 0;
    for (const file of this.#files) {
      bytesRead += file.input.bytesRead;
      bytesTotal = bytesTotal === null || file.input.bytesTotal === null ? null : bytesTotal + file.input.bytesTotal;
    }
    return { bytesRead, bytesTotal };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const file of this.#files) file.interrupt();
  }

  async #runOne(file: CaptureFile, handler: FrameHandler): Promise<void> {
    const frame = emptyFrame();
    do {
      while (!this.#closed && file.next(frame)) this.#deliver(frame, handler);
    } while (!this.#closed && (await file.more()));
  }

  /**
   * Of all files' next frames the earliest goes first, at equal times the file named first. A file whose own times
   * run backwards is read in its own order.
   */
  async #merge(handler: FrameHandler): Promise<void> {
    const open: { file: CaptureFile; frame: Frame }[] = [];
    for (const file of this.#files) {
      const frame = emptyFrame();
      if (await advance(file, frame)) open.push({ file, frame });
    }
    while (open.length > 0 && !this.#closed) {
      const first = earliest(open, -1);
      const second = earliest(open, first);
      const { file, frame } = open[first]!;
      const limit = open[second]?.frame.at ?? Number.POSITIVE_INFINITY;
      // The same file goes on while it is the earliest: files that follow each other cost one look per change.
      do {
        this.#deliver(frame, handler);
        if (!file.next(frame) && !(await advance(file, frame))) {
          open.splice(first, 1);
          break;
        }
      } while (!this.#closed && (frame.at < limit || (frame.at === limit && first < second)));
    }
  }

  #deliver(frame: Frame, handler: FrameHandler): void {
    this.#framesRead++;
    this.#bytesRead += frame.length;
    handler(frame);
  }
}

/** False when the file has no further frame. */
const advance = async (file: CaptureFile, frame: Frame): Promise<boolean> => {
  while (!file.next(frame)) if (!(await file.more())) return false;
  return true;
};

/** Index of the earliest but `except`, -1 when there is none. */
const earliest = (open: readonly { frame: Frame }[], except: number): number => {
  let found = -1;
  for (let index = 0; index < open.length; index++) {
    if (index !== except && (found < 0 || open[index]!.frame.at < open[found]!.frame.at)) found = index;
  }
  return found;
};
