/** The interfaces a pcapng file declares and what it says each of them lost. draft-ietf-opsawg-pcapng, 4.2 and 4.6. */
import type { ByteQueue } from "./byte-queue.ts";
import { counter64, forEachOption, int64, interfaceName, OPTION } from "./pcapng-options.ts";
import { microseconds, type Resolution, setResolution } from "./pcapng-time.ts";
import { MAX_INTERFACES } from "./record-format.ts";

export interface PcapngInterface {
  /** Index into `names`. */
  index: number;
  linkType: number;
  snapLength: number;
  resolution: Resolution;
}

/** Where each block's options start, from the block's first byte. */
const INTERFACE_OPTIONS = 16;
const STATISTICS_OPTIONS = 20;

export class PcapngInterfaces {
  /** Of all sections. */
  readonly names: string[] = [];
  /** The current section's interfaces, in the section's own numbering. */
  section: PcapngInterface[] = [];
  /** "how many alike before, link type, name" → index, so that a later section's same interface keeps its index. */
  readonly #indexes = new Map<string, number>();
  /** How often each "link type, name" came in this section. */
  readonly #alike = new Map<string, number>();
  readonly #lost = new Map<number, number>();

  get framesLost(): number | null {
    if (this.#lost.size === 0) return null;
    let sum = 0;
    for (const lost of this.#lost.values()) sum += lost;
    return Math.min(sum, Number.MAX_SAFE_INTEGER);
  }

  startSection(): void {
    this.section = [];
    this.#alike.clear();
  }

  /** Reads an interface block; gives what is wrong with it, "" for nothing. */
  add(queue: ByteQueue, start: number, end: number, littleEndian: boolean): string {
    if (end - start < INTERFACE_OPTIONS) return "an interface block is too short";
    const { view } = queue;
    const resolution = microseconds();
    let name = "";
    forEachOption(view, start + INTERFACE_OPTIONS, end, littleEndian, (code, at, length) => {
      if (code === OPTION.interfaceName) name = interfaceName(queue, at, length);
      if (code === OPTION.interfaceTimeResolution && length >= 1) setResolution(resolution, view.getUint8(at));
      if (code === OPTION.interfaceTimeOffset && length >= 8) resolution.offsetSeconds = int64(view, at, littleEndian);
    });
    const linkType = view.getUint16(start + 8, littleEndian);
    const snapLength = view.getUint32(start + 12, littleEndian);
    const index = this.#indexOf(name, linkType);
    if (index < 0) return `it has more than ${MAX_INTERFACES} interfaces`;
    this.section.push({ index, linkType, snapLength, resolution });
    return "";
  }

  /** Reads a statistics block. Its totals are since the interface was opened, so the last block counts. */
  count(view: DataView, start: number, end: number, littleEndian: boolean): void {
    if (end - start < STATISTICS_OPTIONS) return;
    const of = this.section[view.getUint32(start + 8, littleEndian)];
    if (of === undefined) return;
    let lost: number | null = null;
    forEachOption(view, start + STATISTICS_OPTIONS, end, littleEndian, (code, at, length) => {
      if (length !== 8) return;
      if (code !== OPTION.statisticsInterfaceDrop && code !== OPTION.statisticsSystemDrop) return;
      const count = counter64(view, at, littleEndian);
      if (count !== null) lost = (lost ?? 0) + count;
    });
    if (lost !== null) this.#lost.set(of.index, lost);
  }

  /** Files glued together repeat their interfaces; within one section equal ones are still different ports. */
  #indexOf(name: string, linkType: number): number {
    const alike = `${linkType} ${name}`;
    const before = this.#alike.get(alike) ?? 0;
    this.#alike.set(alike, before + 1);
    const key = `${before} ${alike}`;
    const known = this.#indexes.get(key);
    if (known !== undefined) return known;
    if (this.names.length >= MAX_INTERFACES) return -1;
    this.#indexes.set(key, this.names.length);
    return this.names.push(name) - 1;
  }
}
