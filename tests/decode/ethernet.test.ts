import { describe, expect, test } from "vitest";
import { macText } from "../../agent/decode/addresses.ts";
import { createDecoder } from "../../agent/decode/decode.ts";
import { MAX_VLAN_TAGS } from "../../agent/decode/ethernet.ts";
import { decodeBytes, hex } from "./support/bytes.ts";
import { ethernet, GATEWAY, insideIp, PUMP, text } from "./support/layers.ts";

const tagged = (tags: string) => decodeBytes(ethernet(GATEWAY, PUMP, `${tags} 08 00`, insideIp));

describe("Ethernet II", () => {
  test("gives both addresses, the EtherType and what follows", () => {
    const { packet } = decodeBytes(ethernet(GATEWAY, PUMP, "08 06", text("arp")));
    expect(macText(packet.sourceMacHigh, packet.sourceMacLow)).toBe("00:03:b1:b5:b6:48");
    expect(macText(packet.destinationMacHigh, packet.destinationMacLow)).toBe("08:00:27:1d:a6:c2");
    expect([packet.hasSourceMac, packet.hasDestinationMac, packet.etherType]).toEqual([true, true, 0x0806]);
    expect(packet.bytes.toString("latin1", packet.linkPayloadAt, packet.linkPayloadAt + packet.linkPayloadLength)).toBe(
      "arp",
    );
  });

  test("a frame shorter than the header is malformed, whatever its length on the wire", () => {
    const frame = ethernet(GATEWAY, PUMP, "08 06", Buffer.alloc(0));
    for (let length = 0; length < 14; length++) {
      expect(decodeBytes(frame.subarray(0, length), { wireLength: 78 }).malformed).toEqual({ ethernet: 1 });
    }
  });

  test("EtherTypes that nobody reads are counted, those of dissectors are not", () => {
    const powerlink = ethernet(GATEWAY, PUMP, "88 e1", text("x"));
    expect(decodeBytes(powerlink).unknown).toEqual({ "ethertype:0x88e1": 1 });
    expect(decodeBytes(powerlink, {}, createDecoder({ knownEtherTypes: [0x88e1] })).unknown).toEqual({});
    expect(decodeBytes(ethernet(GATEWAY, PUMP, "88 cc", text("lldp"))).unknown).toEqual({});
  });
});

describe("VLAN tags", () => {
  test.each([
    ["none", "", 0],
    ["one", "81 00 00 14", 20],
    ["one with priority bits", "81 00 e0 14", 20],
    ["a priority tag", "81 00 e0 00", 0],
    ["a service tag around one", "88 a8 00 c8  81 00 07 d1", 200 * 4096 + 2001],
    ["the older service tag", "91 00 00 0d  81 00 00 0a", 13 * 4096 + 10],
    ["three, of which the inner two count", "88 a8 00 01  88 a8 00 02  81 00 00 03", 2 * 4096 + 3],
    ["a priority tag inside", "88 a8 00 05  81 00 00 00", 5],
    ["a VNTag before one", "89 26 00 00 00 00  81 00 00 0b", 11],
  ])("%s", (_, tags, vlan) => {
    const { packet, malformed } = tagged(tags);
    expect([packet.vlan, packet.etherType, packet.ipVersion, malformed]).toEqual([vlan, 0x0800, 4, {}]);
  });

  test("as many as the limit are read, one more is not", () => {
    expect(tagged("81 00 00 07 ".repeat(MAX_VLAN_TAGS)).packet.ipVersion).toBe(4);
    const { packet, malformed } = tagged("81 00 00 07 ".repeat(MAX_VLAN_TAGS + 1));
    expect([packet.ipVersion, malformed]).toEqual([0, { vlan: 1 }]);
  });

  test("a tag cut short is malformed, unless the capture cut it", () => {
    const cut = hex(GATEWAY, PUMP, "81 00 00");
    expect(decodeBytes(cut).malformed).toEqual({ vlan: 1 });
    expect(decodeBytes(cut, { wireLength: 80 }).malformed).toEqual({});
  });
});

describe("802.3", () => {
  test("the length takes the padding off, and LLC names the protocol", () => {
    const bpdu = hex("42 42 03", "00 00 00 00");
    const { packet } = decodeBytes(
      ethernet("01 80 c2 00 00 00", PUMP, "00 07", Buffer.concat([bpdu, Buffer.alloc(39)])),
    );
    expect([packet.llcDsap, packet.etherType, packet.linkPayloadLength]).toEqual([0x42, 0, 4]);
  });

  test("numbered LLC frames have a second control byte", () => {
    const { packet } = decodeBytes(ethernet(GATEWAY, PUMP, "00 06", hex("f0 f0 02 04", "aa bb")));
    expect([packet.llcDsap, packet.linkPayloadLength]).toEqual([0xf0, 2]);
  });

  test("SNAP with an organisation gives its code and protocol", () => {
    const cdp = hex("aa aa 03", "00 00 0c", "20 00", "02 b4");
    const { packet } = decodeBytes(ethernet("01 00 0c cc cc cc", PUMP, "00 0a", cdp));
    expect([packet.snapOui, packet.snapProtocol, packet.etherType, packet.linkPayloadLength]).toEqual([
      0x0c, 0x2000, 0, 2,
    ]);
  });

  test("SNAP with organisation 0 carries an EtherType", () => {
    const snap = Buffer.concat([hex("aa aa 03 00 00 00 08 00"), insideIp]);
    const { packet } = decodeBytes(ethernet(GATEWAY, PUMP, snap.length.toString(16).padStart(4, "0"), snap));
    expect([packet.ipVersion, packet.etherType, packet.destinationPort]).toEqual([4, 0x0800, 4001]);
  });

  test("a length beyond the frame is a lie, and so is one that is neither length nor type", () => {
    expect(decodeBytes(ethernet(GATEWAY, PUMP, "00 20", text("short"))).malformed).toEqual({ ethernet: 1 });
    expect(decodeBytes(ethernet(GATEWAY, PUMP, "05 dd", Buffer.alloc(1600))).malformed).toEqual({ ethernet: 1 });
  });

  test("LLC is malformed at every shorter length", () => {
    const snap = hex("aa aa 03 00 00 0c 20 00");
    for (let length = 1; length < snap.length; length++) {
      const { malformed } = decodeBytes(ethernet(GATEWAY, PUMP, `00 0${length}`, snap.subarray(0, length)));
      expect(malformed, `${length} bytes`).toEqual({ llc: 1 });
    }
  });
});
