import { describe, expect, test } from "vitest";
import { ipText, ipv4Text, macText } from "../../agent/decode/addresses.ts";
import { type Packet, TUNNEL } from "../../agent/decode/packet.ts";
import { MAX_TUNNEL_DEPTH } from "../../agent/decode/peel.ts";
import { decodeBytes, hex, payloadOf } from "./support/bytes.ts";
import {
  CARRIER,
  ethernet,
  GATEWAY,
  insideFrame,
  insideIp,
  ipv4,
  ipv6,
  PEER,
  PUMP,
  text,
  udp,
} from "./support/layers.ts";

const inIp = (protocol: number, payload: Buffer) =>
  decodeBytes(
    ethernet(
      PEER,
      CARRIER,
      "81 00 00 63 08 00",
      ipv4(payload, { protocol, source: "0a 00 00 01", destination: "0a 00 00 02" }),
    ),
  );
const gre = (header: string, payload: Buffer) => inIp(47, Buffer.concat([hex(header), payload]));
const inUdp = (port: number, payload: Buffer) => inIp(17, udp(50_000, port, payload));

const innerIps = (p: Packet) => [
  ipText(p.ipVersion, p.source0, p.source1, p.source2, p.source3),
  ipText(p.ipVersion, p.destination0, p.destination1, p.destination2, p.destination3),
];
const innerMac = (p: Packet) => (p.hasSourceMac ? macText(p.sourceMacHigh, p.sourceMacLow) : "none");

/** The frame inside is whole, and the carriers stand outside. */
function expectFrame(packet: Packet, tunnel: number): void {
  expect(innerMac(packet)).toBe("00:03:b1:b5:b6:48");
  expectIp(packet, tunnel);
}

function expectIp(packet: Packet, tunnel: number): void {
  expect(innerIps(packet)).toEqual(["192.168.0.1", "192.168.0.2"]);
  expect([packet.sourcePort, packet.destinationPort, payloadOf(packet).toString()]).toEqual([4000, 4001, "hello"]);
  expect(packet.tunnels).toBe(tunnel);
  expect([ipv4Text(packet.outer.source3), ipv4Text(packet.outer.destination3)]).toEqual(["10.0.0.1", "10.0.0.2"]);
  expect(macText(packet.outer.sourceMacHigh, packet.outer.sourceMacLow)).toBe("02:00:00:00:00:01");
  expect([packet.outer.hasMac, packet.outer.vlan, packet.vlan]).toEqual([true, 99, 0]);
}

describe("GRE", () => {
  test.each([
    ["plain", "00 00"],
    ["with a checksum", "80 00", "00 00 00 00"],
    ["with a key", "20 00", "00 00 00 05"],
    ["with a sequence", "10 00", "00 00 00 01"],
    ["with all three", "b0 00", "00 00 00 00  00 00 00 05  00 00 00 01"],
  ])("%s carries IP, whose MAC address is not the carrier's", (_, flags, rest = "") => {
    const { packet, malformed } = gre(`${flags} 08 00 ${rest}`, insideIp);
    expectIp(packet, TUNNEL.gre);
    expect([innerMac(packet), packet.etherType, malformed]).toEqual(["none", 0x0800, {}]);
  });

  test("carries bridged Ethernet", () => {
    expectFrame(gre("00 00 65 58", insideFrame).packet, TUNNEL.gre);
  });

  test("carries ARP", () => {
    const { packet, unknown } = gre("00 00 08 06", text("arp"));
    expect([packet.etherType, packet.linkPayloadLength, packet.ipVersion, unknown]).toEqual([0x0806, 3, 0, {}]);
  });

  test("other contents and versions stay payload", () => {
    const ppp = gre("30 01 88 0b 00 04 00 01 00 00 00 01", text("ppp"));
    expect([ppp.packet.ipProtocol, ppp.packet.tunnels, ppp.unknown]).toEqual([47, 0, { "gre:0x880b": 1 }]);
    expect(gre("00 00 12 34", text("x")).unknown).toEqual({ "gre:0x1234": 1 });
  });

  test("every shorter header is malformed", () => {
    const header = hex("b0 00 08 00  00 00 00 00  00 00 00 05  00 00 00 01");
    for (let length = 0; length < header.length; length++) {
      expect(inIp(47, header.subarray(0, length)).malformed, `${length} bytes`).toEqual({ gre: 1 });
    }
  });
});

describe("ERSPAN", () => {
  const type2 = "10 17 08 64 00 00 00 05"; // version 1, VLAN 23, session 100, index 5
  const type3 = "20 0a 08 64  00 00 00 01  00 00"; // version 2, VLAN 10; timestamp; security group tag

  test("I has no header of its own", () => {
    expectFrame(gre("00 00 88 be", insideFrame).packet, TUNNEL.erspan);
  });

  test("II has eight bytes", () => {
    expectFrame(gre(`10 00 88 be 00 00 00 01 ${type2}`, insideFrame).packet, TUNNEL.erspan);
  });

  test("III has twelve, and eight more when it says so", () => {
    expectFrame(gre(`10 00 22 eb 00 00 00 01 ${type3} 00 00`, insideFrame).packet, TUNNEL.erspan);
    expectFrame(gre(`10 00 22 eb 00 00 00 01 ${type3} 00 01 ${"00".repeat(8)}`, insideFrame).packet, TUNNEL.erspan);
  });

  test("III may carry IP without Ethernet", () => {
    expectIp(gre(`10 00 22 eb 00 00 00 01 ${type3} 08 00`, insideIp).packet, TUNNEL.erspan);
  });

  test("the tag inside the mirrored frame is the VLAN", () => {
    const { packet } = gre(`10 00 88 be 00 00 00 01 ${type2}`, ethernet(GATEWAY, PUMP, "81 00 03 61 08 00", insideIp));
    expect([packet.vlan, packet.outer.vlan]).toEqual([865, 99]);
  });

  test("a frame that the mirror cut is no lie", () => {
    const cut = insideFrame.subarray(0, insideFrame.length - 3);
    const { packet, malformed } = gre("10 00 88 be 00 00 00 01  10 17 0c 64 00 00 00 05", cut);
    expect([packet.payloadLength, packet.payloadWireLength, malformed]).toEqual([2, 5, {}]);
    expect(gre(`10 00 88 be 00 00 00 01 ${type2}`, cut).malformed).toEqual({ ipv4: 1 });
  });

  test("another version is a lie: the carriers stand as hosts", () => {
    const { packet, malformed } = gre(`10 00 88 be 00 00 00 01 30 17 08 64 00 00 00 05`, insideFrame);
    expect([innerIps(packet)[0], packet.tunnels, malformed]).toEqual(["10.0.0.1", 0, { erspan: 1 }]);
  });

  test("every shorter header is malformed", () => {
    for (const [start, header] of [
      ["10 00 88 be 00 00 00 01", type2],
      ["10 00 22 eb 00 00 00 01", `${type3} 00 00`],
    ] as const) {
      const all = Buffer.concat([hex(header), insideFrame.subarray(0, 13)]);
      for (let length = 0; length < all.length; length++) {
        expect(gre(start, all.subarray(0, length)).malformed, `${length} bytes`).toEqual({ erspan: 1 });
      }
    }
  });
});

describe("VXLAN", () => {
  const header = "08 00 00 00  00 00 2a 00"; // "has a network id", id 42

  test.each([4789, 8472])("carries Ethernet on port %i", (port) => {
    expectFrame(inUdp(port, Buffer.concat([hex(header), insideFrame])).packet, TUNNEL.vxlan);
  });

  test("without the flag it is somebody else's datagram", () => {
    const { packet, malformed } = inUdp(4789, Buffer.concat([hex("00 00 00 00 00 00 2a 00"), insideFrame]));
    expect([packet.tunnels, packet.destinationPort, malformed]).toEqual([0, 4789, {}]);
  });

  test("on the older port the reserved bits decide too", () => {
    expect(inUdp(8472, Buffer.concat([hex("0f 00 00 00 00 00 2a 00"), insideFrame])).packet.tunnels).toBe(0);
  });

  test("every shorter one is malformed", () => {
    const all = Buffer.concat([hex(header), insideFrame.subarray(0, 14)]);
    for (let length = 1; length < all.length; length++) {
      expect(inUdp(4789, all.subarray(0, length)).malformed, `${length} bytes`).toEqual({ vxlan: 1 });
    }
  });

  test("the generic extension says what it carries", () => {
    expectFrame(inUdp(4790, Buffer.concat([hex("0c 00 00 03 00 00 2a 00"), insideFrame])).packet, TUNNEL.vxlan);
    expectIp(inUdp(4790, Buffer.concat([hex("0c 00 00 01 00 00 2a 00"), insideIp])).packet, TUNNEL.vxlan);
    expectIp(inUdp(4790, Buffer.concat([hex("08 00 00 01 00 00 2a 00"), insideIp])).packet, TUNNEL.vxlan);
    expect(inUdp(4790, hex("0c 00 00 04 00 00 2a 00")).unknown).toEqual({ "vxlan:next-protocol": 1 });
  });
});

describe("IP in IP", () => {
  test("4 in 4 and 6 in 4", () => {
    expectIp(inIp(4, insideIp).packet, TUNNEL.ipInIp);
    expect(innerIps(inIp(41, ipv6(udp(1, 2, text("x")))).packet)).toEqual(["2001:db8::1", "2001:db8::2"]);
  });

  test("4 in 6", () => {
    const { packet } = decodeBytes(ethernet(PEER, CARRIER, "86 dd", ipv6(insideIp, { next: 4 })));
    expect([packet.ipVersion, packet.outer.ipVersion, packet.source0, innerIps(packet)[0]]).toEqual([
      4,
      6,
      0,
      "192.168.0.1",
    ]);
  });

  test("another version inside is a lie", () => {
    const { packet, malformed } = inIp(4, ipv6(udp(1, 2, text("x"))));
    expect([innerIps(packet)[0], packet.tunnels, malformed]).toEqual(["10.0.0.1", 0, { ipv4: 1 }]);
  });
});

describe("link tunnels", () => {
  const label = "00 01 01 ff"; // label 16, bottom of stack, time to live 255
  const mpls = (payload: Buffer, labels = label) =>
    decodeBytes(ethernet(PEER, CARRIER, "88 47", Buffer.concat([hex(labels), payload])));

  test("MPLS carries IP under any labels", () => {
    for (const labels of [label, `00 01 00 ff ${label}`]) {
      const { packet } = mpls(insideIp, labels);
      expect([innerIps(packet)[0], innerMac(packet), packet.tunnels]).toEqual(["192.168.0.1", "none", TUNNEL.mpls]);
    }
  });

  test("MPLS carries Ethernet with a control word and without", () => {
    for (const control of ["", "00 00 00 00"]) {
      const { packet } = mpls(Buffer.concat([hex(control), insideFrame]));
      expect([innerMac(packet), innerIps(packet)[0]]).toEqual(["00:03:b1:b5:b6:48", "192.168.0.1"]);
    }
  });

  test("what is under the labels is not guessed", () => {
    const { packet, unknown } = mpls(hex("ab".repeat(40)));
    expect([packet.tunnels, packet.etherType, unknown]).toEqual([0, 0x8847, { "ethertype:0x8847": 1 }]);
  });

  test("labels without end are malformed", () => {
    expect(mpls(Buffer.alloc(0), "00 01 00 ff ".repeat(5)).malformed).toEqual({ mpls: 1 });
    expect(mpls(insideIp, "00 01 00 ff ".repeat(40)).malformed).toEqual({ mpls: 1 });
  });

  test("backbone bridging carries Ethernet", () => {
    const { packet } = decodeBytes(ethernet(PEER, CARRIER, "88 e7", Buffer.concat([hex("00 00 00 01"), insideFrame])));
    expect([innerMac(packet), packet.tunnels, packet.outer.hasMac]).toEqual(["00:03:b1:b5:b6:48", TUNNEL.pbb, true]);
  });

  test("FabricPath's outer addresses are no hosts", () => {
    const { packet } = decodeBytes(ethernet(PEER, CARRIER, "89 03", Buffer.concat([hex("00 60"), insideFrame])));
    expect([innerMac(packet), packet.tunnels, packet.destinationPort]).toEqual(["00:03:b1:b5:b6:48", 0, 4001]);
  });

  test("PPPoE sessions carry IP without padding", () => {
    const session = (length: number, protocol = "00 21") =>
      decodeBytes(
        ethernet(
          PEER,
          CARRIER,
          "88 64",
          Buffer.concat([
            hex("11 00 00 07", length.toString(16).padStart(4, "0"), protocol),
            insideIp,
            Buffer.alloc(9),
          ]),
        ),
      );
    const { packet } = session(2 + insideIp.length);
    expect([innerIps(packet)[0], packet.etherType, payloadOf(packet).toString()]).toEqual([
      "192.168.0.1",
      0x0800,
      "hello",
    ]);
    expect(session(1).malformed).toEqual({ pppoe: 1 });
    expect(session(200).malformed).toEqual({ pppoe: 1 });
    expect(session(2 + insideIp.length, "c0 21").unknown).toEqual({ "ppp:0xc021": 1 });
  });
});

test("tunnels in tunnels end at the limit", () => {
  const nested = (depth: number) => {
    let bytes = insideIp;
    for (let level = 0; level < depth; level++) bytes = ipv4(bytes, { protocol: 4 });
    return decodeBytes(ethernet(PEER, CARRIER, "08 00", bytes));
  };
  expect(innerIps(nested(MAX_TUNNEL_DEPTH).packet)[0]).toBe("192.168.0.1");
  const { packet, malformed } = nested(MAX_TUNNEL_DEPTH + 1);
  expect([innerIps(packet)[0], malformed]).toEqual(["10.0.0.155", { tunnel: 1 }]);
});
