/** How makers spell themselves in DICOM, and which names of one maker are all right. */

const SAID: Readonly<Record<string, string>> = {
  "Siemens Healthineers": "SIEMENS",
  "GE Healthcare": "GE MEDICAL SYSTEMS",
  Philips: "Philips Medical Systems",
  "Canon Medical": "TOSHIBA",
  Fujifilm: "FUJIFILM Corporation",
  Mindray: "Mindray",
  Olympus: "OLYMPUS",
  "Karl Storz": "KARL STORZ",
};

/** A brand and its owners, or one company under several names. */
const HOUSES: readonly (readonly string[])[] = [
  ["Hospira", "ICU Medical"],
  ["ICU Medical", "Hospira"],
  ["Smiths Medical", "ICU Medical"],
  ["Ivenix", "Fresenius Kabi"],
  ["Becton Dickinson", "BD", "CareFusion", "BD Rowa"],
  ["BD Rowa", "Becton Dickinson", "BD"],
  ["GE Healthcare", "GE", "GE Medical Systems", "Datex-Ohmeda", "Marquette"],
  ["Siemens Healthineers", "Siemens", "Siemens Healthcare", "Siemens Healthcare Diagnostics"],
  ["Philips", "Philips Healthcare", "Philips Medical Systems"],
  ["Canon Medical", "Toshiba", "Toshiba Medical Systems"],
  ["Fujifilm", "FUJIFILM Corporation"],
  ["SonoSite", "FUJIFILM SonoSite", "Fujifilm"],
  ["Maquet", "Getinge"],
  ["Mortara", "Baxter", "Hill-Rom", "Mortara Instrument"],
  ["Hill-Rom", "Hillrom", "Baxter"],
  ["Physio-Control", "Stryker"],
  ["Abbott Point of Care", "Abbott"],
  ["Dräger", "Draeger", "Drägerwerk", "Draeger Medical"],
  ["B. Braun", "B.Braun", "B.Braun Melsungen AG"],
  ["CMR Surgical", "Cambridge Medical Robotics"],
  ["Swisslog Healthcare", "Swisslog", "Translogic"],
  ["Roche", "Roche Diagnostics"],
  ["Hitachi Aloka", "Hitachi"],
  ["Capsa", "Capsa Healthcare"],
];

export const saidInDicom = (maker: string): string => SAID[maker] ?? maker;

export const acceptedMakers = (maker: string): string[] => [
  ...(HOUSES.find(([first]) => first === maker) ?? [maker]),
  saidInDicom(maker),
];
