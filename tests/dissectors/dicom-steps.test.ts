import { describe, expect, test } from "vitest";
import dicom from "../../agent/dissectors/dicom.ts";
import { SYNTAX } from "../../agent/dissectors/dicom-association.ts";
import { readCommand, readDeviceAttributes } from "../../agent/dissectors/dicom-dataset.ts";
import { flowOf } from "../../agent/dissectors/dissector.ts";
import { bytes, canary, u32 } from "./bytes.ts";
import { everything, read } from "./hostile.ts";

const le = (value: number, length: number) => {
  const out = Buffer.alloc(length);
  out.writeUIntLE(value, 0, length);
  return out;
};
const even = (text: string) => Buffer.from(text.length % 2 === 0 ? text : `${text} `);
const element = (group: number, number: number, value: Buffer | string) => {
  const body = typeof value === "string" ? even(value) : value;
  return bytes(le(group, 2), le(number, 2), le(body.length, 4), body);
};
const item = (body: Buffer, length = body.length) => bytes(le(0xfffe, 2), le(0xe000, 2), le(length, 4), body);
const PATIENT = bytes(element(0x10, 0x10, canary("name")), element(0x10, 0x20, canary("number")));
const SCHEDULED = bytes(element(8, 0x60, "CT"), element(0x40, 1, "CT1"), element(0x40, 7, canary("text")));
const QUESTION = bytes(element(8, 0x50, ""), PATIENT, element(0x40, 0x100, item(SCHEDULED)));
const STEP = bytes(
  element(8, 0x60, "MR"),
  PATIENT,
  element(0x40, 0x241, "MR1"),
  element(0x40, 0x242, "ROOM2"),
  element(0x40, 0x253, canary("id")),
);
const attributes = (dataset: Buffer, kind: "performed" | "worklist") =>
  readDeviceAttributes(dataset, 0, dataset.length, SYNTAX.implicit, kind);

describe("a worklist question", () => {
  test("tells for which modality and station it asks", () =>
    expect(attributes(QUESTION, "worklist")).toEqual([
      ["dicom.scheduled.modality", "CT"],
      ["dicom.scheduled.station_ae_title", "CT1"],
    ]));
  test("may leave the lengths of its sequence and item open", () => {
    const open = bytes(
      PATIENT,
      le(0x40, 2),
      le(0x100, 2),
      le(0xffffffff, 4),
      item(SCHEDULED, 0xffffffff),
      le(0xfffe, 2),
      le(0xe00d, 2),
      le(0, 4),
    );
    expect(attributes(open, "worklist")).toHaveLength(2);
  });
  test("cut anywhere gives less, never an exception", () => {
    for (let length = 0; length < QUESTION.length; length++)
      expect(attributes(QUESTION.subarray(0, length), "worklist").length).toBeLessThanOrEqual(2);
  });
});

test("a performed step tells the station that performs it", () =>
  expect(attributes(STEP, "performed")).toEqual([
    ["dicom.modality", "MR"],
    ["dicom.performed_station_ae_title", "MR1"],
    ["dicom.performed_station_name", "ROOM2"],
  ]));

describe("in a connection", () => {
  const value = (control: number, body: Buffer) =>
    bytes([4, 0], u32(body.length + 6), u32(body.length + 2), [1, control], body);
  const command = (field: number, sop: string) => {
    const body = bytes(
      element(0, 2, Buffer.from(sop.length % 2 === 0 ? sop : `${sop}\0`)),
      element(0, 0x100, le(field, 2)),
      element(0, 0x800, le(1, 2)),
    );
    return bytes(element(0, 0, le(body.length, 4)), body);
  };
  const ask = (
    field: number,
    sop: string,
    dataset: Buffer,
    flow = flowOf({ transport: "tcp", server: "receiver" }),
  ) => {
    const first = dicom.definition.dissect(value(3, command(field, sop)), flow);
    expect(first).toBeDefined();
    return { flow, payload: value(2, dataset) };
  };
  test("only a worklist's question is read, and no person in it", () => {
    const mine = ask(0x20, "1.2.840.10008.5.1.4.31", QUESTION);
    expect(everything(dicom, mine.payload, mine.flow)).toContain("dicom.scheduled.modality");
    const studies = ask(0x20, "1.2.840.10008.5.1.4.1.2.2.1", QUESTION);
    const told = read(dicom, studies.payload, studies.flow).evidence;
    expect(told.some(({ attribute }) => attribute.startsWith("dicom.scheduled"))).toBe(false);
    const again = ask(0x20, "1.2.840.10008.5.1.4.31", QUESTION);
    expect(everything(dicom, again.payload, again.flow)).not.toContain("CANARY");
  });
});

test("a command's field is read from its own element", () => {
  const bytesOf = bytes(element(0, 0x100, le(0x140, 2)), element(0, 0x800, le(1, 2)));
  expect(readCommand(bytesOf, 0, bytesOf.length)?.field).toBe(0x140);
});
