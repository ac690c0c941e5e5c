/** The classic capture file: both byte orders, micro- and nanoseconds. https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap */
import type { ByteQueue } from "./byte-queue.ts";
import { BROKEN, FRAME, MAX_FRAME_BYTES, MORE, type RecordFormat } from "./record-format.ts";
import type { Frame } from "./source.ts";

export const PCAP_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
/** Alexey Kuznetsov's variant puts interface index, protocol and packet type behind the usual record header. */
const MODIFIED_RECORD_HEADER_BYTES = 24;
/** Up to version 2.3 some writers had the two lengths the other way round. */
const LAST_SWAPPED_MINOR = 3;

const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;
const MODIFIED = 0xa1b2cd34;

export const isPcapMagic = (magic: number): boolean =>
  magic === MICROSECONDS || magic === NANOSECONDS || magic === MODIFIED;

export class PcapFormat implements RecordFormat {
  problem = "";
  readonly interfaces: readonly string[] = [""];
  readonly framesLost = null;
  readonly #littleEndian: boolean;
  readonly #nanoseconds: boolean;
  readonly #headerBytes: number;
  readonly #maySwapLengths: boolean;
  readonly #linkType: number;

  /** Consumes the file header; the caller has checked the magic and that PCAP_HEADER_BYTES are there. */
  constructor(queue: ByteQueue, littleEndian: boolean) {
    const { view, start } = queue;
    const magic = view.getUint32(start, littleEndian);
    const major = view.getUint16(start + 4, littleEndian);
    const minor = view.getUint16(start + 6, littleEndian);
    this.#littleEndian = littleEndian;
    this.#nanoseconds = magic === NANOSECONDS;
    this.#headerBytes = magic === MODIFIED ? MODIFIED_RECORD_HEADER_BYTES : RECORD_HEADER_BYTES;
    this.#maySwapLengths = minor <= LAST_SWAPPED_MINOR;
    // The upper half of the field says how many check bytes frames end with; decoding cuts padding anyway.
    this.#linkType = view.getUint32(start + 20, littleEndian) & 0xffff;
    if (major !== 2) this.problem = `pcap version ${major}.${minor} is not known`;
    // The snapshot length of the header is not believed: files exist whose frames are longer.
    queue.skip(PCAP_HEADER_BYTES);
  }

  read(queue: ByteQueue, frame: Frame): number {
    if (this.problem !== "") return BROKEN;
    const held = queue.end - queue.start;
    const headerBytes = this.#headerBytes;
    if (held < headerBytes) return MORE;
    const { view, start } = queue;
    const littleEndian = this.#littleEndian;
    let length = view.getUint32(start + 8, littleEndian);
    let wireLength = view.getUint32(start + 12, littleEndian);
    if (length > wireLength && this.#maySwapLengths) {
      const swapped = length;
      length = wireLength;
      wireLength = swapped;
    }
    if (length > MAX_FRAME_BYTES) {
      this.problem = `it claims ${length} bytes, more than the ${MAX_FRAME_BYTES} a frame may have`;
      return BROKEN;
    }
    if (held < headerBytes + length) return MORE;
    const fraction = view.getUint32(start + 4, littleEndian);
    frame.bytes = queue.buffer;
    frame.offset = start + headerBytes;
    frame.length = length;
    frame.wireLength = Math.max(wireLength, length);
    frame.at =
      view.getUint32(start, littleEndian) * 1_000_000 + (this.#nanoseconds ? Math.floor(fraction / 1000) : fraction);
    frame.linkType = this.#linkType;
    frame.interface = 0;
    queue.start = start + headerBytes + length;
    return FRAME;
  }
}
