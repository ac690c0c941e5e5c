import { describe, expect, test } from "vitest";
import { flowOf, isMalformed } from "../../agent/dissectors/dissector.ts";
import intellivue from "../../agent/dissectors/intellivue.ts";
import { bytes, canary, hex, u16, u32 } from "./bytes.ts";
import { everything, expectHostileProof, read } from "./hostile.ts";

const attribute = (number: number, ...value: (Buffer | string | number[])[]) => {
  const body = bytes(...value);
  return bytes(u16(number), u16(body.length), body);
};
const label = (text: string) => bytes(u16(text.length), text);
const list = (...items: Buffer[]) => {
  const body = bytes(...items);
  return bytes(u16(items.length), u16(body.length), body);
};
const utf16 = (text: string) => Buffer.from(text, "utf16le").swap16();
const ATTRIBUTES = [
  attribute(0x0986, u16(1), u16(4429)),
  attribute(0xf100, hex("00 09 fb 09 77 bd 0a 0d 25 02 ff ff ff 00")),
  attribute(0xf135, utf16("ECC RM15"), hex("00 00 00 00")),
  attribute(
    0x092d,
    list(
      bytes(u16(1), u16(8), label("DE22713007")),
      bytes(u16(2), u16(8), label("M8007A")),
      bytes(u16(4), u16(0x58), label("G.01.78 ")),
      bytes(u16(4), u16(0x70), label("Z.99")),
    ),
  ),
  attribute(0x0928, label("Philips\0"), label("M8007A")),
  // The patient's name, had somebody put it here.
  attribute(0x095c, utf16(canary("patient"))),
];
/** Invoke: id, event report, length; object (6), time (4), event, length. */
const invoke = (event: number, object: string, body: Buffer) => {
  const report = bytes(hex(object), u32(0x1234), u16(event), u16(body.length), body);
  return bytes(u16(1), u16(6 + report.length), u16(0), u16(0), u16(report.length), report);
};
const CONNECT = bytes(hex("00 00 01 00"), invoke(0x0d17, "00 23 00 00 00 00", list(...ATTRIBUTES)));
const CREATE = bytes(
  hex("e1 00 00 02"),
  invoke(0x0d06, "00 21 00 00 00 00", bytes(hex("00 21 00 00 00 00"), list(...ATTRIBUTES))),
);
const SAID = [
  ["intellivue.system_type", "1.4429"],
  ["intellivue.mac", "00:09:fb:09:77:bd"],
  ["intellivue.bed_label", "ECC RM15"],
  ["intellivue.serial_number", "DE22713007"],
  ["intellivue.part_number", "M8007A"],
  ["intellivue.software_revision", "G.01.78"],
  ["intellivue.manufacturer", "Philips"],
  ["intellivue.model", "M8007A"],
];

describe("a monitor", () => {
  test.each([
    ["connect indication", CONNECT],
    ["data export", CREATE],
  ])("tells in its %s what it is", (role, payload) => {
    const { evidence } = read(intellivue, payload, flowOf({ destinationPort: 24005 }));
    expect(evidence.map(({ attribute: name, value }) => [name, value])).toEqual([["intellivue.role", role], ...SAID]);
    expect(new Set(evidence.map(({ about }) => about))).toEqual(new Set(["sender"]));
  });
  test("tells nothing of a patient", () =>
    expect(everything(intellivue, CONNECT) + everything(intellivue, CREATE)).not.toContain("CANARY"));
});

test("every shorter cut is malformed or not this protocol", () => {
  for (let length = 0; length < CONNECT.length; length++) {
    const message = intellivue.dissect(CONNECT.subarray(0, length));
    expect(message === undefined || isMalformed(message), `${length}`).toBe(true);
  }
});
test("a poll's data teaches nothing", () => {
  const poll = bytes(hex("e1 00 00 02"), u16(2), u16(60), Buffer.alloc(60));
  expect(read(intellivue, poll).evidence).toEqual([]);
});
test("stands hostile bytes", () => expectHostileProof(intellivue, [CONNECT, CREATE], { sourcePort: 24105 }));
