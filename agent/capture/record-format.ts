/** What the readers of pcap and pcapng have in common: how a step went, and the limits of a record. */
import type { ByteQueue } from "./byte-queue.ts";
import type { Frame } from "./source.ts";

/**
 * The longest frame believed, as tcpdump's largest snapshot length. A record that claims more breaks its file: the
 * length can only be a lie, and where the next record starts is unknown.
 */
export const MAX_FRAME_BYTES = 262_144;
/** The most of a block's options that is looked at; the rest is skipped. */
export const MAX_OPTION_BYTES = 65_536;
/** Interfaces one file may declare; one more breaks the file there. */
export const MAX_INTERFACES = 4_096;
/** Longer interface names are cut. */
export const MAX_INTERFACE_NAME_BYTES = 64;

/** A frame was filled in. */
export const FRAME = 1;
/** The next record is not all there yet. */
export const MORE = 0;
/** The record is nonsense and so is whatever follows: see `problem`. */
export const BROKEN = -1;

export interface RecordFormat {
  /** Fills `frame` (all but file and number) with the next record, or says why it can't. */
  read(queue: ByteQueue, frame: Frame): number;
  /** In words, once `read` gave BROKEN. */
  readonly problem: string;
  /** Names in the order of `frame.interface`; grows while a pcapng file declares more. */
  readonly interfaces: readonly string[];
  /** Frames the file itself says its capture lost; null when it doesn't say. */
  readonly framesLost: number | null;
}
