/** Plain words for what the contracts name in code: criticality, severity, certainty, states, feed kinds. */

interface Tag {
  words: string;
  /** A colour of nhsuk-tag. */
  colour: string;
}
const tag = (words: string, colour: string): Tag => ({ words, colour });

/** Looks a value up; one that isn't there is shown as given, in grey. */
const look = (table: ReadonlyMap<string, Tag>, value: string): Tag => table.get(value) ?? tag(value, "grey");

const CRITICALITY = new Map([
  ["life-sustaining", tag("Life-sustaining", "red")],
  ["treatment", tag("Treatment", "orange")],
  ["diagnostic", tag("Diagnostic", "aqua-green")],
  ["support", tag("Support", "grey")],
]);
export const criticalityTag = (criticality: string): Tag => look(CRITICALITY, criticality);

const SEVERITY = new Map([
  ["critical", tag("Critical", "red")],
  ["high", tag("High", "orange")],
  ["medium", tag("Medium", "yellow")],
  ["low", tag("Low", "blue")],
  ["info", tag("Information", "white")],
]);
export const severityTag = (severity: string): Tag => look(SEVERITY, severity);

const CERTAINTY: ReadonlyMap<string, string> = new Map([
  ["confirmed", "Confirmed: seen on the wire"],
  ["likely", "Likely: the device is certain, its version is not"],
  ["possible", "Possible: known by its maker or software only"],
]);
const CERTAINTY_TAG = new Map([
  ["confirmed", tag("Confirmed", "red")],
  ["likely", tag("Likely", "orange")],
  ["possible", tag("Possible", "yellow")],
]);
export const certaintyTag = (certainty: string): Tag => look(CERTAINTY_TAG, certainty);
export const certaintyWords = (certainty: string): string => CERTAINTY.get(certainty) ?? certainty;

const FINDING_STATE: ReadonlyMap<string, string> = new Map([
  ["open", "Open"],
  ["acknowledged", "Acknowledged"],
  ["accepted", "Risk accepted"],
  ["resolved", "Resolved"],
  ["false-alarm", "False alarm"],
]);
export const STATES: readonly string[] = [...FINDING_STATE.keys()];
export const findingStateWords = (state: string): string => FINDING_STATE.get(state) ?? state;

const FEED_KIND = new Map([
  ["device-new", tag("New device", "green")],
  ["device-changed", tag("Device", "blue")],
  ["device-gone", tag("Device gone", "grey")],
  ["finding-new", tag("Finding", "orange")],
  ["finding-changed", tag("Finding", "yellow")],
  ["tap-connected", tag("Tap", "aqua-green")],
  ["tap-gone", tag("Tap gone", "red")],
]);
export const feedTag = (kind: string): Tag => look(FEED_KIND, kind);

/** "1 device", "5,000 devices". */
export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number.toLocaleString("en-GB")} ${number === 1 ? one : many}`;

/** What a person may do with a finding, as a choice and as what was asked. */
const ACTION: ReadonlyMap<string, string> = new Map([
  ["acknowledge", "Acknowledge"],
  ["accept", "Accept the risk"],
  ["resolve", "Resolve"],
  ["false-alarm", "Mark as a false alarm"],
  ["reopen", "Reopen"],
]);
export const actionWords = (action: string): string => ACTION.get(action) ?? action;

const STEP: ReadonlyMap<string, string> = new Map([
  ["acknowledged", "Acknowledged"],
  ["accepted", "Risk accepted"],
  ["resolved", "Resolved"],
  ["false-alarm", "Marked as a false alarm"],
  ["reopened", "Reopened"],
  ["review-due", "Review due: open again"],
  ["widened", "There is more to it than was known: open again"],
  ["seen-again", "Seen again: open again"],
  ["ended", "Not seen any more: resolved"],
  ["merged", "Joined with the finding of a device that is the same"],
]);
/** One step of a finding's history; one that a newer tap tells is shown as given. */
export const stepWords = (what: string): string => STEP.get(what) ?? findingStateWords(what);

const VERDICT = new Map([
  ["confirmed", tag("Affected", "red")],
  ["likely", tag("Likely affected", "orange")],
  ["possible", tag("Possibly affected", "yellow")],
  ["not-affected", tag("Not affected", "green")],
]);
export const verdictTag = (verdict: string): Tag => look(VERDICT, verdict);

const VERDICT_MEANS: ReadonlyMap<string, string> = new Map([
  ["confirmed", "its version was seen and is one of those named"],
  ["likely", "the product is certain, its version isn’t"],
  ["possible", "known by its maker or software only"],
  ["not-affected", "its version was seen and is none of those named"],
]);
export const verdictMeans = (verdict: string): string => VERDICT_MEANS.get(verdict) ?? "";
