import { expect, test } from "vitest";
import cdp from "../../agent/dissectors/cdp.ts";
import { bytes, canary, hex, u16, u32 } from "./bytes.ts";
import { everything, expectHostileProof, read } from "./hostile.ts";

const tlv = (type: number, ...value: (string | Buffer | number[])[]) => {
  const body = bytes(...value);
  return bytes(u16(type), u16(4 + body.length), body);
};
const header = hex("02 b4 0000");
const tlvs = [
  tlv(1, "sw-ward7"),
  tlv(2, u32(2), hex("01 01 cc 0004 0a0000fe"), hex("02 08 aaaa03000000 86dd 0010 fe80000000000000021ef6fffe735981")),
  tlv(3, "GigabitEthernet0/1"),
  tlv(4, u32(0x28)),
  tlv(5, "Cisco IOS Software, C3560 Software\nCopyright"),
  tlv(6, "cisco WS-C3560-24TS"),
  tlv(9, canary("vtp")),
  tlv(10, u16(20)),
];
const frame = bytes(header, ...tlvs);

test("a switch tells what it is", () => {
  expect(read(cdp, frame).evidence.map(({ about, attribute, value }) => [about, attribute, value])).toEqual([
    ["sender", "cdp.deviceid", "sw-ward7"],
    ["sender", "cdp.address", "10.0.0.254"],
    ["sender", "cdp.address", "fe80::21e:f6ff:fe73:5981"],
    ["sender", "cdp.portid", "GigabitEthernet0/1"],
    ["sender", "cdp.capabilities", "switch,igmp"],
    ["sender", "cdp.software_version", "Cisco IOS Software, C3560 Software Copyright"],
    ["sender", "cdp.platform", "cisco WS-C3560-24TS"],
    ["sender", "cdp.native_vlan", "20"],
  ]);
});

test("other fields, and names like a person's, are never told", () => {
  expect(everything(cdp, frame)).not.toContain("CANARY");
  expect(everything(cdp, bytes(header, tlv(1, "MOUSE^MICKEY")))).not.toContain("MICKEY");
});

test("calls every shorter cut malformed, save between fields", () => {
  const bounds = new Set([header.length]);
  let end = header.length;
  for (const part of tlvs) {
    end += part.length;
    bounds.add(end);
  }
  for (let length = 0; length < frame.length; length++) {
    // Fewer than four bytes after a field can't begin another: padding.
    const rest = length - Math.max(...[...bounds].filter((bound) => bound <= length), 0);
    if (length >= header.length && rest < 4) continue;
    expect(cdp.dissect(frame.subarray(0, length)), String(length)).toHaveProperty("malformed");
  }
});

test("a field shorter than its head is malformed", () => {
  expect(cdp.dissect(bytes(header, u16(1), u16(3), "abc"))).toHaveProperty("malformed");
});

test("stands hostile bytes", () => expectHostileProof(cdp, [frame], { transport: "link" }));
