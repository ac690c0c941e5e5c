/** Capture records from bytes as they arrive, pcap or pcapng: files, standard input and capture programs alike. */
import { ByteQueue } from "./byte-queue.ts";
import { describeBytes } from "./not-a-capture.ts";
import { isPcapMagic, PCAP_HEADER_BYTES, PcapFormat } from "./pcap.ts";
import { PcapngFormat, SECTION_HEADER } from "./pcapng.ts";
import { BROKEN, FRAME, type RecordFormat } from "./record-format.ts";
import { CaptureError, type Frame } from "./source.ts";

/** A section header's type, length and byte order. */
const SECTION_START_BYTES = 12;

/**
 * Put bytes in (`push`, or straight into `queue`), take frames out until `next` gives false, and so on; after the last
 * byte call `finish`. A frame's bytes are valid until bytes are put in again.
 */
export class RecordReader {
  readonly queue: ByteQueue;
  /** Frames handed out. */
  frames = 0;
  /** What is wrong with record `frames + 1`, when reading can't go on; else "". */
  problem = "";
  #format: RecordFormat | undefined;

  constructor(queue = new ByteQueue()) {
    this.queue = queue;
  }

  get interfaces(): readonly string[] {
    return this.#format?.interfaces ?? [];
  }

  /** Frames the file itself says were lost; null when it doesn't say. */
  get framesLost(): number | null {
    return this.#format?.framesLost ?? null;
  }

  /** True once enough of the input is there to know that it is a capture; throws CaptureError when it is none. */
  recognise(): boolean {
    this.#format ??= this.#recognise();
    return this.#format !== undefined;
  }

  push(chunk: Uint8Array): void {
    this.queue.push(chunk);
  }

  /**
   * Fills everything of `frame` but `file`. False: put more bytes in, or `problem` says why that won't help.
   * Throws CaptureError when the input is no capture.
   */
  next(frame: Frame): boolean {
    if (this.#format === undefined && !this.recognise()) return false;
    const format = this.#format;
    if (format === undefined || this.problem !== "") return false;
    const step = format.read(this.queue, frame);
    if (step === FRAME) {
      frame.number = ++this.frames;
      return true;
    }
    if (step === BROKEN) this.problem = `broken at record ${this.frames + 1}: ${format.problem}`;
    return false;
  }

  /** After the last byte: what was wrong, "" for nothing. Throws CaptureError when it never was a capture. */
  finish(): string {
    const { queue } = this;
    if (this.#format === undefined) {
      if (queue.end === queue.start) throw new CaptureError("it is empty");
      this.#refuse(queue.end - queue.start >= 4 && this.#startsLikeCapture());
    }
    if (this.problem === "" && (queue.skipping || queue.end > queue.start)) {
      this.problem = `cut off in record ${this.frames + 1}`;
    }
    return this.problem;
  }

  #recognise(): RecordFormat | undefined {
    const { queue } = this;
    const held = queue.end - queue.start;
    if (held < 4) return undefined;
    if (!this.#startsLikeCapture()) this.#refuse(false);
    const littleEndian = isPcapMagic(queue.view.getUint32(queue.start, true));
    const isPcap = littleEndian || isPcapMagic(queue.view.getUint32(queue.start, false));
    if (held < (isPcap ? PCAP_HEADER_BYTES : SECTION_START_BYTES)) return undefined;
    const format = isPcap ? new PcapFormat(queue, littleEndian) : new PcapngFormat();
    if (format.problem !== "") throw new CaptureError(`it can't be read: ${format.problem}`);
    return format;
  }

  #startsLikeCapture(): boolean {
    const { view, start } = this.queue;
    const magic = view.getUint32(start, true);
    return magic === SECTION_HEADER || isPcapMagic(magic) || isPcapMagic(view.getUint32(start, false));
  }

  #refuse(cut: boolean): never {
    const { buffer, start, end } = this.queue;
    if (cut) throw new CaptureError("it is cut off inside the file header of a capture");
    throw new CaptureError(`it is not a capture (pcap or pcapng) but ${describeBytes(buffer.subarray(start, end))}`);
  }
}
