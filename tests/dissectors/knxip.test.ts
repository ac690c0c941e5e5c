import { expect, test } from "vitest";
import { isMalformed } from "../../agent/dissectors/dissector.ts";
import knxip from "../../agent/dissectors/knxip.ts";
import { bytes, hex, u16 } from "./bytes.ts";
import { expectHostileProof, read } from "./hostile.ts";

const DEVICE = bytes(
  hex("36 01 02 00 11 05 00 00 00 c5 01 02 d8 3a e0 00 17 0c 00 24 6d 01 02 03"),
  "KNX IP Router 750".padEnd(30, "\0"),
);
const answer = (service: number, ...body: Buffer[]) => {
  const data = bytes(...body);
  return bytes(hex("06 10"), u16(service), u16(6 + data.length), data);
};
const FOUND = answer(0x0202, hex("08 01 0a 00 00 09 0e 57"), DEVICE, hex("04 02 02 01"));

test("a gateway tells its bus address, serial number, MAC and name", () => {
  expect(read(knxip, FOUND).evidence.map(({ attribute, value }) => [attribute, value])).toEqual([
    ["knxip.knxaddr", "1.1.5"],
    ["knxip.sernr", "00C50102D83A"],
    ["knxip.macaddr", "00:24:6d:01:02:03"],
    ["knxip.device.name", "KNX IP Router 750"],
  ]);
});
test("a description answer has no address before it", () =>
  expect(read(knxip, answer(0x0204, DEVICE)).evidence).toHaveLength(4));
test("a search tells nothing", () =>
  expect(read(knxip, answer(0x0201, hex("08 01 0a 00 00 09 0e 57"))).evidence).toEqual([]));
test("every shorter cut is malformed or not KNXnet/IP", () => {
  for (let length = 0; length < FOUND.length; length++) {
    const message = knxip.dissect(FOUND.subarray(0, length));
    expect(message === undefined || isMalformed(message), `${length}`).toBe(true);
  }
});
test("stands hostile bytes", () => expectHostileProof(knxip, [FOUND, answer(0x0204, DEVICE)]));
