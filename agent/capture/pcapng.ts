/** pcapng files: sections of either byte order, interfaces, frames of three block kinds. draft-ietf-opsawg-pcapng. */
import type { ByteQueue } from "./byte-queue.ts";
import { type PcapngInterface, PcapngInterfaces } from "./pcapng-interfaces.ts";
import { toMicroseconds } from "./pcapng-time.ts";
import { BROKEN, FRAME, MAX_FRAME_BYTES, MAX_OPTION_BYTES, MORE, type RecordFormat } from "./record-format.ts";
import type { Frame } from "./source.ts";

export const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE = 1;
const OBSOLETE_PACKET = 2;
const SIMPLE_PACKET = 3;
const STATISTICS = 5;
const ENHANCED_PACKET = 6;

const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
/** Type, length, and the length again at the end. */
const SMALLEST_BLOCK = 12;
/** Both packet blocks with a time: 20 bytes between the block's own header and the frame. */
const PACKET_HEADER = 28;
const SIMPLE_HEADER = 12;

export class PcapngFormat implements RecordFormat {
  problem = "";
  readonly #ports = new PcapngInterfaces();
  #littleEndian = true;
  #lastAt = 0;

  get interfaces(): readonly string[] {
    return this.#ports.names;
  }

  get framesLost(): number | null {
    return this.#ports.framesLost;
  }

  read(queue: ByteQueue, frame: Frame): number {
    for (;;) {
      if (this.problem !== "") return BROKEN;
      if (queue.skipping || queue.end - queue.start < SMALLEST_BLOCK) return MORE;
      const { view, start } = queue;
      let type = view.getUint32(start, this.#littleEndian);
      if (type === SECTION_HEADER && !this.#readByteOrder(view, start)) return BROKEN;
      type = view.getUint32(start, this.#littleEndian);
      const blockLength = view.getUint32(start + 4, this.#littleEndian);
      if (blockLength < SMALLEST_BLOCK || (blockLength & 3) !== 0) {
        return this.#broken(`a block claims a length of ${blockLength} bytes`);
      }
      switch (type) {
        case ENHANCED_PACKET:
        case OBSOLETE_PACKET:
          return this.#packet(queue, blockLength, frame, type === OBSOLETE_PACKET);
        case SIMPLE_PACKET:
          return this.#simplePacket(queue, blockLength, frame);
        case SECTION_HEADER:
          if (queue.end - start < 16) return MORE;
          if (view.getUint16(start + 12, this.#littleEndian) !== 1)
            return this.#broken("its pcapng version is not known");
          this.#ports.startSection();
          break;
        case INTERFACE:
        case STATISTICS: {
          const looked = Math.min(blockLength, MAX_OPTION_BYTES);
          if (queue.end - start < looked) return MORE;
          const end = start + Math.min(looked, blockLength - 4);
          if (type === STATISTICS) this.#ports.count(view, start, end, this.#littleEndian);
          else this.problem = this.#ports.add(queue, start, end, this.#littleEndian);
          break;
        }
      }
      queue.skip(blockLength);
    }
  }

  #readByteOrder(view: DataView, start: number): boolean {
    if (view.getUint32(start + 8, true) === BYTE_ORDER_MAGIC) this.#littleEndian = true;
    else if (view.getUint32(start + 8, false) === BYTE_ORDER_MAGIC) this.#littleEndian = false;
    else this.problem = "a section has no byte order";
    return this.problem === "";
  }

  #packet(queue: ByteQueue, blockLength: number, frame: Frame, obsolete: boolean): number {
    if (blockLength < PACKET_HEADER + 4) return this.#broken(`a packet block of ${blockLength} bytes is too short`);
    if (queue.end - queue.start < PACKET_HEADER) return MORE;
    const { view, start } = queue;
    const littleEndian = this.#littleEndian;
    const number = obsolete ? view.getUint16(start + 8, littleEndian) : view.getUint32(start + 8, littleEndian);
    const from = this.#ports.section[number];
    if (from === undefined) return this.#broken(`it names interface ${number}, which the section does not have`);
    const length = view.getUint32(start + 20, littleEndian);
    if (length > MAX_FRAME_BYTES || PACKET_HEADER + length + 4 > blockLength) {
      return this.#broken(`it claims a frame of ${length} bytes in a block of ${blockLength}`);
    }
    if (queue.end - start < PACKET_HEADER + length) return MORE;
    const wireLength = view.getUint32(start + 24, littleEndian);
    frame.at = toMicroseconds(
      view.getUint32(start + 12, littleEndian),
      view.getUint32(start + 16, littleEndian),
      from.resolution,
    );
    this.#lastAt = frame.at;
    return this.#fill(queue, blockLength, frame, from, PACKET_HEADER, length, wireLength);
  }

  /** No time and no captured length: the frame is as long as wire and snapshot length allow, at the last time known. */
  #simplePacket(queue: ByteQueue, blockLength: number, frame: Frame): number {
    if (blockLength < SIMPLE_HEADER + 4) return this.#broken(`a packet block of ${blockLength} bytes is too short`);
    if (queue.end - queue.start < SIMPLE_HEADER) return MORE;
    const from = this.#ports.section[0];
    if (from === undefined) return this.#broken("its section has no interface");
    const wireLength = queue.view.getUint32(queue.start + 8, this.#littleEndian);
    const room = blockLength - SIMPLE_HEADER - 4;
    const length = Math.min(wireLength, room, from.snapLength === 0 ? room : from.snapLength);
    if (length > MAX_FRAME_BYTES) return this.#broken(`it claims a frame of ${length} bytes`);
    if (queue.end - queue.start < SIMPLE_HEADER + length) return MORE;
    frame.at = this.#lastAt;
    return this.#fill(queue, blockLength, frame, from, SIMPLE_HEADER, length, wireLength);
  }

  #fill(
    queue: ByteQueue,
    blockLength: number,
    frame: Frame,
    from: PcapngInterface,
    headerBytes: number,
    length: number,
    wireLength: number,
  ): number {
    frame.bytes = queue.buffer;
    frame.offset = queue.start + headerBytes;
    frame.length = length;
    frame.wireLength = Math.max(wireLength, length);
    frame.linkType = from.linkType;
    frame.interface = from.index;
    // Options follow the frame; nobody needs them, so they are skipped unseen, however long they claim to be.
    queue.skip(blockLength);
    return FRAME;
  }

  #broken(problem: string): number {
    this.problem = problem;
    return BROKEN;
  }
}
