/** One direction of a TCP connection, rejoined in order within fixed bounds. RFC 9293, 3.4. */
import { giveBack, take } from "./buffer-pool.ts";
import { HeldSegments } from "./held-segments.ts";

/**
 * Bytes that may wait: unread ones and held ones together. Unread bytes may exceed it by one segment.
 * Beyond it further bytes are lost, which the reader hears of as a gap.
 */
export const MAX_STREAM_BYTES = 65_536;
/** Pieces held behind a hole. One more, and the hole is given up. */
export const MAX_HELD_SEGMENTS = 32;
/** More of a single segment is not kept: no IP datagram without a jumbo option is longer. */
const MAX_SEGMENT_BYTES = 65_535;
/** A step that int32 comparison of sequence numbers can still tell from a step back. */
const MAX_STEP = 1 << 30;
/** Segments this far behind everything heard, so many in a row, are a new connection whose SYN was missed. */
const STALE_DISTANCE = 1 << 24;
const MAX_STALE_SEGMENTS = 3;

const FIRST_BUFFER_BYTES = 2048;
const EMPTY = Buffer.alloc(0);

const FIN = 0x01;
const SYN = 0x02;
const RST = 0x04;

/**
 * Use: `push` a segment, then `available` and `consume` or `skip` as long as there is something to read,
 * then `release`, because the segment's memory belongs to the capture. A segment that is read whole is
 * never copied.
 */
export class Stream {
  /** Holes given up: bytes that the reader will never see. */
  gaps = 0;
  /** What comes next does not join what was read before. The reader sets it back to false. */
  resynchronised = false;
  /** Nothing more will come: FIN reached, or RST. A SYN opens it again. */
  closed = false;

  readonly #maxBytes: number;
  readonly #held: HeldSegments;
  #started = false;
  /** Sequence number after the last byte made available (or skipped). */
  #next = 0;
  /** End of the furthest segment heard. */
  #highest = 0;
  #stale = 0;
  /** Bytes still to be skipped once `#next` is reached. */
  #toSkip = 0;
  /** Bytes up to here will never come: the capture cut them off, or there was no room. */
  #lostUntil = 0;
  #hasLost = false;
  #finAt = 0;
  #hasFin = false;

  /** Unread bytes: in the segment's own memory until `release`, then in memory of ours. */
  #view: Buffer = EMPTY;
  #start = 0;
  #end = 0;
  #own = false;

  constructor(maxBytes: number = MAX_STREAM_BYTES) {
    this.#maxBytes = maxBytes;
    this.#held = new HeldSegments(MAX_HELD_SEGMENTS);
  }

  /**
   * Takes a segment: its sequence number, where its captured bytes are, and how many there were on the
   * wire. The first one may come from the middle. Returns how many new bytes can be read.
   */
  push(sequence: number, bytes: Buffer, at: number, length: number, wireLength: number, flags = 0): number {
    let first = sequence | 0;
    if ((flags & SYN) !== 0) {
      first = (first + 1) | 0;
      this.#open(first);
    }
    if (!this.#started) this.#begin(first);
    if ((flags & RST) !== 0) {
      this.#close();
      return 0;
    }
    if ((flags & FIN) !== 0 && !this.#hasFin) {
      this.#hasFin = true;
      this.#finAt = (first + wireLength) | 0;
    }
    // Bytes beyond the end that FIN or RST gave: a new connection whose SYN was missed.
    if (this.closed && ((first + wireLength - this.#next) | 0) > 0) this.#restart(first);
    const before = this.unread;
    const gapsBefore = this.gaps;
    if (wireLength > 0) this.#segment(first, bytes, at, Math.min(length, wireLength, MAX_SEGMENT_BYTES), wireLength);
    if (this.#hasFin && ((this.#finAt - this.#next) | 0) <= 0) this.#close();
    return this.gaps === gapsBefore ? this.unread - before : this.unread;
  }

  /** Contiguous bytes not yet consumed. Valid until the next push, or release of this segment's frame. */
  available(): Buffer {
    return this.#start === this.#end ? EMPTY : this.#view.subarray(this.#start, this.#end);
  }

  /** How many bytes `available` holds. */
  get unread(): number {
    return this.#end - this.#start;
  }

  /** Bytes of memory held, for accounting. */
  get heldBytes(): number {
    return this.#held.bytes + (this.#own ? this.#view.length : 0);
  }

  consume(count: number): void {
    this.#start = Math.min(this.#start + Math.max(count, 0), this.#end);
    if (this.#start === this.#end) this.#clear();
  }

  /** Drops the next `count` bytes, those that are still to come too: they are not kept, and not missed if lost. */
  skip(count: number): void {
    const here = Math.min(Math.max(count, 0), this.unread);
    this.consume(here);
    this.#toSkip += Math.max(count, 0) - here;
    this.#applySkip();
    this.#joinHeld();
  }

  /** Ends the reading of a pushed segment: what is unread is copied, so that its frame may be filled again. */
  release(): void {
    if (this.#own || this.#start === this.#end) return;
    this.#move(this.unread);
  }

  /** Stops waiting for missing bytes and goes on with what came after them; for a flow that fell silent. */
  giveUpGap(): number {
    if (this.#held.count === 0) return 0;
    this.#jump(this.#held.firstSequence());
    this.#joinHeld();
    return this.unread;
  }

  #open(first: number): void {
    // A repeated SYN changes nothing, nor does one that a mirror delivered after the data it opens.
    const behind = (this.#next - first) | 0;
    if (this.#started && !this.closed && behind >= 0 && behind < STALE_DISTANCE) return;
    if (this.#started) this.#restart(first);
  }

  /** Another connection on the same ports. */
  #restart(first: number): void {
    if (this.unread > 0) this.gaps++;
    this.resynchronised = true;
    this.#begin(first);
  }

  #begin(first: number): void {
    this.#clear();
    this.#held.clear();
    this.#started = true;
    this.closed = false;
    this.#next = first;
    this.#highest = first;
    this.#stale = 0;
    this.#toSkip = 0;
    this.#hasLost = false;
    this.#hasFin = false;
  }

  #close(): void {
    this.closed = true;
    this.#held.clear();
  }

  #segment(sequence: number, bytes: Buffer, at: number, length: number, wireLength: number): void {
    if (this.#hasLost) this.#passLost();
    if (this.#isStale(sequence, wireLength)) return;
    const ahead = (sequence - this.#next) | 0;
    if (ahead > 0) {
      this.#hold(sequence, bytes, at, length, wireLength);
      return;
    }
    this.#take(bytes, at - ahead, length + ahead, wireLength + ahead, false);
    this.#joinHeld();
  }

  /** Takes what stands at `#next`; lengths are 0 or less for what was there before. `own`: no copy is needed. */
  #take(bytes: Buffer, at: number, length: number, wireLength: number, own: boolean): void {
    if (wireLength <= 0) return;
    const room = this.unread >= this.#maxBytes ? 0 : Math.max(length, 0);
    if (room > 0) this.#append(bytes, at, room, own);
    this.#next = (this.#next + room) | 0;
    if (wireLength > room) {
      this.#hasLost = true;
      this.#lostUntil = (this.#next + wireLength - room) | 0;
    }
    if (this.#toSkip > 0) this.#applySkip();
  }

  #hold(sequence: number, bytes: Buffer, at: number, length: number, wireLength: number): void {
    // Each turn takes at least one held segment away, so the loop ends.
    while (!this.#fits(length) || !this.#held.add(sequence, bytes, at, length, wireLength)) {
      if (this.#held.count === 0) this.#jump(sequence);
      else this.giveUpGap();
      const ahead = (sequence - this.#next) | 0;
      if (ahead > 0) continue;
      this.#take(bytes, at - ahead, length + ahead, wireLength + ahead, false);
      this.#joinHeld();
      return;
    }
  }

  #fits(length: number): boolean {
    return this.unread + this.#held.bytes + length <= this.#maxBytes;
  }

  #joinHeld(): void {
    while (this.#held.count > 0) {
      if (this.#hasLost && ((this.#lostUntil - this.#next) | 0) > 0) return;
      const ahead = (this.#held.firstSequence() - this.#next) | 0;
      if (ahead > 0) return;
      const segment = this.#held.shift();
      this.#take(segment.bytes, -ahead, segment.bytes.length + ahead, segment.wireLength + ahead, true);
    }
  }

  /** Bytes that will never come: unless the reader skipped them, that is a gap. */
  #passLost(): void {
    this.#hasLost = false;
    if (((this.#lostUntil - this.#next) | 0) <= 0) return;
    this.#jump(this.#lostUntil);
    this.#joinHeld();
  }

  /** Goes on at `sequence` and forgets the beginning of a message that will never be whole. */
  #jump(sequence: number): void {
    this.gaps++;
    this.resynchronised = true;
    this.#clear();
    this.#toSkip = 0;
    this.#hasLost = false;
    this.#next = sequence;
  }

  #applySkip(): void {
    if (this.#toSkip === 0) return;
    if (this.unread > 0) {
      const here = Math.min(this.#toSkip, this.unread);
      this.#toSkip -= here;
      this.consume(here);
    }
    if (this.#toSkip === 0) return;
    // Never so far ahead of the sender that comparing sequence numbers would fail: the rest goes later.
    const aheadOfSender = Math.max((this.#next - this.#highest) | 0, 0);
    const step = Math.min(this.#toSkip, MAX_STEP - aheadOfSender);
    this.#toSkip -= step;
    this.#next = (this.#next + step) | 0;
  }

  #isStale(sequence: number, wireLength: number): boolean {
    const end = (sequence + wireLength) | 0;
    const behind = (this.#highest - end) | 0;
    if (behind < STALE_DISTANCE) {
      this.#stale = 0;
      if (behind < 0) this.#highest = end;
      return false;
    }
    if (++this.#stale < MAX_STALE_SEGMENTS) return true;
    this.#restart(sequence);
    return false;
  }

  /** Copies the unread bytes to memory of our own with room for `needed`. */
  #move(needed: number): void {
    let size = FIRST_BUFFER_BYTES;
    while (size < needed) size *= 2;
    const unread = this.unread;
    const larger = take(size);
    copyBytes(this.#view, this.#start, this.#end, larger, 0);
    if (this.#own) giveBack(this.#view);
    this.#view = larger;
    this.#start = 0;
    this.#end = unread;
    this.#own = true;
  }

  /** What was handed out stays as it is until the next push: nothing is written into memory given back before. */
  #clear(): void {
    if (this.#own) giveBack(this.#view);
    this.#view = EMPTY;
    this.#start = 0;
    this.#end = 0;
    this.#own = false;
  }

  /** Joins bytes to the unread ones: a view where there are none, else a copy. */
  #append(bytes: Buffer, at: number, length: number, own: boolean): void {
    const unread = this.unread;
    if (unread === 0) {
      this.#view = bytes;
      this.#start = at;
      this.#end = at + length;
      this.#own = own;
      return;
    }
    if (!this.#own || unread + length > this.#view.length) this.#move(unread + length);
    else if (this.#end + length > this.#view.length) {
      this.#view.copyWithin(0, this.#start, this.#end);
      this.#start = 0;
      this.#end = unread;
    }
    copyBytes(bytes, at, at + length, this.#view, this.#end);
    this.#end += length;
  }
}

/** Short stretches are copied here: a call into the engine costs more than they do. */
const MAX_COPIED_HERE = 64;

function copyBytes(from: Buffer, start: number, end: number, to: Buffer, at: number): void {
  if (end - start > MAX_COPIED_HERE) from.copy(to, at, start, end);
  else for (let i = start; i < end; i++) to[at + i - start] = from[i]!;
}
