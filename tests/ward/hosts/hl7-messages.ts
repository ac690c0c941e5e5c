/** The HL7 v2 messages the ward's devices send: real device fields, made-up people (HL7 v2.9, chapters 3 and 7). */
import { CANARIES } from "./device.ts";

/** A segment from its fields by number; MSH-1 is the separator itself, so MSH is numbered from 2. */
export function segment(name: string, fields: Readonly<Record<number, string>>): string {
  const first = name === "MSH" ? 2 : 1;
  const last = Math.max(...Object.keys(fields).map(Number));
  const values = Array.from({ length: last - first + 1 }, (_, index) => fields[first + index] ?? "");
  return `${name}|${values.join("|")}\r`;
}

export interface Sender {
  /** MSH-3 and MSH-4. */
  readonly application: string;
  readonly facility: string;
  /** MSH-12. */
  readonly version: string;
}

const timestamp = () => new Date().toISOString().replace(/\D/g, "").slice(0, 14);
let controlId = 0;

/** MSH for a message to the ward's engine; the control id only has to differ from message to message. */
export function header(sender: Sender, type: string, profile?: string): string {
  controlId += 1;
  return segment("MSH", {
    2: "^~\\&",
    3: sender.application,
    4: sender.facility,
    5: "RIE^WARDTAP",
    6: "EXAMPLE HOSPITAL",
    7: timestamp(),
    9: type,
    10: `WT${String(controlId).padStart(6, "0")}`,
    11: "P",
    12: sender.version,
    ...(profile ? { 21: profile } : {}),
  });
}

/** PID and PV1: full of people, and none of it may ever be read. */
export const patient = () =>
  segment("PID", {
    3: `${CANARIES.patientId}^^^WARDTAP^MR~${CANARIES.nhsNumber}^^^NHS^NH`,
    5: `${CANARIES.patient}^^^^^L`,
    7: CANARIES.birthDate,
    8: "F",
    11: `${CANARIES.street}^^CANARYTOWN^^ZZ99 9ZZ`,
  }) + segment("PV1", { 2: "I", 3: "WARD7^BAY2^BED04", 7: `4711^${CANARIES.doctor}` });

export const order = (code: string) => segment("OBR", { 1: "1", 4: code, 7: timestamp() });

export interface DeviceParticipation {
  readonly udi?: string;
  readonly deviceIdentifier?: string;
  readonly lot?: string;
  readonly serial?: string;
  readonly type?: string;
}

/** PRT for equipment; PRT-5 names the nurse who set it up, as real systems do, and must never be read. */
export const equipment = (device: DeviceParticipation) =>
  segment("PRT", {
    2: "AD",
    4: "EQUIP^Equipment^HL70912",
    5: `90210^${CANARIES.nurse}`,
    ...(device.udi ? { 10: device.udi } : {}),
    ...(device.deviceIdentifier ? { 16: device.deviceIdentifier } : {}),
    ...(device.lot ? { 19: device.lot } : {}),
    ...(device.serial ? { 20: device.serial } : {}),
    ...(device.type ? { 22: device.type } : {}),
  });

/** One OBX; `instance` is OBX-18, the equipment instance. */
export const result = (number: number, type: string, code: string, value: string, instance: string) =>
  segment("OBX", { 1: String(number), 2: type, 3: code, 4: "1.0.0.0", 5: value, 11: "F", 18: instance });
