/** pcapng timestamps of any resolution as integer microseconds. draft-ietf-opsawg-pcapng, if_tsresol and if_tsoffset. */

const TWO_32 = 4_294_967_296;

/** How an interface's 64-bit ticks become microseconds. Plain numbers: this runs for every frame. */
export interface Resolution {
  /** 10 or 2 */
  base: number;
  /** A tick is base ** -exponent seconds. */
  exponent: number;
  offsetSeconds: number;
}

export const microseconds = (): Resolution => ({ base: 10, exponent: 6, offsetSeconds: 0 });

/** The option's one byte: the highest bit chooses the base. */
export const setResolution = (resolution: Resolution, option: number): void => {
  resolution.base = option & 0x80 ? 2 : 10;
  resolution.exponent = option & 0x7f;
};

/** Never negative, never more than a number holds exactly, whatever the file says. */
export const toMicroseconds = (high: number, low: number, resolution: Resolution): number => {
  const { base, exponent, offsetSeconds } = resolution;
  const at =
    (base === 10 ? fromDecimal(high, low, exponent) : fromBinary(high, low, exponent)) + offsetSeconds * 1_000_000;
  if (at >= 0 && at <= Number.MAX_SAFE_INTEGER) return at;
  return at > 0 ? Number.MAX_SAFE_INTEGER : 0;
};

const fromDecimal = (high: number, low: number, exponent: number): number => {
  if (exponent <= 6) return (high * TWO_32 + low) * 10 ** (6 - exponent);
  // In two steps of at most six digits, so that no intermediate value is rounded.
  const first = divide(high, low, 10 ** Math.min(exponent - 6, 6));
  return exponent <= 12 ? first : Math.floor(first / 10 ** (exponent - 12));
};

/** floor((high * 2^32 + low) / divisor), exact while the divisor has at most 21 bits. */
const divide = (high: number, low: number, divisor: number): number => {
  const whole = Math.floor(high / divisor);
  return whole * TWO_32 + Math.floor(((high - whole * divisor) * TWO_32 + low) / divisor);
};

const fromBinary = (high: number, low: number, exponent: number): number => {
  if (exponent <= 32) {
    const seconds = high * 2 ** (32 - exponent) + Math.floor(low / 2 ** exponent);
    return seconds * 1_000_000 + Math.floor(((low % 2 ** exponent) * 1_000_000) / 2 ** exponent);
  }
  const unit = 2 ** (exponent - 32);
  const seconds = Math.floor(high / unit);
  return seconds * 1_000_000 + Math.floor(((high - seconds * unit + low / TWO_32) / unit) * 1_000_000);
};
