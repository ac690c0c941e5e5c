/** Options at the end of pcapng blocks: the few of an interface and its statistics that matter. draft-ietf-opsawg-pcapng. */
import type { ByteQueue } from "./byte-queue.ts";
import { MAX_INTERFACE_NAME_BYTES } from "./record-format.ts";

export const OPTION = {
  end: 0,
  interfaceName: 2,
  interfaceTimeResolution: 9,
  interfaceTimeOffset: 14,
  statisticsInterfaceDrop: 5,
  statisticsSystemDrop: 7,
} as const;

/** Calls `each` for every option that lies wholly between `at` and `end`; a lying length ends the list. */
export const forEachOption = (
  view: DataView,
  at: number,
  end: number,
  littleEndian: boolean,
  each: (code: number, at: number, length: number) => void,
): void => {
  let next = at;
  while (next + 4 <= end) {
    const code = view.getUint16(next, littleEndian);
    const length = view.getUint16(next + 2, littleEndian);
    if (code === OPTION.end || next + 4 + length > end) return;
    each(code, next + 4, length);
    next += 4 + ((length + 3) & ~3);
  }
};

/** A signed 64-bit number as near as a double comes. */
export const int64 = (view: DataView, at: number, littleEndian: boolean): number =>
  Number(view.getBigInt64(at, littleEndian));

/** An unsigned 64-bit counter; null beyond what is exact, which no counter of frames reaches. */
export const counter64 = (view: DataView, at: number, littleEndian: boolean): number | null => {
  const value = Number(view.getBigUint64(at, littleEndian));
  return value <= Number.MAX_SAFE_INTEGER ? value : null;
};

/** Cut to its limit, with control characters made visible: a file's text ends on a terminal. */
export const interfaceName = (queue: ByteQueue, at: number, length: number): string =>
  queue.buffer
    .toString("utf8", at, at + Math.min(length, MAX_INTERFACE_NAME_BYTES))
    .replace(/\0+$/, "")
    .replace(/\p{C}/gu, "\ufffd");
