import { expect, test } from "vitest";
import arp from "../../agent/dissectors/arp.ts";
import { hex } from "./bytes.ts";
import { expectHostileProof, read } from "./hostile.ts";

const request = hex(`
  00 01  08 00  06 04  00 01           // Ethernet, IPv4, lengths, request
  00 03 b1 b5 b6 48  0a 00 00 9b       // sender 10.0.0.155
  00 00 00 00 00 00  0a 00 00 7e       // target 10.0.0.126
`);
const changed = (at: number, value: number) => {
  const copy = Buffer.from(request);
  copy[at] = value;
  return copy;
};

test("binds the sender's address to its hardware address", () => {
  expect(read(arp, request).evidence).toEqual([
    { about: { mac: "00:03:b1:b5:b6:48" }, attribute: "arp.src.proto_ipv4", value: "10.0.0.155" },
  ]);
});

test("says nothing of the target", () => {
  expect(JSON.stringify(read(arp, request))).not.toContain("10.0.0.126");
});

test("binds nothing in a probe, whose sender address is 0.0.0.0", () => {
  const probe = Buffer.from(request);
  probe.fill(0, 14, 18);
  expect(read(arp, probe).evidence).toEqual([]);
});

test("binds an announcement, which asks for the sender's own address", () => {
  const announcement = Buffer.from(request);
  request.copy(announcement, 24, 14, 18);
  expect(read(arp, announcement).evidence).toHaveLength(1);
});

test.each([
  ["hardware", 4, 8],
  ["hardware", 4, 0],
  ["protocol", 5, 16],
])("calls a wrong %s address length malformed and takes no address from it", (_, at, value) => {
  expect(read(arp, changed(at, value))).toEqual({ message: { malformed: "wrong address lengths" }, evidence: [] });
});

test("leaves other hardware and protocol types to others", () => {
  expect(arp.dissect(changed(1, 15))).toBeUndefined();
  expect(arp.dissect(changed(2, 0x86))).toBeUndefined();
});

test("calls a group address as sender malformed", () => {
  expect(arp.dissect(changed(8, 0x01))).toHaveProperty("malformed");
});

test("calls every shorter cut malformed", () => {
  for (let length = 0; length < request.length; length++) {
    expect(arp.dissect(request.subarray(0, length))).toHaveProperty("malformed");
  }
});

test("stands hostile bytes", () => expectHostileProof(arp, [request], { transport: "link" }));
