import { expect, test } from "vitest";
import pnDcp from "../../agent/dissectors/pn-dcp.ts";
import { bytes, hex, u16 } from "./bytes.ts";
import { expectHostileProof, read } from "./hostile.ts";

const block = (option: number, sub: number, value: Buffer | string) => {
  const body = bytes(hex("00 00"), value);
  return bytes([option, sub], u16(body.length), body, body.length % 2 === 0 ? [] : [0]);
};
const frame = (frameId: number, service: string, ...blocks: Buffer[]) => {
  const body = bytes(...blocks);
  return bytes(u16(frameId), hex(service), hex("00 00 00 01 00 00"), u16(body.length), body, Buffer.alloc(20));
};
const BLOCKS = [
  block(2, 1, "S7-1200"),
  block(2, 2, "plc-roof1"),
  block(2, 3, hex("00 2a 01 0d")),
  block(2, 4, hex("02 00")),
  block(1, 2, hex("0a 00 00 05 ff ff ff 00 0a 00 00 01")),
];
const ANSWER = frame(0xfeff, "05 01", ...BLOCKS);

test("an identify answer tells name, type, vendor and role", () => {
  expect(read(pnDcp, ANSWER).evidence.map(({ attribute, value }) => [attribute, value])).toEqual([
    ["pn_dcp.suboption_device_typeofstation", "S7-1200"],
    ["pn_dcp.suboption_device_nameofstation", "plc-roof1"],
    ["pn_dcp.suboption_vendor_id", "0x002a"],
    ["pn_dcp.suboption_device_id", "0x010d"],
    ["pn_dcp.suboption_device_role", "controller"],
  ]);
});
test("what a request seeks is nobody's", () =>
  expect(read(pnDcp, frame(0xfefe, "05 00", ...BLOCKS)).evidence).toEqual([]));
test("cyclic data is left to others", () =>
  expect(pnDcp.dissect(bytes(u16(0x8000), Buffer.alloc(40)))).toBeUndefined());
test("blocks that run past the frame are malformed", () =>
  expect(pnDcp.dissect(frame(0xfeff, "05 01", hex("02 02 ff ff 00 00 41 42")))).toHaveProperty("malformed"));
test("stands hostile bytes", () => expectHostileProof(pnDcp, [ANSWER], { transport: "link" }));
