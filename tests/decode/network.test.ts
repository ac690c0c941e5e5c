import { describe, expect, test } from "vitest";
import { ipText } from "../../agent/decode/addresses.ts";
import { MAX_EXTENSION_HEADERS } from "../../agent/decode/ipv6.ts";
import type { Packet } from "../../agent/decode/packet.ts";
import { decodeBytes, frameOf, hex, payloadOf } from "./support/bytes.ts";
import { ethernet, GATEWAY, type Ipv4, type Ipv6, ipv4, ipv6, PUMP, tcp, text, udp } from "./support/layers.ts";

const over4 = (payload: Buffer, header?: Ipv4, padding = 0, wireLength?: number) => {
  const frame = ethernet(GATEWAY, PUMP, "08 00", Buffer.concat([ipv4(payload, header), Buffer.alloc(padding)]));
  return decodeBytes(frame, wireLength === undefined ? {} : { wireLength });
};
const over6 = (payload: Buffer, header?: Ipv6) => decodeBytes(ethernet(GATEWAY, PUMP, "86 dd", ipv6(payload, header)));
const source = (p: Packet) => ipText(p.ipVersion, p.source0, p.source1, p.source2, p.source3);
const destination = (p: Packet) => ipText(p.ipVersion, p.destination0, p.destination1, p.destination2, p.destination3);
const ports = (p: Packet) => [p.transport, p.sourcePort, p.destinationPort];

describe("IPv4", () => {
  test("gives addresses, time to live, identification and the payload without padding", () => {
    const { packet } = over4(udp(68, 67, text("dhcp")), {}, 14);
    expect([source(packet), destination(packet)]).toEqual(["10.0.0.155", "10.0.0.126"]);
    expect([packet.ttl, packet.ipId, packet.ipDontFragment, packet.ipProtocol]).toEqual([64, 0x1234, true, 17]);
    expect(ports(packet)).toEqual([17, 68, 67]);
    expect(payloadOf(packet).toString()).toBe("dhcp");
  });

  test("options are stepped over", () => {
    const { packet } = over4(udp(1, 2, text("x")), { options: "94 04 00 00" });
    expect(payloadOf(packet).toString()).toBe("x");
  });

  test("a total length of 0 is a sender that leaves segmenting to its network card", () => {
    const { packet } = over4(tcp(1, 2, Buffer.alloc(100, 65)), { protocol: 6, totalLength: 0 });
    expect([packet.transport, packet.payloadLength]).toEqual([6, 100]);
  });

  test.each([
    ["longer than the frame", { totalLength: 200 }],
    ["shorter than the header", { totalLength: 19 }],
    ["a header of four words", { headerWords: 4 }],
    ["a header longer than the datagram", { headerWords: 15 }],
  ])("%s is a lie: the link stands, the network does not", (_, header) => {
    const { packet, malformed } = over4(udp(1, 2, text("x")), header);
    expect([packet.hasSourceMac, packet.etherType, packet.ipVersion, malformed]).toEqual([
      true,
      0x0800,
      0,
      { ipv4: 1 },
    ]);
  });

  test("every shorter cut is malformed on the wire, and nothing when the capture cut it", () => {
    const frame = ethernet(GATEWAY, PUMP, "08 00", ipv4(udp(1, 2, text("payload"))));
    for (let length = 14; length < frame.length; length++) {
      const cut = frame.subarray(0, length);
      expect(decodeBytes(cut).malformed, `${length} bytes`).toEqual({ ipv4: 1 });
      const { packet, malformed } = decodeBytes(cut, { wireLength: frame.length });
      expect(malformed, `${length} bytes`).toEqual({});
      expect(packet.transport, `${length} bytes`).toBe(length < 42 ? 0 : 17);
    }
  });

  test("what the capture cut from the payload is known by its length", () => {
    const frame = ethernet(GATEWAY, PUMP, "08 00", ipv4(udp(1, 2, text("0123456789"))));
    const { packet } = decodeBytes(frame.subarray(0, frame.length - 4), { wireLength: frame.length });
    expect([packet.payloadLength, packet.payloadWireLength]).toEqual([6, 10]);
  });

  test("other protocols are left as payload, and counted when nobody reads them", () => {
    const icmp = over4(text("echo"), { protocol: 1 });
    expect([icmp.packet.ipProtocol, payloadOf(icmp.packet).toString(), icmp.unknown]).toEqual([1, "echo", {}]);
    expect(over4(text("sctp"), { protocol: 132 }).unknown).toEqual({ "ip-protocol:132": 1 });
  });

  test("the authentication header is stepped over", () => {
    const header = hex("11 04 00 00", "00 00 00 01", "00 00 00 01", "00".repeat(12));
    expect(ports(over4(Buffer.concat([header, udp(1, 2, text("x"))]), { protocol: 51 }).packet)).toEqual([17, 1, 2]);
    expect(over4(hex("11 00 00 00", "00".repeat(8)), { protocol: 51 }).malformed).toEqual({ ah: 1 });
  });
});

describe("IPv6", () => {
  test("gives addresses, hop limit and payload", () => {
    const { packet } = over6(udp(546, 547, text("dhcp6")));
    expect([source(packet), destination(packet), packet.ttl]).toEqual(["2001:db8::1", "2001:db8::2", 64]);
    expect([...ports(packet), payloadOf(packet).toString()]).toEqual([17, 546, 547, "dhcp6"]);
  });

  // Next header, length in 8-byte units beyond the first, then options.
  const hopByHop = "3c 00 05 02 00 00 01 00"; // router alert; next: destination options
  const destinationOptions = "2b 00 01 04 00 00 00 00"; // padding; next: routing
  const routing = "11 00 03 00 00 00 00 00"; // no segments left; next: UDP

  test("walks hop-by-hop, destination and routing headers", () => {
    const chain = Buffer.concat([hex(hopByHop, destinationOptions, routing), udp(1, 2, text("end"))]);
    const { packet } = over6(chain, { next: 0 });
    expect([...ports(packet), payloadOf(packet).toString()]).toEqual([17, 1, 2, "end"]);
  });

  test("leaves ICMPv6 to its dissector, behind extension headers too", () => {
    const { packet } = over6(Buffer.concat([hex("3a 00 05 02 00 00 01 00"), hex("8f 00 00 00")]), { next: 0 });
    expect([packet.ipProtocol, packet.payloadLength]).toEqual([58, 4]);
  });

  test("a chain up to the limit is walked, a longer one is not", () => {
    const link = "3c 00 01 04 00 00 00 00";
    const last = "11 00 01 04 00 00 00 00";
    const chain = (count: number) => Buffer.concat([hex(link.repeat(count - 1), last), udp(1, 2, text("x"))]);
    expect(over6(chain(MAX_EXTENSION_HEADERS), { next: 60 }).packet.transport).toBe(17);
    expect(over6(chain(MAX_EXTENSION_HEADERS + 1), { next: 60 }).malformed).toEqual({ ipv6: 1 });
  });

  test("an extension header longer than the datagram is a lie", () => {
    const { packet, malformed } = over6(hex("11 ff 01 04 00 00 00 00"), { next: 60 });
    expect([source(packet), packet.transport, malformed]).toEqual(["2001:db8::1", 0, { ipv6: 1 }]);
  });

  test("a payload longer than the frame is a lie", () => {
    expect(over6(udp(1, 2, text("x")), { payloadLength: 100 }).malformed).toEqual({ ipv6: 1 });
  });

  test("no next header is no payload of anybody", () => {
    const { packet, malformed, unknown } = over6(Buffer.alloc(0), { next: 59 });
    expect([packet.transport, malformed, unknown]).toEqual([0, {}, {}]);
  });

  test("a jumbogram's length is in its hop-by-hop option", () => {
    const data = Buffer.alloc(70_000, 65);
    const segment = tcp(1, 2, data);
    const length = (8 + segment.length).toString(16).padStart(8, "0");
    const { packet } = over6(Buffer.concat([hex("06 00 c2 04", length), segment]), { next: 0, payloadLength: 0 });
    expect([packet.transport, packet.payloadLength]).toEqual([6, 70_000]);
  });

  test("a jumbo option for a length that needs none is a lie", () => {
    const jumbo = Buffer.concat([hex("11 00 c2 04 00 00 00 20"), udp(1, 2, text("x"))]);
    expect(over6(jumbo, { next: 0, payloadLength: 0 }).malformed).toEqual({ ipv6: 1 });
  });
});

describe("TCP", () => {
  test("gives ports, numbers, flags, options and data", () => {
    const { packet } = over4(tcp(49153, 6661, text("MSH|"), { options: "02 04 05 b4" }), { protocol: 6 });
    expect(ports(packet)).toEqual([6, 49153, 6661]);
    expect([packet.tcpSequence, packet.tcpAcknowledgement]).toEqual([0x1000, 0x2000]);
    expect([packet.tcpFlags, packet.tcpWindow, packet.tcpOptionsLength]).toEqual([0x18, 501, 4]);
    expect(packet.bytes[packet.tcpOptionsAt]).toBe(2);
    expect(payloadOf(packet).toString()).toBe("MSH|");
  });

  test("sequence numbers are signed words", () => {
    expect(over4(tcp(1, 2, text("x"), { sequence: "ff ff ff ff" }), { protocol: 6 }).packet.tcpSequence).toBe(-1);
  });

  test.each([4, 0, 15])("a data offset of %i words is a lie: the network stands", (dataOffset) => {
    const { packet, malformed } = over4(tcp(1, 2, text("x"), { dataOffset }), { protocol: 6 });
    expect([source(packet), packet.ipProtocol, packet.transport, malformed]).toEqual(["10.0.0.155", 6, 0, { tcp: 1 }]);
  });

  test("options that the capture cut are given as far as they go", () => {
    const frame = ethernet(
      GATEWAY,
      PUMP,
      "08 00",
      ipv4(tcp(1, 2, text("data"), { options: "02 04 05 b4 01 01 01 00" }), { protocol: 6 }),
    );
    const { packet, malformed } = decodeBytes(frame.subarray(0, 14 + 20 + 20 + 3), { wireLength: frame.length });
    expect([packet.tcpOptionsLength, packet.payloadLength, packet.payloadWireLength, malformed]).toEqual([3, 0, 4, {}]);
  });

  test("every shorter segment is malformed", () => {
    const segment = tcp(1, 2, Buffer.alloc(0));
    for (let length = 0; length < segment.length; length++) {
      expect(over4(segment.subarray(0, length), { protocol: 6 }).malformed).toEqual({ tcp: 1 });
    }
  });
});

describe("UDP", () => {
  test("its length rules over the datagram's", () => {
    expect(payloadOf(over4(udp(1, 2, text("abcdef"), 8 + 3)).packet).toString()).toBe("abc");
  });

  test.each([0, 7, 9 + 8])("a length of %i with one byte of data is a lie", (length) => {
    const { packet, malformed } = over4(udp(1, 2, text("x"), length));
    expect([packet.ipProtocol, packet.transport, malformed]).toEqual([17, 0, { udp: 1 }]);
  });
});

test("nothing of one frame is left in the next", () => {
  const full = over4(tcp(49153, 6661, text("MSH|"), { options: "02 04 05 b4" }), { protocol: 6 });
  const fresh = decodeBytes(ethernet(GATEWAY, PUMP, "81 00 00 05 88 cc", text("lldp")));
  const again = ethernet(GATEWAY, PUMP, "81 00 00 05 88 cc", text("lldp"));
  full.decoder.decode(frameOf(again), full.packet);
  expect({ ...full.packet, bytes: null }).toEqual({ ...fresh.packet, bytes: null });
});
