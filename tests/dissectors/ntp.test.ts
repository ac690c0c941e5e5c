import { expect, test } from "vitest";
import ntp from "../../agent/dissectors/ntp.ts";
import { bytes, canary, hex, u16 } from "./bytes.ts";
import { everything, expectHostileProof, read } from "./hostile.ts";

const packet = (mode: number, stratum: number, source: string) =>
  bytes([(4 << 3) | mode, stratum, 6, 0xec], Buffer.alloc(8), hex(source), Buffer.alloc(32));
const control = (text: string, response = 0x80) =>
  bytes([0x16, response | 2, 0, 1, 6, 0x14, 0, 0, 0, 0], u16(text.length), text);
const pairs = (payload: Buffer) => read(ntp, payload).evidence.map(({ attribute, value }) => [attribute, value]);

test("a primary server tells its source by name", () => {
  expect(pairs(packet(4, 1, "47505300"))).toEqual([
    ["ntp.stratum", "1"],
    ["ntp.refid", "GPS"],
    ["wardtap.role", "ntp-server"],
  ]);
});

test("another server's source is an address and is left out", () => {
  expect(pairs(packet(4, 2, "0a000001"))).toEqual([
    ["ntp.stratum", "2"],
    ["wardtap.role", "ntp-server"],
  ]);
});

test("who asks for the time tells nothing", () => expect(pairs(packet(3, 0, "00000000"))).toEqual([]));

test("a control answer tells system, processor and version, and no other variable", () => {
  const answer = control(
    `version="ntpd 4.2.6p5", processor="x86_64", system="Linux/3.10.0", leap=0, clock="${canary("c")}"`,
  );
  expect(pairs(answer)).toEqual([
    ["ntp.ctrl.version", "ntpd 4.2.6p5"],
    ["ntp.ctrl.processor", "x86_64"],
    ["ntp.ctrl.system", "Linux/3.10.0"],
    ["wardtap.role", "ntp-server"],
  ]);
  expect(everything(ntp, answer)).not.toContain("CANARY");
});

test("a control request tells nothing", () => expect(pairs(control('system="Linux"', 0))).toEqual([]));

test("who answers with its list of clients says so", () => {
  expect(pairs(hex("d7 00 03 2a 0000 0000"))).toEqual([["wardtap.ntp.private", "monitor-list"]]);
});

test("every shorter cut of a packet is not this protocol", () => {
  const whole = packet(4, 1, "47505300");
  for (let length = 0; length < whole.length; length++)
    expect(ntp.dissect(whole.subarray(0, length)), String(length)).toBeUndefined();
});

test("stands hostile bytes", () => expectHostileProof(ntp, [packet(4, 1, "47505300"), control('system="x"')]));
