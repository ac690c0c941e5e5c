/** Plain words for the device classes of the contract, for pages, the feed and the terminal. */

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

/** A class this console doesn't know is shown as given. */
export const classWords = (deviceClass: string): string =>
  Object.hasOwn(CLASS_WORDS, deviceClass) ? (CLASS_WORDS[deviceClass] ?? deviceClass) : deviceClass;

/** The same inside a sentence: "infusion pump", but "ECG recorder". */
export function classWordsInside(deviceClass: string): string {
  const words = classWords(deviceClass);
  return /^[A-Z][a-z]/.test(words) ? words.charAt(0).toLowerCase() + words.slice(1) : words;
}
