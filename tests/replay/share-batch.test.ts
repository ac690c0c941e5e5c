/** What one thread hands to another comes out as it went in, and within a bound. */
import { expect, test } from "vitest";
import type { Observation } from "../../agent/observe/observation.ts";
import { BatchWriter, MAX_TOLD, movable, readBatch } from "../../agent/replay-share-batch.ts";

const pump = { mac: "00:03:b1:00:00:01", vlan: 20, ip: "10.0.0.155" };
const gateway = { mac: null, vlan: 0, ip: "fe80::1" };
const told: [Observation, number, number][] = [
  [
    {
      kind: "presence",
      host: pump,
      sentFrames: 3,
      sentBytes: 2 ** 40,
      receivedFrames: 0,
      receivedBytes: 0,
      ttl: 64,
      firstAt: 1_767_225_600_000_001,
      lastAt: 1_767_225_600_000_009,
    },
    7,
    0,
  ],
  [
    {
      kind: "evidence",
      about: pump,
      attribute: "dhcp.option.hostname",
      value: "ICU-PUMP-04 \u00e9",
      protocol: "dhcp",
      count: 2,
      firstAt: 1,
      lastAt: 2,
      firstFrame: { file: "x.pcap", number: 4 },
    },
    9,
    8,
  ],
  [
    {
      kind: "evidence",
      about: { reported: "0012210A0B0C", by: gateway },
      attribute: "hl7.prt.16",
      value: "Plum A+",
      protocol: "hl7",
      count: 1,
      firstAt: 3,
      lastAt: 3,
    },
    10,
    0,
  ],
  [
    {
      kind: "flow",
      transport: "udp",
      a: pump,
      b: { mac: null, vlan: 0, ip: null },
      port: 53,
      flows: 1,
      server: "unknown",
      serverBy: null,
      protocol: null,
      answered: false,
      frames: 1,
      bytes: 60,
      firstAt: 4,
      lastAt: 5,
    },
    11,
    0,
  ],
  [
    {
      kind: "flow",
      transport: "tcp",
      a: gateway,
      b: pump,
      port: 2575,
      flows: 2,
      server: "b",
      serverBy: "content",
      protocol: "hl7",
      answered: true,
      frames: 9,
      bytes: 900,
      firstAt: 4,
      lastAt: 5,
    },
    12,
    12,
  ],
  [{ kind: "fan-out", by: pump, what: "hosts", port: 0, tried: 20, answered: 3, firstAt: 1, lastAt: 6 }, 0, 0],
];
const unpacked = (batch: Parameters<typeof readBatch>[0]) => {
  const read: [Observation, number, number][] = [];
  readBatch(batch, (...one) => read.push(one));
  return read;
};

test("every kind comes out as it went in, after moving to another thread", () => {
  const writer = new BatchWriter();
  for (const one of told) writer.take(...one);
  const batch = writer.finish();
  expect(unpacked(structuredClone(batch, { transfer: movable(batch) }))).toEqual(told);
});

test("a writer starts anew after each window", () => {
  const writer = new BatchWriter();
  for (const one of told) writer.take(...one);
  writer.finish();
  writer.take(...told[1]!);
  const batch = writer.finish();
  expect([unpacked(batch), batch.dropped]).toEqual([[told[1]], 0]);
});

test("a window that tells without end is cut, and what was dropped is counted", () => {
  const writer = new BatchWriter();
  for (let i = 0; i < MAX_TOLD + 5; i++) writer.take(...told[0]!);
  const batch = writer.finish();
  expect([batch.presences.length / 9, batch.dropped]).toEqual([MAX_TOLD, 5]);
});
