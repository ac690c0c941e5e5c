/** Microseconds inside, ISO 8601 UTC with six decimals outside: the only place where one becomes the other. */

const EPOCH = "1970-01-01T00:00:00.000000Z";
const ISO_MICROS = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?Z$/;

/** The second last told and its text up to the decimals: times that are told follow each other closely. */
let lastSecond = Number.NaN;
let lastText = "";

/** "2026-05-01T12:00:00.000000Z". A time that is no number gives 1970, one past the safe integers (2255) that end. */
export function isoMicros(at: number): string {
  if (Number.isNaN(at)) return EPOCH;
  const micros = Math.trunc(Math.min(Math.max(at, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER));
  const second = Math.floor(micros / 1_000_000);
  if (second !== lastSecond) {
    lastSecond = second;
    lastText = new Date(second * 1000).toISOString().slice(0, -4);
  }
  return `${lastText}${String(micros - second * 1_000_000).padStart(6, "0")}Z`;
}

/** The way back; null for anything that `isoMicros` could not have said (fewer decimals are understood). */
export function parseIsoMicros(text: string): number | null {
  const match = ISO_MICROS.exec(text);
  if (!match) return null;
  const millis = Date.parse(`${match[1]}Z`);
  // Date.parse takes the 31st of February for a day in March: say no instead.
  if (Number.isNaN(millis) || new Date(millis).toISOString().slice(0, 19) !== match[1]) return null;
  const micros = millis * 1000 + Number((match[2] ?? "").padEnd(6, "0"));
  return Number.isSafeInteger(micros) ? micros : null;
}
