/** TCP segments that came before their turn: sorted, never overlapping, bounded in number. */

export interface HeldSegment {
  sequence: number;
  /** Captured bytes, in memory of their own. */
  bytes: Buffer;
  /** Length on the wire; more than bytes.length when the capture cut the segment. */
  wireLength: number;
}

export class HeldSegments {
  /** Bytes held by all of them. */
  bytes = 0;
  readonly #segments: HeldSegment[] = [];
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  get count(): number {
    return this.#segments.length;
  }

  /** Only when count > 0. */
  firstSequence(): number {
    return this.#segments[0]!.sequence;
  }

  /** Only when count > 0. */
  shift(): HeldSegment {
    const segment = this.#segments.shift()!;
    this.bytes -= segment.bytes.length;
    return segment;
  }

  clear(): void {
    this.#segments.length = 0;
    this.bytes = 0;
  }

  /** Copies what is not held yet: the first copy of a byte wins. False when there is no place for a part of it. */
  add(sequence: number, bytes: Buffer, at: number, length: number, wireLength: number): boolean {
    const segments = this.#segments;
    let done = 0;
    let index = 0;
    while (done < wireLength) {
      const here = (sequence + done) | 0;
      while (index < segments.length && endOf(segments[index]!, here) <= 0) index++;
      const next = segments[index];
      const free = next === undefined ? wireLength - done : (next.sequence - here) | 0;
      if (next !== undefined && free <= 0) {
        done += endOf(next, here);
        continue;
      }
      if (segments.length >= this.#max) return false;
      const part = Math.min(free, wireLength - done);
      const captured = Math.min(part, Math.max(length - done, 0));
      const copy = Buffer.allocUnsafeSlow(captured);
      bytes.copy(copy, 0, at + done, at + done + captured);
      segments.splice(index, 0, { sequence: here, bytes: copy, wireLength: part });
      this.bytes += captured;
      done += part;
    }
    return true;
  }
}

/** How far a segment reaches beyond `sequence`. */
const endOf = (segment: HeldSegment, sequence: number): number =>
  (segment.sequence + segment.wireLength - sequence) | 0;
