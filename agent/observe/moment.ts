/** A frame's time and place, handed through calls whole: a bare number would be boxed at each of them. */
export interface Moment {
  /** Integer microseconds. */
  readonly at: number;
  /** Place of the frame among those of its window (see Watch), from 1: what order things were told in. */
  readonly ordinal: number;
}
