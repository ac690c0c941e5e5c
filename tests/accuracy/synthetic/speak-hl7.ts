/** HL7 v2 as devices and gateways send it: over MLLP, with patients that must never be told. HL7 v2.6; IHE PCD TF-2 (PCD-01). */
import type { Random } from "./random.ts";
import type { Host, Wire } from "./wire.ts";

/** In every patient field: nothing that wardtap says may hold these. */
export const PATIENT_MARKS = ["SYNTHPATIENT", "SYNTHGIVEN", "SYNTHNUMBER"] as const;

const PATIENT = "PID|1||SYNTHNUMBER^^^WARD^MR||SYNTHPATIENT^SYNTHGIVEN||19510203|F";
const frame = (segments: readonly string[]) => Buffer.from(`\x0b${segments.join("\r")}\r\x1c\r`, "latin1");
const time = "20260302080000+0000";

export interface Equipment {
  /** EUI-64 as 16 hex digits. */
  eui64: string;
  /** Names and codes of 11073-10101, as "69985^MDC_DEV_PUMP_INFUS_MDS^MDC". */
  device: string;
  /** The parts (VMD) it reports, likewise. */
  part: string;
  vendor: string;
}

const acknowledgement = (id: number) =>
  frame([`MSH|^~\\&|EPR|HOSPITAL|||${time}||ACK^R01^ACK|A${id}|P|2.6`, `MSA|AA|M${id}`]);

/** One PCD-01 message of one piece of equipment; `sender` is MSH-3. */
export function pcd01(wire: Wire, from: Host, to: Host, sender: string, equipment: Equipment, random: Random): void {
  const id = random.int(100_000);
  const identity = `${equipment.eui64}^${equipment.vendor}^${equipment.eui64}^EUI-64`;
  const segments = [
    `MSH|^~\\&|${sender}|WARD|EPR|HOSPITAL|${time}||ORU^R01^ORU_R01|M${id}|P|2.6|||NE|AL||UNICODE UTF-8|||IHE_PCD_001^IHE PCD^1.3.6.1.4.1.19376.1.6.1.1.1^ISO`,
    PATIENT,
    "PV1|1|I|WARD7^ROOM1^BED2",
    `OBR|1|M${id}^DEV|M${id}^DEV|${equipment.device}|||${time}`,
    `OBX|1||${equipment.device}|1.0.0.0|||||||X|||${time}||||${identity}`,
    `OBX|2||${equipment.part}|1.1.0.0|||||||X`,
    `OBX|3|NM|157784^MDC_FLOW_FLUID_PUMP^MDC|1.1.1.1|${random.int(200)}|265266^MDC_DIM_MILLI_L_PER_HR^MDC|||||R|||${time}`,
  ];
  wire.tcp(from, to, 2575, [
    ["client", frame(segments)],
    ["server", acknowledgement(id)],
  ]);
}

/** An unsolicited result whose PRT names the device with its UDI, type and serial number. HL7 v2.8.2, 7.4.4. */
export function withUdi(wire: Wire, from: Host, to: Host, type: string, serial: string, random: Random): void {
  const id = random.int(100_000);
  const prt = [
    "PRT",
    "",
    "UC",
    "",
    "EQUIP",
    "",
    "",
    "",
    "",
    "",
    `${serial}^WARD`,
    "",
    "",
    "",
    "",
    "",
    `0${random.digits(13)}`,
    "",
    "",
    "",
    serial,
    "",
    `^${type}`,
  ];
  const segments = [
    `MSH|^~\\&|DEVICE|WARD|EPR|HOSPITAL|${time}||ORU^R01^ORU_R01|M${id}|P|2.8.2`,
    PATIENT,
    prt.join("|"),
    "OBX|1|NM|8867-4^Heart rate^LN||71|/min|||||F",
  ];
  wire.tcp(from, to, 6000 + random.int(900), [
    ["client", frame(segments)],
    ["server", acknowledgement(id)],
  ]);
}

/** A result from an analyser or a meter that names itself as sending application and facility. */
export function result(wire: Wire, from: Host, to: Host, application: string, facility: string, random: Random): void {
  const id = random.int(100_000);
  const segments = [
    `MSH|^~\\&|${application}|${facility}|LIS|HOSPITAL|${time}||ORU^R01^ORU_R01|M${id}|P|2.5.1`,
    PATIENT,
    "OBR|1|||GLU",
    "OBX|1|NM|2345-7^Glucose^LN||5.4|mmol/L|||||F",
  ];
  wire.tcp(from, to, 2575, [
    ["client", frame(segments)],
    ["server", acknowledgement(id)],
  ]);
}

/** An admission that a hospital system sends to a gateway. */
export function admission(wire: Wire, from: Host, to: Host, port: number, random: Random): void {
  const id = random.int(100_000);
  const segments = [
    `MSH|^~\\&|EPR|HOSPITAL|GATEWAY|WARD|${time}||ADT^A01^ADT_A01|M${id}|P|2.5.1`,
    PATIENT,
    "PV1|1|I|WARD7^ROOM1^BED2",
  ];
  wire.tcp(from, to, port, [
    ["client", frame(segments)],
    ["server", acknowledgement(id)],
  ]);
}
