import { describe, expect, test } from "vitest";
import { flowOf } from "../../agent/dissectors/dissector.ts";
import modbus from "../../agent/dissectors/modbus.ts";
import { bytes, canary, hex, u16 } from "./bytes.ts";
import { everything, expectHostileProof, read, values } from "./hostile.ts";

const frame = (...body: (Buffer | string | number[])[]) => {
  const data = bytes(...body);
  return bytes(u16(7), u16(0), u16(data.length), data);
};
const object = (id: number, value: string) => bytes([id, value.length], value);
const QUESTION = frame(hex("01 2b 0e 01 00"));
const ANSWER = frame(
  hex("01 2b 0e 01 01 00 00 05"),
  object(0, "Schneider Electric"),
  object(1, "BMX P34 2020"),
  object(2, "v2.6"),
  object(5, "M340"),
  object(6, canary("application")),
);
const fromServer = flowOf({ transport: "tcp", server: "sender", sourcePort: 502 });
const toServer = flowOf({ transport: "tcp", server: "receiver", destinationPort: 502 });

describe("an answer", () => {
  test("identifies the controller, without what its user called it", () => {
    const { evidence } = read(modbus, ANSWER, fromServer);
    expect(values(evidence, "modbus.vendor_name")).toEqual(["Schneider Electric"]);
    expect(values(evidence, "modbus.product_code")).toEqual(["BMX P34 2020"]);
    expect(values(evidence, "modbus.revision")).toEqual(["v2.6"]);
    expect(values(evidence, "modbus.model_name")).toEqual(["M340"]);
    expect(everything(modbus, ANSWER, fromServer)).not.toContain("CANARY");
  });
  test("proves a server, also when it is an exception", () =>
    expect(values(read(modbus, frame(hex("01 ab 01")), fromServer).evidence, "modbus.role")).toEqual(["server"]));
  test("with registers proves a server and holds no value", () =>
    expect(read(modbus, frame(hex("01 03 04 00 01 00 02")), fromServer).evidence).toEqual([
      { about: "sender", attribute: "modbus.role", value: "server" },
    ]));
});

test("a question proves nothing of who asks", () => expect(read(modbus, QUESTION, toServer).evidence).toEqual([]));
test("only whole frames are read", () => {
  const { messageLength } = modbus.definition;
  expect(messageLength!(ANSWER.subarray(0, 5), fromServer)).toBe(0);
  expect(messageLength!(ANSWER, fromServer)).toBe(ANSWER.length);
  expect(messageLength!(hex("16 03 01 02 00 01"), fromServer)).toBe(-1);
});
test.each(["474554202f20485454502f31", "0300001302e00000000000010008000300000000"])(
  "other protocols on its port are left to others: %s",
  (other) => expect(modbus.dissect(Buffer.from(other, "hex"), toServer)).toBeUndefined(),
);
test("an answer whose objects were cut is malformed and still tells what it held", () => {
  const cut = Buffer.from(ANSWER.subarray(0, ANSWER.length - 3));
  cut.writeUInt16BE(cut.length - 6, 4);
  const { message, evidence } = read(modbus, cut, fromServer);
  expect(message).toHaveProperty("malformed");
  expect(values(evidence, "modbus.vendor_name")).toEqual(["Schneider Electric"]);
});
test("stands hostile bytes", () =>
  expectHostileProof(modbus, [QUESTION, ANSWER], { transport: "tcp", sourcePort: 502 }));
