import { describe, expect, test } from "vitest";
import dhcpv6 from "../../agent/dissectors/dhcpv6.ts";
import { flowOf } from "../../agent/dissectors/dissector.ts";
import { bytes, canary, hex, u16, u32 } from "./bytes.ts";
import { everything, expectHostileProof, read, values } from "./hostile.ts";

const option = (code: number, ...value: (string | Buffer | number[])[]) => {
  const body = bytes(...value);
  return bytes(u16(code), u16(body.length), body);
};
const message = (type: number, ...options: Buffer[]) => bytes([type], hex("90b45c"), ...options);
const ADDRESS = hex("2001 0db8 0000 0000 0000 0000 0000 0031");
const address = (valid: number) => option(5, ADDRESS, u32(valid), u32(valid));
const association = (...inner: Buffer[]) => option(3, u32(1), u32(3600), u32(5400), ...inner);

const said = [
  option(1, hex("0001 0001 1846488c 0003b1000001")), // DUID of link and time
  option(6, u16(23), u16(24)),
  option(16, u32(311), u16(8), "MSFT 5.0"),
  option(39, [0], [8], "ICU-PC-7", [4], "ward", [0]),
];
const client = flowOf({
  sourceMac: "00:03:b1:00:00:01",
  destinationMac: "33:33:00:01:00:02",
  sourceIp: "fe80::1",
  destinationIp: "ff02::1:2",
  sourcePort: 546,
  destinationPort: 547,
  toMany: true,
});
const server = flowOf({
  sourceMac: "00:50:56:00:00:02",
  destinationMac: "00:03:b1:00:00:01",
  sourceIp: "fe80::2",
  destinationIp: "fe80::1",
  sourcePort: 547,
  destinationPort: 546,
});

test("a client tells its name, maker's class, form of identifier and wishes", () => {
  expect(read(dhcpv6, message(1, ...said), client).evidence.map(({ attribute, value }) => [attribute, value])).toEqual([
    ["dhcpv6.duid.type", "1"],
    ["dhcpv6.duidllt.link_layer_addr", "00:03:b1:00:00:01"],
    ["dhcpv6.requested_option_code", "23,24"],
    ["dhcpv6.vendorclass.enterprise", "311"],
    ["dhcpv6.vendorclass.data", "MSFT 5.0"],
    ["dhcpv6.client_fqdn", "ICU-PC-7.ward"],
  ]);
});

test("a wish for an address binds none, a renewal binds it", () => {
  expect(values(read(dhcpv6, message(1, association(address(3600))), client).evidence, "dhcpv6.iaaddr.ip")).toEqual([]);
  expect(read(dhcpv6, message(5, association(address(3600))), client).evidence).toContainEqual({
    about: { mac: "00:03:b1:00:00:01" },
    attribute: "dhcpv6.iaaddr.ip",
    value: "2001:db8::31",
  });
});

describe("a server's reply", () => {
  const reply = message(
    7,
    association(address(3600)),
    option(39, [0], [4], "sent", [0]),
    option(16, u32(311), u16(2), "XX"),
  );
  test("binds the address to the client on this link, and makes the sender a server", () => {
    expect(read(dhcpv6, reply, server).evidence).toEqual([
      { about: "sender", attribute: "wardtap.role", value: "dhcp-server" },
      { about: { mac: "00:03:b1:00:00:01" }, attribute: "dhcpv6.iaaddr.ip", value: "2001:db8::31" },
    ]);
  });
  test("through a router binds nothing", () => {
    expect(
      values(read(dhcpv6, reply, { ...server, destinationIp: "2001:db8::1" }).evidence, "dhcpv6.iaaddr.ip"),
    ).toEqual([]);
  });
  test("of lifetime 0 takes the address away", () => {
    expect(values(read(dhcpv6, message(7, association(address(0))), server).evidence, "dhcpv6.iaaddr.ip")).toEqual([]);
  });
});

describe("a relay's wrapping", () => {
  const wrap = (inner: Buffer) => bytes([12, 0], Buffer.alloc(32), option(9, inner));
  test("tells the relay and attributes the client's words to nobody", () => {
    expect(read(dhcpv6, wrap(message(1, ...said)), client).evidence).toEqual([
      { about: "sender", attribute: "wardtap.role", value: "dhcp-relay" },
    ]);
  });
  test("nested without end is no message", () => {
    let deep = message(1);
    for (let depth = 0; depth < 40; depth++) deep = wrap(deep);
    expect(dhcpv6.dissect(deep)).toBeUndefined();
  });
});

test("subscriber, remote and user class options are never read", () => {
  const held = message(1, option(38, canary("s")), option(37, u32(9), canary("r")), option(15, u16(9), canary("u")));
  expect(everything(dhcpv6, held, client)).not.toContain("CANARY");
});

test("calls every shorter cut malformed, save between options", () => {
  const whole = message(1, ...said);
  const bounds = new Set([4]);
  let end = 4;
  for (const part of said) {
    end += part.length;
    bounds.add(end);
  }
  for (let length = 4; length < whole.length; length++) {
    if (!bounds.has(length))
      expect(dhcpv6.dissect(whole.subarray(0, length)), String(length)).toHaveProperty("malformed");
  }
});

test("stands hostile bytes", () =>
  expectHostileProof(dhcpv6, [message(1, ...said), message(7, association(address(9)))], server));
