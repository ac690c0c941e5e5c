/** A device as the ledger, the JSON document and the console know it. See design.md's contract. */

export const MEDICAL_CLASSES = {
  "infusion-pump": "life-sustaining",
  "syringe-pump": "life-sustaining",
  "patient-monitor": "life-sustaining",
  "central-station": "life-sustaining",
  ventilator: "life-sustaining",
  anaesthesia: "life-sustaining",
  defibrillator: "life-sustaining",
  ecg: "diagnostic",
  dialysis: "life-sustaining",
  imaging: "diagnostic",
  ultrasound: "diagnostic",
  "imaging-archive": "diagnostic",
  endoscopy: "diagnostic",
  "lab-analyser": "diagnostic",
  "point-of-care": "diagnostic",
  "surgical-robot": "treatment",
  "infant-care": "life-sustaining",
  "medication-cabinet": "treatment",
  "pharmacy-robot": "treatment",
  "nurse-call": "support",
  "pneumatic-tube": "support",
  bed: "support",
  telemetry: "life-sustaining",
  "medical-gateway": "support",
  "medical-other": "support",
} as const;

export const OTHER_CLASSES = [
  "workstation",
  "laptop",
  "thin-client",
  "server",
  "printer",
  "scanner",
  "phone",
  "voip",
  "tablet",
  "camera",
  "av",
  "badge-reader",
  "building-control",
  "ups",
  "switch",
  "router",
  "access-point",
  "wireless-controller",
  "tap",
  "iot-other",
  "unknown",
] as const;

export type MedicalClass = keyof typeof MEDICAL_CLASSES;
export type DeviceClass = MedicalClass | (typeof OTHER_CLASSES)[number];
export type Criticality = "life-sustaining" | "treatment" | "diagnostic" | "support";

export const isMedical = (deviceClass: string): deviceClass is MedicalClass =>
  Object.hasOwn(MEDICAL_CLASSES, deviceClass);
export const criticalityOf = (deviceClass: string): Criticality | null =>
  isMedical(deviceClass) ? MEDICAL_CLASSES[deviceClass] : null;

/** Times are integer microseconds inside; the JSON document turns them into ISO 8601 with six decimals. */
export interface DeviceEvidence {
  attribute: string;
  value: string;
  protocol: string;
  count: number;
  firstSeenAt: number;
  lastSeenAt: number;
  firstFrame: { file: string; number: number } | null;
}

export interface DeviceService {
  transport: "tcp" | "udp";
  port: number;
  /** By content; null when only the port is known. */
  protocol: string | null;
  side: "client" | "server" | "unknown";
}

export interface DevicePeer {
  /** Another device, or null when `remote` names an outside address. */
  deviceId: string | null;
  remote: string | null;
  /** "tcp/2575" */
  service: string;
  frames: number;
  bytes: number;
}

export interface Claim {
  field: "class" | "maker" | "model" | "version" | "serial" | "os";
  value: string;
  /** Rule ids. */
  because: string[];
  /** 0 to 1, two decimals. */
  confidence: number;
}

export interface Contradiction {
  field: Claim["field"];
  values: string[];
  because: string[];
}

export interface Device {
  id: string;
  aliases: string[];
  macs: string[];
  ips: string[];
  /** VLAN ids; of stacked tags the inner one. */
  vlans: number[];
  names: string[];
  class: DeviceClass;
  medical: boolean;
  criticality: Criticality | null;
  maker: string | null;
  model: string | null;
  version: string | null;
  serial: string | null;
  os: string | null;
  confidence: number;
  roles: string[];
  randomisedMac: boolean;
  /** Device id of the gateway that speaks for it, when it has no address of its own. */
  reportedBy: string | null;
  firstSeenAt: number;
  lastSeenAt: number;
  frames: number;
  bytes: number;
  services: DeviceService[];
  peers: DevicePeer[];
  evidence: DeviceEvidence[];
  claims: Claim[];
  contradictions: Contradiction[];
}
