/** A time on its way through calls for each frame: a bare number would be boxed at each of them, this costs nothing. */
export interface Moment {
  /** Integer microseconds. */
  readonly at: number;
}
