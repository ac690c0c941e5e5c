import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_UNKNOWN_KEYS } from "../../agent/decode/counts.ts";
import { createDecoder } from "../../agent/decode/decode.ts";
import { emptyPacket } from "../../agent/decode/packet.ts";
import { frameOf, hex, offsetsWrong } from "./support/bytes.ts";
import { CARRIER, ethernet, insideFrame, insideIp, ipv4, ipv6, PEER, tcp, text, udp } from "./support/layers.ts";

const inIp = (protocol: number, ...parts: Buffer[]) =>
  ethernet(PEER, CARRIER, "08 00", ipv4(Buffer.concat(parts), { protocol }));
const native = `08 01 00 00 ${"02 aa 00 00 00 01 ".repeat(3)} 10 00 aa aa 03 00 00 00 08 00`;

/** Sound frames of every kind, to be spoilt. */
const seeds: [linkType: number, Buffer][] = [
  [
    1,
    ethernet(
      PEER,
      CARRIER,
      "88 a8 00 05 81 00 00 14 08 00",
      ipv4(tcp(1, 2, text("data"), { options: "02 04 05 b4" }), { protocol: 6, options: "94 04 00 00" }),
    ),
  ],
  [1, ethernet(PEER, CARRIER, "00 0c", hex("aa aa 03 00 00 0c 20 00 02 b4 00 00"))],
  [
    1,
    ethernet(
      PEER,
      CARRIER,
      "86 dd",
      ipv6(Buffer.concat([hex("2c 00 05 02 00 00 01 00  11 00 00 01 00 00 00 09"), udp(1, 2, text("abcdefgh"))]), {
        next: 0,
      }),
    ),
  ],
  [1, ethernet(PEER, CARRIER, "08 00", ipv4(udp(1, 2, text("0123456789abcdef")), { fragment: 0x2000 }))],
  [1, inIp(47, hex("b0 00 65 58", "00".repeat(12)), insideFrame)],
  [1, inIp(47, hex("10 00 88 be 00 00 00 01 10 17 08 64 00 00 00 05"), insideFrame)],
  [1, inIp(47, hex("10 00 22 eb 00 00 00 01 20 0a 08 64 00 00 00 01 00 00 00 01", "00".repeat(8)), insideFrame)],
  [1, inIp(17, udp(9, 4789, Buffer.concat([hex("08 00 00 00 00 00 2a 00"), insideFrame])))],
  [1, inIp(17, udp(9, 4790, Buffer.concat([hex("0c 00 00 03 00 00 2a 00"), insideFrame])))],
  [
    1,
    inIp(17, udp(9, 5247, Buffer.concat([hex("00 20 03 20 00 00 00 00 04 01 04 00 00 00 00 00", native), insideIp]))),
  ],
  [1, inIp(17, udp(9, 5247, hex("01 00 00 00 17 fe ff", "ab".repeat(20))))],
  [1, inIp(4, insideIp)],
  [1, inIp(51, hex("11 04 00 00", "00".repeat(20)), udp(1, 2, text("x")))],
  [1, ethernet(PEER, CARRIER, "88 47", Buffer.concat([hex("00 01 00 ff 00 01 01 ff 00 00 00 00"), insideFrame]))],
  [1, ethernet(PEER, CARRIER, "88 e7", Buffer.concat([hex("00 00 00 01"), insideFrame]))],
  [1, ethernet(PEER, CARRIER, "89 03", Buffer.concat([hex("00 60"), insideFrame]))],
  [1, ethernet(PEER, CARRIER, "88 64", Buffer.concat([hex("11 00 00 07 00 23 00 21"), insideIp]))],
  [0, Buffer.concat([hex("02 00 00 00"), insideIp])],
  [108, Buffer.concat([hex("00 00 00 02"), insideIp])],
  [113, Buffer.concat([hex("00 00 00 01 00 06 00 03 b1 b5 b6 48 00 00 08 00"), insideIp])],
  [276, Buffer.concat([hex("08 00 00 00 00 00 00 02 00 01 00 06 00 03 b1 b5 b6 48 00 00"), insideIp])],
  ...[12, 14, 101, 228, 229].map((linkType): [number, Buffer] => [linkType, insideIp]),
];

const spoil = fc.record({
  seed: fc.nat(seeds.length - 1),
  changes: fc.array(fc.tuple(fc.nat(200), fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff))), {
    maxLength: 6,
  }),
  cut: fc.oneof(fc.constant(0), fc.nat(120)),
  beyond: fc.oneof(fc.constant(0), fc.nat(70_000)),
  at: fc.nat(100_000_000),
});

describe("spoilt frames", () => {
  test("of every kind never throw and never point outside their bytes", () => {
    const decoder = createDecoder();
    const packet = emptyPacket();
    fc.assert(
      fc.property(spoil, ({ seed, changes, cut, beyond, at }) => {
        const [linkType, sound] = seeds[seed]!;
        const bytes = Buffer.from(sound);
        for (const [place, value] of changes) bytes[place % bytes.length] = value;
        const length = Math.max(bytes.length - cut, 0);
        const frame = frameOf(bytes.subarray(0, length), { linkType, wireLength: length + beyond, at });
        decoder.decode(frame, packet);
        expect(offsetsWrong(packet)).toBe("");
        // Nothing before or after the frame is part of it.
        if (packet.bytes === frame.bytes && packet.payloadLength > 0) {
          expect(packet.payloadAt).toBeGreaterThanOrEqual(frame.offset);
          expect(packet.payloadAt + packet.payloadLength).toBeLessThanOrEqual(frame.offset + frame.length);
        }
      }),
      { numRuns: 20_000 },
    );
    expect(decoder.counters.frames).toBeGreaterThanOrEqual(20_000);
    expect(decoder.counters.unknown.size).toBeLessThanOrEqual(MAX_UNKNOWN_KEYS + 16);
  });

  test("nothing but noise of any link type does no harm", () => {
    const decoder = createDecoder();
    const packet = emptyPacket();
    const linkTypes = fc.constantFrom(0, 1, 12, 14, 101, 108, 113, 228, 229, 276, 281);
    fc.assert(
      fc.property(linkTypes, fc.uint8Array({ maxLength: 200 }), (linkType, noise) => {
        decoder.decode(frameOf(Buffer.from(noise), { linkType }), packet);
        expect(offsetsWrong(packet)).toBe("");
      }),
      { numRuns: 5000 },
    );
  });

  test("every sound one decodes without a complaint", () => {
    for (const [linkType, bytes] of seeds) {
      const decoder = createDecoder();
      decoder.decode(frameOf(bytes, { linkType }), emptyPacket());
      expect([...decoder.counters.malformed], bytes.toString("hex")).toEqual([]);
    }
  });
});

test("what is not understood has a bounded number of keys", () => {
  const decoder = createDecoder();
  const packet = emptyPacket();
  for (let type = 0x9200; type < 0x9200 + MAX_UNKNOWN_KEYS * 2; type++) {
    decoder.decode(frameOf(ethernet(PEER, CARRIER, type.toString(16), text("x"))), packet);
  }
  expect(decoder.counters.unknown.size).toBe(MAX_UNKNOWN_KEYS + 1);
  expect(decoder.counters.unknown.get("other")).toBe(MAX_UNKNOWN_KEYS);
});
