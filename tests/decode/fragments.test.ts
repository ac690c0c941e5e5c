import { describe, expect, test } from "vitest";
import { createDecoder, type Decoder } from "../../agent/decode/decode.ts";
import { MAX_FRAGMENTED_DATAGRAMS, MAX_FRAGMENTS_PER_DATAGRAM } from "../../agent/decode/fragments.ts";
import { decodeBytes, hex, payloadOf } from "./support/bytes.ts";
import { ethernet, GATEWAY, ipv4, ipv6, PUMP, text, udp } from "./support/layers.ts";

const MORE = 0x2000;
const data = text("0123456789abcdef".repeat(4)); // 64 bytes
const datagram = udp(4000, 4001, data); // 72 bytes

interface Piece {
  from: number;
  to: number;
  id?: number;
  at?: number;
  tags?: string;
  bytes?: Buffer;
}

const frame4 = ({ from, to, id = 7, tags = "", bytes = datagram }: Piece): Buffer => {
  const more = to < bytes.length ? MORE : 0;
  return ethernet(GATEWAY, PUMP, `${tags} 08 00`, ipv4(bytes.subarray(from, to), { id, fragment: more | (from / 8) }));
};
const feed = (decoder: Decoder, piece: Piece) => decodeBytes(frame4(piece), { at: piece.at ?? 1_000_000 }, decoder);

describe("IPv4 fragments", () => {
  test.each([
    ["in order", [0, 1, 2]],
    ["backwards", [2, 1, 0]],
    ["mixed", [1, 2, 0]],
    ["with a repeat", [1, 1, 2, 0]],
  ])("are joined when they come %s", (_, order) => {
    const decoder = createDecoder();
    const pieces: Piece[] = [
      { from: 0, to: 24 },
      { from: 24, to: 48 },
      { from: 48, to: 72 },
    ];
    const decoded = order.map((index) => feed(decoder, pieces[index]!));
    const whole = decoded.pop()!;
    for (const { packet } of decoded)
      expect([packet.isFragment, packet.transport, packet.payloadLength]).toEqual([true, 0, 0]);
    expect([whole.packet.isFragment, whole.packet.sourcePort, whole.packet.destinationPort]).toEqual([
      false,
      4000,
      4001,
    ]);
    expect(payloadOf(whole.packet).equals(data)).toBe(true);
    expect(whole.malformed).toEqual({});
  });

  test("of several datagrams, and of copies in two VLANs, don't mix", () => {
    const decoder = createDecoder();
    const other = udp(5000, 5001, text("x".repeat(64)));
    feed(decoder, { from: 0, to: 40 });
    feed(decoder, { from: 0, to: 40, id: 8, bytes: other });
    feed(decoder, { from: 0, to: 40, tags: "81 00 00 05" });
    expect(payloadOf(feed(decoder, { from: 40, to: 72 }).packet).equals(data)).toBe(true);
    expect(feed(decoder, { from: 40, to: 72, id: 8, bytes: other }).packet.sourcePort).toBe(5000);
    expect(feed(decoder, { from: 40, to: 72, tags: "81 00 00 05" }).packet.vlan).toBe(5);
  });

  test("that overlap are dropped and counted, the same bytes twice are not", () => {
    const decoder = createDecoder();
    feed(decoder, { from: 0, to: 48 });
    const overlap = feed(decoder, { from: 40, to: 72 });
    expect([overlap.packet.isFragment, overlap.malformed]).toEqual([true, { fragment: 1 }]);
    expect(decoder.counters.fragmentsDropped).toBe(1);
    expect(feed(decoder, { from: 48, to: 72 }).packet.isFragment).toBe(true);
  });

  test("that repeat a range with other bytes are dropped", () => {
    const decoder = createDecoder();
    feed(decoder, { from: 0, to: 48 });
    const forged = Buffer.from(datagram);
    forged[20] = 0x58;
    expect(feed(decoder, { from: 0, to: 48, bytes: forged }).malformed).toEqual({ fragment: 1 });
  });

  test("with a middle that is no multiple of eight, or beyond the largest datagram, are malformed", () => {
    const odd = ethernet(GATEWAY, PUMP, "08 00", ipv4(datagram.subarray(0, 20), { id: 7, fragment: MORE }));
    expect(decodeBytes(odd).malformed).toEqual({ fragment: 1 });
    const far = ethernet(GATEWAY, PUMP, "08 00", ipv4(datagram, { id: 7, fragment: 0x1fff }));
    expect(decodeBytes(far).malformed).toEqual({ fragment: 1 });
  });

  test("are given up after half a minute by the capture's clock", () => {
    const decoder = createDecoder();
    feed(decoder, { from: 0, to: 40, at: 1_000_000 });
    expect(feed(decoder, { from: 40, to: 72, at: 32_000_000 }).packet.isFragment).toBe(true);
    expect(feed(decoder, { from: 0, to: 40, at: 33_000_000 }).packet.isFragment).toBe(false);
  });

  test("of too many datagrams push the oldest out, counted", () => {
    const decoder = createDecoder();
    for (let id = 0; id <= MAX_FRAGMENTED_DATAGRAMS; id++) feed(decoder, { from: 0, to: 40, id });
    expect(decoder.counters.fragmentsDropped).toBe(1);
    expect(feed(decoder, { from: 40, to: 72, id: 0 }).packet.isFragment).toBe(true);
    expect(feed(decoder, { from: 40, to: 72, id: MAX_FRAGMENTED_DATAGRAMS }).packet.isFragment).toBe(false);
  });

  test("of one datagram in too many pieces are dropped", () => {
    const decoder = createDecoder();
    const bytes = udp(1, 2, Buffer.alloc(4096));
    for (let piece = 0; piece <= MAX_FRAGMENTS_PER_DATAGRAM; piece++) {
      feed(decoder, { from: piece * 16, to: piece * 16 + 8, bytes });
    }
    expect(decoder.counters.malformed.get("fragment")).toBe(1);
    expect(decoder.counters.fragmentsDropped).toBe(MAX_FRAGMENTS_PER_DATAGRAM);
  });

  test("that the capture cut are never whole", () => {
    const decoder = createDecoder();
    const first = frame4({ from: 0, to: 40 });
    decodeBytes(first.subarray(0, first.length - 8), { wireLength: first.length }, decoder);
    const { packet, malformed } = feed(decoder, { from: 40, to: 72 });
    expect([packet.isFragment, malformed]).toEqual([true, {}]);
  });

  test("the largest datagram is joined", () => {
    const decoder = createDecoder();
    const bytes = udp(1, 2, Buffer.alloc(65_507, 65));
    let last = 0;
    for (let from = 0; from < bytes.length; from += 1480) {
      last = feed(decoder, { from, to: Math.min(from + 1480, bytes.length), bytes }).packet.payloadLength;
    }
    expect(last).toBe(65_507);
  });
});

describe("IPv6 fragments", () => {
  /** Next header, reserved, offset and "more", identification. */
  const piece = (next: string, from: number, to: number, bytes: Buffer) => {
    const field = (from | (to < bytes.length ? 1 : 0)).toString(16).padStart(4, "0");
    const payload = Buffer.concat([hex(`${next} 00`, field, "00 00 00 09"), bytes.subarray(from, to)]);
    return ethernet(GATEWAY, PUMP, "86 dd", ipv6(payload, { next: 44 }));
  };

  test("are joined, with extension headers inside them", () => {
    const bytes = Buffer.concat([hex("11 00 01 04 00 00 00 00"), datagram]);
    const decoder = createDecoder();
    expect(decodeBytes(piece("3c", 0, 40, bytes), {}, decoder).packet.isFragment).toBe(true);
    const { packet, malformed } = decodeBytes(piece("3c", 40, 80, bytes), {}, decoder);
    expect([packet.ipVersion, packet.ipId, packet.sourcePort, malformed]).toEqual([6, 9, 4000, {}]);
    expect(payloadOf(packet).equals(data)).toBe(true);
  });

  test("an atomic fragment is a whole datagram", () => {
    expect(decodeBytes(piece("11", 0, 72, datagram)).packet.destinationPort).toBe(4001);
  });
});
