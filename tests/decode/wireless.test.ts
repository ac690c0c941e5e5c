import { describe, expect, test } from "vitest";
import { MAX_ADDRESSES } from "../../agent/decode/address-set.ts";
import { ipv4Text, macText } from "../../agent/decode/addresses.ts";
import { createDecoder, type Decoder } from "../../agent/decode/decode.ts";
import { type Packet, TUNNEL } from "../../agent/decode/packet.ts";
import { decodeBytes, hex } from "./support/bytes.ts";
import { CARRIER, ethernet, insideFrame, insideIp, ipv4, PEER, udp } from "./support/layers.ts";

const ACCESS_POINT = "0a 00 00 0a";
const CONTROLLER = "0a 00 00 01";
const DATA = 5247;

const up = (payload: Buffer, source = ACCESS_POINT, decoder?: Decoder) =>
  decodeBytes(
    ethernet(PEER, CARRIER, "08 00", ipv4(udp(12_380, DATA, payload), { source, destination: CONTROLLER })),
    {},
    decoder,
  );
const down = (payload: Buffer, decoder?: Decoder) =>
  decodeBytes(
    ethernet(
      CARRIER,
      PEER,
      "08 00",
      ipv4(udp(DATA, 12_380, payload), { source: CONTROLLER, destination: ACCESS_POINT }),
    ),
    {},
    decoder,
  );
const addresses = (p: Packet) => [
  macText(p.sourceMacHigh, p.sourceMacLow),
  macText(p.destinationMacHigh, p.destinationMacLow),
];

// RFC 5415, 4.3: preamble; header length (5 bits), radio (5), binding (5), T; flags; fragment id and offset.
const PLAIN = "00 10 02 00  00 00 00 00"; // two words, binding 1, an 802.3 frame
const NATIVE = "00 10 03 00  00 00 00 00"; // an 802.11 frame
const SNAP = "aa aa 03 00 00 00 08 00";
const A1 = "02 aa 00 00 00 01";
const A2 = "02 aa 00 00 00 02";
const A3 = "02 aa 00 00 00 03";
const A4 = "02 aa 00 00 00 04";
const [M1, M2, M3, M4] = [A1, A2, A3, A4].map((address) => address.replaceAll(" ", ":"));

const native = (frame: string, header = NATIVE) => up(Buffer.concat([hex(header, frame), insideIp]));

describe("CAPWAP data in clear", () => {
  test("carries 802.3 frames; the access point stands outside", () => {
    const { packet } = up(Buffer.concat([hex(PLAIN), insideFrame]));
    expect([addresses(packet)[0], ipv4Text(packet.source3), packet.tunnels]).toEqual([
      "00:03:b1:b5:b6:48",
      "192.168.0.1",
      TUNNEL.capwap,
    ]);
    expect(ipv4Text(packet.outer.source3)).toBe("10.0.0.10");
  });

  test.each([
    ["to the network", "08 01", `${A1} ${A2} ${A3} 10 00`, [M2, M3]],
    ["from the network", "08 02", `${A1} ${A2} ${A3} 10 00`, [M3, M1]],
    ["between access points", "08 03", `${A1} ${A2} ${A3} 10 00 ${A4}`, [M4, M3]],
    ["among stations", "08 00", `${A1} ${A2} ${A3} 10 00`, [M2, M1]],
    ["with a traffic class", "88 01", `${A1} ${A2} ${A3} 10 00 05 00`, [M2, M3]],
    ["with a traffic class and an HT field", "88 81", `${A1} ${A2} ${A3} 10 00 05 00 00 00 00 00`, [M2, M3]],
    ["with fields in the other byte order", "01 08", `${A1} ${A2} ${A3} 01 10`, [M2, M3]],
    ["with a traffic class in the other byte order", "01 88", `${A1} ${A2} ${A3} 01 10 80 05`, [M2, M3]],
  ])("carries 802.11 frames %s", (_, control, rest, macs) => {
    const { packet, malformed, unknown } = native(`${control} 00 00 ${rest} ${SNAP}`);
    expect(addresses(packet)).toEqual(macs);
    expect([ipv4Text(packet.source3), packet.destinationPort, malformed, unknown]).toEqual([
      "192.168.0.1",
      4001,
      {},
      {},
    ]);
  });

  test("wireless information in the header is stepped over", () => {
    const header = "00 20 03 20  00 00 00 00  04 01 04 00 00 00 00 00";
    expect(native(`08 01 00 00 ${A1} ${A2} ${A3} 10 00 ${SNAP}`, header).packet.destinationPort).toBe(4001);
  });

  test("a station that only looks for a network gives no address", () => {
    const { packet, malformed } = native(`40 00 00 00 ${A1} ${A2} ${A3} 10 00`);
    expect([packet.hasSourceMac, packet.ipVersion, packet.tunnels, malformed]).toEqual([false, 0, TUNNEL.capwap, {}]);
  });

  test("a frame without data gives its addresses", () => {
    const { packet } = native(`48 01 00 00 ${A1} ${A2} ${A3} 10 00`);
    expect([addresses(packet), packet.ipVersion]).toEqual([[M2, M3], 0]);
  });

  test.each([
    ["protected", "08 41", "10 00"],
    ["fragment", "08 01", "11 00"],
  ])("802.11 payload that can't be read is counted: %s", (what, control, sequence) => {
    const { packet, unknown } = native(`${control} 00 00 ${A1} ${A2} ${A3} ${sequence} 01 02 03 04`);
    expect([addresses(packet), packet.ipVersion, unknown]).toEqual([[M2, M3], 0, { [`ieee80211:${what}`]: 1 }]);
  });

  test("only the first of CAPWAP's own fragments is opened", () => {
    const half = insideFrame.subarray(0, insideFrame.length - 3);
    const first = up(Buffer.concat([hex("00 10 02 80  00 07 00 00"), half]));
    expect([first.packet.destinationPort, first.packet.payloadLength, first.malformed]).toEqual([4001, 2, {}]);
    const second = up(Buffer.concat([hex("00 10 02 80  00 07 00 10"), half]));
    expect([second.packet.tunnels, second.unknown]).toEqual([0, { "capwap:fragment": 1 }]);
  });

  test("keep-alives and other bindings are not opened", () => {
    expect(up(hex("00 10 02 08  00 00 00 00  00 16 00 00")).packet.tunnels).toBe(0);
    expect(up(hex("00 10 07 00  00 00 00 00", "00".repeat(40))).unknown).toEqual({ "capwap:binding": 1 });
  });

  test("a header shorter than its flags demand is a lie", () => {
    expect(up(Buffer.concat([hex("00 08 02 00 00 00 00 00"), insideFrame])).malformed).toEqual({ capwap: 1 });
    expect(up(Buffer.concat([hex("00 10 02 20 00 00 00 00"), insideFrame])).malformed).toEqual({ capwap: 1 });
    expect(up(Buffer.concat([hex("00 f8 02 00 00 00 00 00"), insideFrame.subarray(0, 20)])).malformed).toEqual({
      capwap: 1,
    });
  });

  test("every shorter 802.11 header is malformed", () => {
    const header = hex(`88 01 00 00 ${A1} ${A2} ${A3} 10 00 05 00`);
    for (let length = 0; length < header.length; length++) {
      const { malformed } = up(Buffer.concat([hex(NATIVE), header.subarray(0, length)]));
      expect(malformed, `${length} bytes`).toEqual({ ieee80211: 1 });
    }
  });
});

describe("CAPWAP data encrypted", () => {
  const record = hex("01 00 00 00", "17 fe ff 00 01 00 00 00 00 00 01 00 10", "ab".repeat(16));

  test("counts an access point once, whichever way the data goes", () => {
    const decoder = createDecoder();
    up(record, ACCESS_POINT, decoder);
    down(record, decoder);
    expect(decoder.hiddenAccessPoints()).toBe(1);
    up(record, "0a 00 00 0b", decoder);
    expect(decoder.hiddenAccessPoints()).toBe(2);
  });

  test("stays a datagram between the carriers", () => {
    const { packet, malformed } = up(record);
    expect([ipv4Text(packet.source3), packet.tunnels, packet.destinationPort, malformed]).toEqual([
      "10.0.0.10",
      0,
      DATA,
      {},
    ]);
  });

  test("is only what holds a DTLS record", () => {
    const { decoder } = up(hex("01 00 00 00", "ab".repeat(20)));
    expect(decoder.hiddenAccessPoints()).toBe(0);
  });

  test("counting stops at a limit", () => {
    const decoder = createDecoder();
    for (let host = 0; host < MAX_ADDRESSES + 100; host++) {
      up(
        record,
        `0a 01 ${(host >> 8).toString(16).padStart(2, "0")} ${(host & 255).toString(16).padStart(2, "0")}`,
        decoder,
      );
    }
    expect(decoder.hiddenAccessPoints()).toBe(MAX_ADDRESSES);
  });
});
