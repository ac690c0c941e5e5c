import { describe, expect, test } from "vitest";
import { ipv4Text, macText } from "../../agent/decode/addresses.ts";
import { decodeBytes, hex } from "./support/bytes.ts";
import { insideIp, ipv6, text, udp } from "./support/layers.ts";

const NULL = 0;
const LOOP = 108;
const SLL = 113;
const SLL2 = 276;

describe("BSD loopback", () => {
  test.each([
    ["2 with the low byte first", "02 00 00 00", NULL],
    ["2 with the high byte first", "00 00 00 02", NULL],
    ["2 in OpenBSD's variant", "00 00 00 02", LOOP],
  ])("family %s is IPv4", (_, family, linkType) => {
    const { packet } = decodeBytes(Buffer.concat([hex(family), insideIp]), { linkType });
    expect([packet.ipVersion, packet.hasSourceMac, packet.destinationPort]).toEqual([4, false, 4001]);
  });

  test.each(["0a", "17", "18", "1c", "1e"])("family 0x%s is IPv6", (family) => {
    const { packet } = decodeBytes(Buffer.concat([hex(`${family} 00 00 00`), ipv6(udp(1, 2, text("x")))]), {
      linkType: NULL,
    });
    expect(packet.ipVersion).toBe(6);
  });

  test("other families are unknown, and a family in neither byte order is a lie", () => {
    expect(decodeBytes(hex("07 00 00 00", "00".repeat(20)), { linkType: NULL }).unknown).toEqual({ "family:7": 1 });
    expect(decodeBytes(hex("07 01 01 07", "00".repeat(20)), { linkType: NULL }).malformed).toEqual({ loopback: 1 });
  });
});

describe("Linux cooked", () => {
  test("version 1 gives the sender's address and the protocol", () => {
    const header = hex("00 00", "00 01", "00 06", "00 03 b1 b5 b6 48 00 00", "08 00");
    const { packet } = decodeBytes(Buffer.concat([header, insideIp]), { linkType: SLL });
    expect(macText(packet.sourceMacHigh, packet.sourceMacLow)).toBe("00:03:b1:b5:b6:48");
    expect([packet.hasSourceMac, packet.hasDestinationMac, packet.destinationPort]).toEqual([true, false, 4001]);
  });

  test("version 2 too", () => {
    const header = hex("08 00", "00 00", "00 00 00 02", "00 01", "00", "06", "00 03 b1 b5 b6 48 00 00");
    const { packet } = decodeBytes(Buffer.concat([header, insideIp]), { linkType: SLL2 });
    expect(macText(packet.sourceMacHigh, packet.sourceMacLow)).toBe("00:03:b1:b5:b6:48");
    expect(packet.destinationPort).toBe(4001);
  });

  test("a link without MAC addresses has none", () => {
    const header = hex("00 00", "02 00", "00 00", "00 00 00 00 00 00 00 00", "08 00");
    const { packet } = decodeBytes(Buffer.concat([header, insideIp]), { linkType: SLL });
    expect([packet.hasSourceMac, packet.ipVersion]).toEqual([false, 4]);
  });

  test("tags may follow, and 802.2 frames are read as such", () => {
    const tagged = hex("00 00", "00 01", "00 06", "00 03 b1 b5 b6 48 00 00", "81 00", "00 14", "08 00");
    expect(decodeBytes(Buffer.concat([tagged, insideIp]), { linkType: SLL }).packet.vlan).toBe(20);
    const llc = hex("00 00", "00 01", "00 06", "00 03 b1 b5 b6 48 00 00", "00 04", "42 42 03 00");
    expect(decodeBytes(llc, { linkType: SLL }).packet.llcDsap).toBe(0x42);
  });

  test("netlink's protocol numbers are not taken for EtherTypes", () => {
    const netlink = hex("00 04", "03 38", "00 00", "00 00 00 00 00 00 00 00", "08 00", "45 00");
    const { packet, unknown } = decodeBytes(netlink, { linkType: SLL });
    expect([packet.ipVersion, unknown]).toEqual([0, { "family:824": 1 }]);
  });

  test("every shorter cut is malformed", () => {
    for (const [linkType, size] of [
      [SLL, 16],
      [SLL2, 20],
    ] as const) {
      for (let length = 0; length < size; length++) {
        expect(decodeBytes(Buffer.alloc(length), { linkType }).malformed).toEqual({ cooked: 1 });
      }
    }
  });
});

describe("raw IP", () => {
  test.each([12, 14, 101, 228])("link type %i is read by its version", (linkType) => {
    const { packet } = decodeBytes(insideIp, { linkType });
    expect([packet.etherType, ipv4Text(packet.source3)]).toEqual([0x0800, "192.168.0.1"]);
  });

  test("link type 229 is IPv6", () => {
    expect(decodeBytes(ipv6(udp(1, 2, text("x"))), { linkType: 229 }).packet.ipVersion).toBe(6);
  });

  test("another version is a lie", () => {
    expect(decodeBytes(hex("50".repeat(40)), { linkType: 101 }).malformed).toEqual({ ip: 1 });
  });
});

test("other link types are named, not guessed", () => {
  const { packet, unknown, malformed } = decodeBytes(insideIp, { linkType: 281 });
  expect([packet.ipVersion, unknown, malformed]).toEqual([0, { "linktype:281": 1 }, {}]);
});
