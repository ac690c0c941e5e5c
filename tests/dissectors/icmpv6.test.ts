import { expect, test } from "vitest";
import { flowOf } from "../../agent/dissectors/dissector.ts";
import icmpv6 from "../../agent/dissectors/icmpv6.ts";
import { bytes, hex, u16 } from "./bytes.ts";
import { expectHostileProof, read } from "./hostile.ts";

const flow = flowOf({ transport: "ip", sourceMac: "00:03:b1:00:00:01", sourceIp: "fe80::1" });
const PUMP = hex("fe80 0000 0000 0000 0203 b1ff fe00 0001");

const advertisement = bytes(
  hex("88 00 0000  60 00 00 00"), // type 136, solicited and override
  PUMP,
  hex("02 01  00 03 b1 00 00 01"), // target link-layer address
);
const solicitation = bytes(
  hex("87 00 0000  00 00 00 00"), // type 135
  PUMP,
  hex("01 01  00 25 1b 10 20 30"), // source link-layer address
);
const router = bytes(
  hex("86 00 0000  40 80"), // type 134, hop limit 64, managed
  u16(1800),
  hex("00000000 00000000"),
  hex("01 01  00 1b 17 00 01 11"),
  hex("03 04  40 c0  00015180 00003840 00000000  20010db8000000010000000000000000"),
  hex("19 03  0000 00000e10  20010db8000000000000000000000053"),
);

test("an advertisement binds its target to the card it names", () => {
  expect(read(icmpv6, advertisement, flow).evidence).toEqual([
    { about: { mac: "00:03:b1:00:00:01" }, attribute: "icmpv6.nd.na.target_address", value: "fe80::203:b1ff:fe00:1" },
  ]);
});

test("an advertisement without the option is about the frame's sender", () => {
  expect(read(icmpv6, advertisement.subarray(0, 24), flow).evidence).toMatchObject([
    { about: { mac: "00:03:b1:00:00:01" } },
  ]);
});

test("a solicitation binds the asker's address, and tells nothing of whom it asks for", () => {
  expect(read(icmpv6, solicitation, flow).evidence).toEqual([
    { about: { mac: "00:25:1b:10:20:30" }, attribute: "icmpv6.nd.ns.source", value: "fe80::1" },
  ]);
});

test("a probe for an address nobody has yet binds nothing", () => {
  expect(read(icmpv6, solicitation.subarray(0, 24), flowOf({ ...flow, sourceIp: "::" })).evidence).toEqual([]);
});

test("a router's advertisement tells its role, its prefixes and who answers names", () => {
  expect(read(icmpv6, router, flow).evidence).toEqual([
    { about: "sender", attribute: "wardtap.ra", value: "router" },
    { about: "sender", attribute: "wardtap.role", value: "router" },
    { about: "sender", attribute: "icmpv6.nd.ra.flag.m", value: "1" },
    { about: "sender", attribute: "icmpv6.opt.prefix", value: "2001:db8:0:1::/64" },
    { about: { ip: "2001:db8::53" }, attribute: "wardtap.role", value: "dns-server" },
    { about: { mac: "00:1b:17:00:01:11" }, attribute: "icmpv6.nd.ns.source", value: "fe80::1" },
  ]);
});

test("an advertisement of lifetime 0 makes nobody a router", () => {
  const none = Buffer.from(router);
  none.writeUInt16BE(0, 6);
  expect(read(icmpv6, none, flow).evidence).not.toContainEqual(expect.objectContaining({ value: "router" }));
});

test("an option of length 0 ends the reading and is counted", () => {
  expect(icmpv6.dissect(bytes(solicitation.subarray(0, 24), hex("01 00 00 00 00 00 00 00")))).toHaveProperty(
    "malformed",
  );
});

test("a group address is no target", () => {
  const group = Buffer.from(advertisement);
  group[8] = 0xff;
  expect(icmpv6.dissect(group)).toHaveProperty("malformed");
});

test("calls every shorter cut malformed, save at the end of an option", () => {
  for (let length = 4; length < advertisement.length; length++) {
    if (length === 24) continue;
    expect(icmpv6.dissect(advertisement.subarray(0, length)), String(length)).toHaveProperty("malformed");
  }
});

test("echo and other messages are not read", () => {
  expect(icmpv6.dissect(hex("80 00 0000 0001 0001"))).toBeUndefined();
});

test("stands hostile bytes", () => expectHostileProof(icmpv6, [advertisement, solicitation, router], flow));
