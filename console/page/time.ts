/** Times as people say them: "5 min ago", with the exact time beside it. */

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Clocks of tap and page may differ by so much without a word. */
const CLOCK_SLACK_MS = MINUTE_MS;
/** Older than this is said as a date. */
const RELATIVE_FOR_MS = 30 * DAY_MS;

/** Milliseconds of an ISO 8601 text; undefined when it is none. */
export function instant(iso: string | null): number | undefined {
  const ms = iso === null ? Number.NaN : Date.parse(iso);
  return Number.isNaN(ms) ? undefined : ms;
}

/** How long, in the largest unit that fits: "40 s", "5 min", "3 h", "2 days". Seconds go in tens past ten. */
export function duration(ms: number): string {
  if (ms < 10 * SECOND_MS) return `${Math.max(0, Math.floor(ms / SECOND_MS))} s`;
  if (ms < MINUTE_MS) return `${Math.floor(ms / (10 * SECOND_MS)) * 10} s`;
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`;
  if (ms < DAY_MS) return `${Math.floor(ms / HOUR_MS)} h`;
  const days = Math.floor(ms / DAY_MS);
  return days === 1 ? "1 day" : `${days} days`;
}

/** `at` seen from `now`, both in milliseconds: "just now", "5 min ago", else the date. */
export function relative(at: number, now: number): string {
  const age = now - at;
  if (age < -CLOCK_SLACK_MS) return `${date(at)} (ahead of this clock)`;
  if (age < 10 * SECOND_MS) return "just now";
  return age < RELATIVE_FOR_MS ? `${duration(age)} ago` : date(at);
}

const dateFormat = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium" });
const exactFormat = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "long" });
const clockFormat = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });

const date = (at: number) => dateFormat.format(at);
/** "12 Mar 2026, 10:02:11 GMT", in the reader's time zone. */
export const exact = (at: number) => exactFormat.format(at);
/** "10:02:11", in the reader's time zone. */
export const clock = (at: number) => clockFormat.format(at);
