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
export const certaintyWords = (certainty: string): string => CERTAINTY.get(certainty) ?? certainty;

const FINDING_STATE: ReadonlyMap<string, string> = new Map([
  ["open", "Open"],
  ["acknowledged", "Being worked on"],
  ["accepted", "Risk accepted"],
  ["resolved", "Resolved"],
  ["false-alarm", "False alarm"],
]);
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
