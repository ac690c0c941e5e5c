/** Plain words for what the contracts name in code: device classes, criticality, severity, certainty, feed kinds. */

const CLASS_WORDS: Readonly<Record<string, string>> = {
  "infusion-pump": "Infusion pump",
  "syringe-pump": "Syringe pump",
  "patient-monitor": "Patient monitor",
  "central-station": "Central monitoring station",
  ventilator: "Ventilator",
  anaesthesia: "Anaesthesia machine",
  defibrillator: "Defibrillator",
  ecg: "ECG recorder",
  dialysis: "Dialysis machine",
  imaging: "Imaging (X-ray, CT, MRI)",
  ultrasound: "Ultrasound",
  "imaging-archive": "Imaging archive (PACS)",
  endoscopy: "Endoscopy",
  "lab-analyser": "Laboratory analyser",
  "point-of-care": "Point-of-care analyser",
  "surgical-robot": "Surgical robot",
  "infant-care": "Incubator or infant warmer",
  "medication-cabinet": "Medication cabinet",
  "pharmacy-robot": "Pharmacy robot",
  "nurse-call": "Nurse call",
  "pneumatic-tube": "Pneumatic tube system",
  bed: "Hospital bed",
  telemetry: "Patient telemetry",
  "medical-gateway": "Medical gateway or integration engine",
  "medical-other": "Other medical device",
  workstation: "Workstation",
  laptop: "Laptop",
  "thin-client": "Thin client",
  server: "Server",
  printer: "Printer",
  scanner: "Document scanner",
  phone: "Mobile phone",
  voip: "Desk or ward phone",
  tablet: "Tablet",
  camera: "Camera",
  av: "Screen or audio equipment",
  "badge-reader": "Badge reader or door control",
  "building-control": "Building control",
  ups: "Uninterruptible power supply",
  switch: "Network switch",
  router: "Router or firewall",
  "access-point": "Wireless access point",
  "wireless-controller": "Wireless controller",
  tap: "wardtap tap",
  "iot-other": "Other connected equipment",
  unknown: "Not known yet",
};

/** A class this page doesn't know is shown as given. */
export const classWords = (deviceClass: string): string =>
  Object.hasOwn(CLASS_WORDS, deviceClass) ? (CLASS_WORDS[deviceClass] ?? deviceClass) : deviceClass;

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

/** 0 is worst; an unknown severity sorts beside medium, so that it is neither hidden nor shouted. */
export function severityRank(severity: string): number {
  const rank = [...SEVERITY.keys()].indexOf(severity);
  return rank === -1 ? 2 : rank;
}

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
