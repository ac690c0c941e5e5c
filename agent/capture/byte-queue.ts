/** One reusable buffer between an input and a record reader: bytes come in at the end, records leave at the start. */

/** What a stream is read with at a time: large enough that reading costs little beside decoding. */
export const CHUNK_BYTES = 1 << 20;
/** What a file starts with, so that hundreds of merged files together stay small. */
const FIRST_CHUNK_BYTES = 1 << 16;

/**
 * The buffer grows only while a record does not fit: never beyond twice (one chunk + the largest record). A record
 * is read where it lies, so `buffer` and `view` are public; both change when the buffer grows.
 */
export class ByteQueue {
  buffer: Buffer;
  view: DataView;
  /** First byte not yet consumed, and the end of what was filled in. */
  start = 0;
  end = 0;
  /** Bytes that are to be thrown away and have not arrived yet. */
  #toSkip = 0;

  constructor(capacity = FIRST_CHUNK_BYTES) {
    // Not from Node's shared pool: the view must start at the memory's first byte.
    this.buffer = Buffer.from(new ArrayBuffer(capacity));
    this.view = new DataView(this.buffer.buffer);
  }

  /** True when whatever is being thrown away has not all arrived. */
  get skipping(): boolean {
    return this.#toSkip > 0;
  }

  /** Makes room for `bytes` more at `end`. What was handed out earlier is no longer valid. */
  makeRoom(bytes: number): void {
    if (this.buffer.length - this.end >= bytes) return;
    const held = this.end - this.start;
    const needed = held + bytes;
    if (needed <= this.buffer.length) {
      this.buffer.copyWithin(0, this.start, this.end);
    } else {
      let capacity = Math.max(this.buffer.length, FIRST_CHUNK_BYTES) * 2;
      while (capacity < needed) capacity *= 2;
      const grown = Buffer.from(new ArrayBuffer(capacity));
      this.buffer.copy(grown, 0, this.start, this.end);
      this.buffer = grown;
      this.view = new DataView(grown.buffer);
    }
    this.start = 0;
    this.end = held;
  }

  /** `bytes` were written at `end`. */
  filled(bytes: number): void {
    this.end += bytes;
    if (this.#toSkip === 0) return;
    const skipped = Math.min(this.#toSkip, this.end - this.start);
    this.start += skipped;
    this.#toSkip -= skipped;
  }

  push(chunk: Uint8Array): void {
    this.makeRoom(chunk.length);
    this.buffer.set(chunk, this.end);
    this.filled(chunk.length);
  }

  /** Consumes `bytes`, also ones that have yet to arrive. */
  skip(bytes: number): void {
    const held = this.end - this.start;
    if (bytes <= held) {
      this.start += bytes;
    } else {
      this.start = this.end;
      this.#toSkip += bytes - held;
    }
  }

  /** Gives the memory back; for when nothing more will come. */
  release(): void {
    this.buffer = Buffer.alloc(0);
    this.view = new DataView(new ArrayBuffer(0));
    this.start = 0;
    this.end = 0;
    this.#toSkip = 0;
  }
}
