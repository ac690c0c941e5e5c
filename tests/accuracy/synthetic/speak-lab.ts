/** Analysers and meters: ASTM records (CLSI LIS01 and LIS2) and POCT1-A (CLSI POCT01-A2), patients included that must never be told. */
import type { Random } from "./random.ts";
import type { Host, Wire } from "./wire.ts";

/** LIS01-A2 6.3: STX, frame number, text, CR, ETX, checksum, CR LF. */
function frame(number: number, text: string): Buffer {
  const body = Buffer.from(`${number}${text}\r\x03`, "latin1");
  const sum = body.reduce((total, byte) => (total + byte) & 255, 0);
  return Buffer.concat([Buffer.from([2]), body, Buffer.from(`${sum.toString(16).toUpperCase().padStart(2, "0")}\r\n`)]);
}

/** An analyser sends one result; `sender` is what it puts into H-5. */
export function astm(wire: Wire, analyser: Host, host: Host, port: number, sender: string, random: Random): void {
  const records = [
    `H|\\^&|||${sender}|||||||P|LIS2-A2|20260302080000`,
    "P|1||SYNTHNUMBER||SYNTHPATIENT^SYNTHGIVEN||19510203|F",
    `O|1|S${random.digits(6)}||^^^GLU|R`,
    `R|1|^^^GLU|${random.int(20)}.${random.int(10)}|mmol/L||N||F`,
    "L|1|N",
  ];
  const talk: ["client" | "server", Buffer][] = [
    ["client", Buffer.from([5])],
    ["server", Buffer.from([6])],
  ];
  records.forEach((record, index) => {
    talk.push(["client", frame((index + 1) % 8, record)], ["server", Buffer.from([6])]);
  });
  talk.push(["client", Buffer.from([4])]);
  wire.tcp(analyser, host, port, talk);
}

export interface Meter {
  id: string;
  vendor: string;
  model: string;
  serial: string;
  version: string;
}

const header = (kind: string, id: number) =>
  `<HDR><HDR.message_type V="${kind}"/><HDR.control_id V="${id}"/><HDR.version_id V="POCT1"/></HDR>`;

/** A meter says hello, is answered, and sends one observation. */
export function poct1a(wire: Wire, meter: Host, manager: Host, port: number, said: Meter): void {
  const field = (name: string, text: string) => (text === "" ? "" : `<DEV.${name} V="${text}"/>`);
  const device =
    field("device_id", said.id) +
    field("vendor_id", said.vendor) +
    field("model_id", said.model) +
    field("serial_id", said.serial) +
    field("sw_version", said.version);
  const hello = `<?xml version="1.0" encoding="utf-8"?><HEL.R01>${header("HEL.R01", 1)}<DEV>${device}</DEV></HEL.R01>`;
  const answer = `<?xml version="1.0"?><ACK.R01>${header("ACK.R01", 1)}<ACK><ACK.type_cd V="AA"/><ACK.ack_control_id V="1"/></ACK></ACK.R01>`;
  const observation = `<?xml version="1.0"?><OBS.R01>${header("OBS.R01", 2)}<SVC><PT><PT.patient_id V="SYNTHNUMBER"/><PT.name V="SYNTHPATIENT SYNTHGIVEN"/><OBS><OBS.value V="5.4 mmol/L"/></OBS></PT><OPR><OPR.operator_id V="SYNTHGIVEN"/></OPR></SVC></OBS.R01>`;
  wire.tcp(meter, manager, port, [
    ["client", Buffer.from(hello)],
    ["server", Buffer.from(answer)],
    ["client", Buffer.from(observation)],
    ["server", Buffer.from(answer)],
  ]);
}
