import { expect, test } from "vitest";
import capwap from "../../agent/dissectors/capwap-control.ts";
import { flowOf } from "../../agent/dissectors/dissector.ts";
import { bytes, canary, hex, u16, u32 } from "./bytes.ts";
import { everything, expectHostileProof, read } from "./hostile.ts";

const element = (type: number, ...value: (string | Buffer | number[])[]) => {
  const body = bytes(...value);
  return bytes(u16(type), u16(body.length), body);
};
const part = (type: number, value: string) => bytes(u16(type), u16(value.length), value);
const message = (type: number, ...elements: Buffer[]) => {
  const body = bytes(...elements);
  // Preamble, header of two words, then type, sequence, length (with the flags byte), flags. 5.1, 4.5.1.
  return bytes(hex("00 10 02 00 00000000"), u32(type), [1], u16(body.length + 3), [0], body);
};
const discovery = message(
  1,
  element(20, [0]),
  element(38, u32(9), part(0, "AIR-CAP2602I-Q-K9"), part(1, "FGL1234ABCD"), part(4, "xxxxxx")),
  element(39, [2, 2, 1], hex("01 0001"), u32(9), u16(1), u16(7), "15.2.4J"),
  element(45, "AP-WARD7"),
  element(37, u32(9), u16(1), canary("vendor")),
);
const response = message(2, element(4, "WLC-EAST"));
const out = flowOf({ sourcePort: 40_000, destinationPort: 5246 });
const back = flowOf({ sourcePort: 5246, destinationPort: 40_000 });
const NAME = "capwap.control.message_element";

test("an access point that looks for a controller tells what it is", () => {
  expect(read(capwap, discovery, out).evidence.map(({ attribute, value }) => [attribute, value])).toEqual([
    [`${NAME}.wtp_board_data.vendor`, "9"],
    [`${NAME}.wtp_board_data.wtp_model_number`, "AIR-CAP2602I-Q-K9"],
    [`${NAME}.wtp_board_data.wtp_serial_number`, "FGL1234ABCD"],
    [`${NAME}.wtp_descriptor.software`, "15.2.4J"],
    [`${NAME}.wtp_name`, "AP-WARD7"],
    ["wardtap.capwap", "access-point"],
  ]);
  expect(everything(capwap, discovery, out)).not.toContain("CANARY");
});

test("a controller that answers tells its name", () => {
  expect(read(capwap, response, back).evidence).toEqual([
    { about: "sender", attribute: `${NAME}.ac_name`, value: "WLC-EAST" },
    { about: "sender", attribute: "wardtap.capwap", value: "controller" },
  ]);
});

test("the encrypted part tells who is which, and is then left", () => {
  const record = hex("01 00 00 00 16 feff 0000");
  const { message: read1, evidence } = read(capwap, record, out);
  expect(evidence).toEqual([
    { about: "sender", attribute: "wardtap.capwap", value: "access-point" },
    { about: "receiver", attribute: "wardtap.capwap", value: "controller" },
  ]);
  expect(capwap.definition.done!(read1!, out)).toBe(true);
});

test("other messages and other bytes are not this protocol", () => {
  expect(capwap.dissect(message(13), out)).toBeUndefined();
  expect(capwap.dissect(hex("01 00 00 00 99 feff"), out)).toBeUndefined();
});

test("every shorter cut tells no name", () => {
  for (let length = 0; length < response.length; length++)
    expect(JSON.stringify(read(capwap, response.subarray(0, length), back)), String(length)).not.toContain("WLC");
});

test("stands hostile bytes", () => expectHostileProof(capwap, [discovery, response], out));
