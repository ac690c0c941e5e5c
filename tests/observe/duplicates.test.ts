/** Mirrored copies are counted once; plain retransmissions are not copies. */
import { describe, expect, test } from "vitest";
import { createDecoder } from "../../agent/decode/decode.ts";
import { emptyPacket } from "../../agent/decode/packet.ts";
import { DuplicateFilter } from "../../agent/observe/duplicates.ts";
import { arp, frameOf, Listening, START, tcp, udp } from "./support/wire.ts";

const segment = { from: 1, to: 2, payload: "abcdefgh", sequence: 77, ipId: 4711 };

function verdicts(...frames: [bytes: Buffer, at: number, port?: number][]): boolean[] {
  const decoder = createDecoder();
  const filter = new DuplicateFilter();
  const packet = emptyPacket();
  return frames.map(([bytes, at, port]) => {
    decoder.decode(frameOf(bytes, { at: START + at, interface: port ?? 0 }), packet);
    return filter.isDuplicate(packet);
  });
}

describe("a datagram heard again within 50 ms is a duplicate", () => {
  test("from another VLAN", () => {
    expect(verdicts([tcp({ ...segment, vlan: 10 }), 0], [tcp({ ...segment, vlan: 20 }), 49_000])).toEqual([
      false,
      true,
    ]);
  });

  test("with another link header, as behind a router, whatever its TTL and checksum say", () => {
    const routed = tcp({ ...segment, fromMac: 9, toMac: 8 });
    routed[22] = 63;
    routed.writeUInt16BE(0xbeef, 24);
    expect(verdicts([tcp(segment), 0], [routed, 100])).toEqual([false, true]);
  });

  test("from another interface", () => {
    expect(verdicts([tcp(segment), 0, 0], [tcp(segment), 10, 1])).toEqual([false, true]);
  });

  test("a third time too, from a third place", () => {
    const heard = [10, 20, 30].map((vlan, index): [Buffer, number] => [tcp({ ...segment, vlan }), index * 100]);
    expect(verdicts(...heard)).toEqual([false, true, true]);
  });

  test("as UDP by its IP id alone", () => {
    const datagram = { from: 1, to: 2, ipId: 9, payload: "x" };
    expect(verdicts([udp({ ...datagram, vlan: 1 }), 0], [udp({ ...datagram, vlan: 2 }), 10])).toEqual([false, true]);
  });
});

describe("not a duplicate is", () => {
  test("a retransmission from the same place", () => {
    expect(verdicts([tcp(segment), 0], [tcp(segment), 30_000])).toEqual([false, false]);
  });

  test("a retransmission with a new IP id from another place", () => {
    expect(verdicts([tcp({ ...segment, vlan: 10 }), 0], [tcp({ ...segment, vlan: 20, ipId: 4712 }), 100])).toEqual([
      false,
      false,
    ]);
  });

  test("the same datagram more than 50 ms later", () => {
    expect(verdicts([tcp({ ...segment, vlan: 10 }), 0], [tcp({ ...segment, vlan: 20 }), 50_001])).toEqual([
      false,
      false,
    ]);
  });

  test("the same datagram from before: a clock that was set back proves nothing", () => {
    expect(verdicts([tcp({ ...segment, vlan: 10 }), 1000], [tcp({ ...segment, vlan: 20 }), 0])).toEqual([false, false]);
  });

  test("another payload under the same numbers", () => {
    const other = tcp({ ...segment, vlan: 20, payload: "abcdefgX" });
    expect(verdicts([tcp({ ...segment, vlan: 10 }), 0], [other, 100])).toEqual([false, false]);
  });

  test("UDP without an IP id", () => {
    const datagram = { from: 1, to: 2, ipId: 0, payload: "x" };
    expect(verdicts([udp({ ...datagram, vlan: 1 }), 0], [udp({ ...datagram, vlan: 2 }), 10])).toEqual([false, false]);
  });

  test("anything but IP", () => {
    expect(verdicts([arp(1, 2), 0, 0], [arp(1, 2), 10, 1])).toEqual([false, false]);
  });
});

test("a retransmission and its own mirrored copy are told apart", () => {
  const [here, there] = [tcp({ ...segment, vlan: 10 }), tcp({ ...segment, vlan: 20 })];
  expect(verdicts([here, 0], [there, 100], [here, 20_000], [there, 20_100])).toEqual([false, true, false, true]);
});

test("a duplicate is a frame of the capture, but no traffic of its host", () => {
  const listening = new Listening();
  listening.hear(tcp({ ...segment, vlan: 10 }));
  listening.hear(tcp({ ...segment, vlan: 20 }));
  listening.drain();
  expect(listening.watch.totals()).toMatchObject({ frames: 2, duplicates: 1 });
  expect(listening.said.filter((one) => one.kind === "presence" && one.sentFrames > 0)).toHaveLength(1);
});
