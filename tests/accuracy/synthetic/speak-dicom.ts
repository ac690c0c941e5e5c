/** DICOM as modalities, archives and viewers speak it: associations, storing, worklist questions, procedure steps. PS3.5, PS3.7, PS3.8. */
import type { Random } from "./random.ts";
import { type Host, u16, u32, type Wire } from "./wire.ts";

const IMPLICIT = "1.2.840.10008.1.2";
const APPLICATION = "1.2.840.10008.3.1.1.1";
export const SOP = {
  ct: "1.2.840.10008.5.1.4.1.1.2",
  mr: "1.2.840.10008.5.1.4.1.1.4",
  us: "1.2.840.10008.5.1.4.1.1.6.1",
  secondary: "1.2.840.10008.5.1.4.1.1.7",
  ecg: "1.2.840.10008.5.1.4.1.1.9.1.1",
  endoscopy: "1.2.840.10008.5.1.4.1.1.77.1.1",
  worklist: "1.2.840.10008.5.1.4.31",
  step: "1.2.840.10008.3.1.2.3.3",
} as const;

export interface Station {
  title: string;
  modality: string;
  manufacturer: string;
  model: string;
  station: string;
  serial: string;
  version: string;
  implementation: string;
}

const even = (text: string, pad = " ") => Buffer.from(text.length % 2 === 0 ? text : text + pad, "latin1");
const item = (type: number, body: Buffer) => Buffer.concat([Buffer.from([type, 0]), u16(body.length), body]);
const title = (text: string) => Buffer.from(text.padEnd(16).slice(0, 16), "latin1");
const pdu = (type: number, body: Buffer) => Buffer.concat([Buffer.from([type, 0]), u32(body.length), body]);

function association(type: 1 | 2, called: string, calling: string, sop: string, implementation: string): Buffer {
  const transfer = item(0x40, Buffer.from(IMPLICIT));
  const context =
    type === 1
      ? item(0x20, Buffer.concat([Buffer.from([1, 0, 0, 0]), item(0x30, Buffer.from(sop)), transfer]))
      : item(0x21, Buffer.concat([Buffer.from([1, 0, 0, 0]), transfer]));
  const user = item(
    0x50,
    Buffer.concat([
      item(0x51, u32(16_384)),
      item(0x52, Buffer.from(implementation)),
      item(0x55, Buffer.from("SYNTH_1")),
    ]),
  );
  return pdu(
    type,
    Buffer.concat([
      u16(1),
      u16(0),
      title(called),
      title(calling),
      Buffer.alloc(32),
      item(0x10, Buffer.from(APPLICATION)),
      context,
      user,
    ]),
  );
}

/** Implicit little endian: group, element, length, value. */
const element = (group: number, number: number, value: Buffer) => {
  const head = Buffer.alloc(8);
  head.writeUInt16LE(group, 0);
  head.writeUInt16LE(number, 2);
  head.writeUInt32LE(value.length, 4);
  return Buffer.concat([head, value]);
};
const word = (value: number) => Buffer.from([value & 255, value >>> 8]);

function command(field: number, sop: string, hasDataset: boolean): Buffer {
  const body = Buffer.concat([
    element(0, 0x0002, even(sop, "\0")),
    element(0, 0x0100, word(field)),
    element(0, 0x0110, word(1)),
    element(0, 0x0700, word(0)),
    element(0, 0x0800, word(hasDataset ? 1 : 0x0101)),
    element(0, 0x1000, even("1.2.826.0.1.3680043.9.7.1", "\0")),
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  return value(3, Buffer.concat([element(0, 0, length), body]));
}
const value = (control: number, body: Buffer) =>
  pdu(4, Buffer.concat([u32(body.length + 2), Buffer.from([1, control]), body]));
const PATIENT = Buffer.concat([
  element(0x0010, 0x0010, even("SYNTHPATIENT^SYNTHGIVEN")),
  element(0x0010, 0x0020, even("SYNTHNUMBER")),
]);

function talk(
  wire: Wire,
  from: Host,
  to: Host,
  port: number,
  called: string,
  station: Station,
  sop: string,
  field: number,
  dataset: Buffer,
): void {
  const archive = "1.2.276.0.7230010.3.0.3.6.7";
  wire.tcp(from, to, port, [
    ["client", association(1, called, station.title, sop, station.implementation)],
    ["server", association(2, called, station.title, sop, archive)],
    ["client", Buffer.concat([command(field, sop, true), value(2, dataset)])],
    ["server", command(field | 0x8000, sop, false)],
    ["client", pdu(5, Buffer.alloc(4))],
    ["server", pdu(6, Buffer.alloc(4))],
  ]);
}

/** The modality sends an object that it made. */
export function store(
  wire: Wire,
  from: Host,
  to: Host,
  port: number,
  called: string,
  station: Station,
  sop: string,
): void {
  const text = (group: number, number: number, said: string) =>
    said === "" ? [] : [element(group, number, even(said))];
  const dataset = Buffer.concat([
    element(0x0008, 0x0016, even(sop, "\0")),
    element(0x0008, 0x0060, even(station.modality)),
    ...text(0x0008, 0x0070, station.manufacturer),
    ...text(0x0008, 0x1010, station.station),
    ...text(0x0008, 0x1090, station.model),
    PATIENT,
    ...text(0x0018, 0x1000, station.serial),
    ...text(0x0018, 0x1020, station.version),
    element(0x0028, 0x0010, word(4)),
  ]);
  talk(wire, from, to, port, called, station, sop, 0x0001, dataset);
}

/** The modality asks what is planned for it. */
export function worklist(wire: Wire, from: Host, to: Host, port: number, called: string, station: Station): void {
  const step = Buffer.concat([
    element(0x0008, 0x0060, even(station.modality)),
    element(0x0040, 0x0001, even(station.title)),
    element(0x0040, 0x0002, even("20260302")),
  ]);
  const head = Buffer.from("feff00e000000000", "hex");
  head.writeUInt32LE(step.length, 4);
  const dataset = Buffer.concat([PATIENT, element(0x0040, 0x0100, Buffer.concat([head, step]))]);
  talk(wire, from, to, port, called, station, SOP.worklist, 0x0020, dataset);
}

/** The modality says that it began. */
export function performedStep(
  wire: Wire,
  from: Host,
  to: Host,
  port: number,
  called: string,
  station: Station,
  random: Random,
): void {
  const dataset = Buffer.concat([
    element(0x0008, 0x0060, even(station.modality)),
    PATIENT,
    element(0x0040, 0x0241, even(station.title)),
    element(0x0040, 0x0242, even(station.station)),
    element(0x0040, 0x0253, even(`STEP${random.digits(4)}`)),
  ]);
  talk(wire, from, to, port, called, station, SOP.step, 0x0140, dataset);
}
