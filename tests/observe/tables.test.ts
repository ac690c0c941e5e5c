/** Hosts and flows in fixed memory: counted, bounded, forgotten when idle, whatever floods in. */
import { describe, expect, test } from "vitest";
import { createDecoder } from "../../agent/decode/decode.ts";
import { emptyPacket } from "../../agent/decode/packet.ts";
import { FlowTable, MAX_FLOWS } from "../../agent/observe/flow-table.ts";
import { HostTable, MAX_HOSTS } from "../../agent/observe/host-table.ts";
import { MirrorWatch } from "../../agent/observe/mirror.ts";
import { ACK, arp, frameOf, ipOf, macOf, START, SYN, tcp, udp } from "./support/wire.ts";

const MINUTE = 60 * 1_000_000;
const host = (table: HostTable, low: number, at = START, ip = low) =>
  table.find(0x0200, low, 0, 4, 0, 0, 0, ip, { at, ordinal: 1 });

describe("the host table", () => {
  test("gives one host one index, and another MAC, VLAN or address another", () => {
    const table = new HostTable();
    const first = host(table, 1);
    expect(host(table, 1)).toBe(first);
    const others = [
      host(table, 2, START, 1),
      host(table, 1, START, 2),
      table.find(0x0200, 1, 7, 4, 0, 0, 0, 1, { at: START, ordinal: 1 }),
      table.find(0x0200, 1, 0, 0, 0, 0, 0, 0, { at: START, ordinal: 1 }),
    ];
    expect(new Set([first, ...others]).size).toBe(5);
  });

  test("says who it is as text", () => {
    const table = new HostTable();
    expect(
      table.hostKey(table.find(0x0003, 0xb1b5b648 | 0, 20, 4, 0, 0, 0, 0x0a00009b, { at: START, ordinal: 1 })),
    ).toEqual({
      mac: "00:03:b1:b5:b6:48",
      vlan: 20,
      ip: "10.0.0.155",
    });
    expect(table.hostKey(table.find(-1, 0, 0, 4, 0, 0, 0, 0x0a00009b, { at: START, ordinal: 1 })).mac).toBeNull();
    expect(table.hostKey(table.find(2, 1, 0, 0, 0, 0, 0, 0, { at: START, ordinal: 1 })).ip).toBeNull();
  });

  test("tells what was sent and received since the last time, each once", () => {
    const table = new HostTable();
    const one = host(table, 1);
    table.sent(one, 100, { at: START, ordinal: 1 });
    table.sent(one, 50, { at: START + 1, ordinal: 1 });
    table.received(one, 7, { at: START + 2, ordinal: 1 });
    const told: number[][] = [];
    const drain = () =>
      table.drain((index) =>
        told.push([
          table.sentFrames[index]!,
          table.sentBytes[index]!,
          table.receivedFrames[index]!,
          table.receivedBytes[index]!,
        ]),
      );
    drain();
    drain();
    table.sent(one, 9, { at: START + 3, ordinal: 1 });
    drain();
    expect(told).toEqual([
      [2, 150, 1, 7],
      [1, 9, 0, 0],
    ]);
  });

  test("when full counts who came too late, and knows those it knew", () => {
    const table = new HostTable();
    for (let low = 0; low < MAX_HOSTS; low++) host(table, low);
    expect(table.isFull).toBe(true);
    expect([host(table, MAX_HOSTS), host(table, MAX_HOSTS + 1)]).toEqual([-1, -1]);
    expect(table.overflow).toBe(2);
    expect(host(table, 17)).toBe(17);
  });

  test("makes room by forgetting the idle, and finds the others again", () => {
    const table = new HostTable();
    for (let low = 0; low < 1000; low++) host(table, low, low % 2 === 0 ? START : START + 20 * MINUTE);
    table.drain(() => undefined);
    table.compact(START + 20 * MINUTE);
    expect(table.count).toBe(500);
    const index = host(table, 501);
    expect(table.count).toBe(500);
    expect(table.hostKey(index).mac).toBe("02:00:00:00:01:f5");
  });

  test("a flood in which nobody is idle empties it, so that later hosts are heard", () => {
    const table = new HostTable();
    for (let low = 0; low < MAX_HOSTS; low++) host(table, low);
    table.compact(START + 1);
    expect(host(table, 1_000_000)).toBeGreaterThanOrEqual(0);
  });
});

describe("the flow table", () => {
  const decoder = createDecoder();
  const packet = emptyPacket();
  const find = (table: FlowTable<object>, bytes: Buffer, at = START) => {
    decoder.decode(frameOf(bytes, { at }), packet);
    return table.find(packet);
  };

  test("both directions are one flow, and its sides are told apart", () => {
    const table = new FlowTable<object>();
    const there = find(table, tcp({ from: 1, to: 2, fromPort: 5000, toPort: 104 }));
    const side = table.side;
    expect(find(table, tcp({ from: 2, to: 1, fromPort: 104, toPort: 5000 }))).toBe(there);
    expect(table.side).toBe(1 - side);
    expect([table.port(there, side), table.port(there, 1 - side)]).toEqual([5000, 104]);
  });

  test("hosts whose addresses lie on both sides of the sign bit still have two sides", () => {
    const table = new FlowTable<object>();
    const low = tcp({ from: 1, to: 2 });
    Buffer.from([192, 168, 0, 1]).copy(low, 30);
    const back = tcp({ from: 2, to: 1, fromPort: 80, toPort: 40_000 });
    Buffer.from([192, 168, 0, 1]).copy(back, 26);
    expect(find(table, back)).toBe(find(table, low));
  });

  test("another port, VLAN or transport is another flow", () => {
    const table = new FlowTable<object>();
    const ends = { from: 1, to: 2, fromPort: 5000, toPort: 53 };
    const indexes = [tcp(ends), tcp({ ...ends, fromPort: 5001 }), tcp({ ...ends, vlan: 5 }), udp(ends)].map((bytes) =>
      find(table, bytes),
    );
    expect(new Set(indexes).size).toBe(4);
  });

  test("a full table forgets the older half and says whose analysis ended", () => {
    const table = new FlowTable<object>();
    for (let i = 0; i < MAX_FLOWS; i++) {
      const index = find(
        table,
        tcp({ from: 1, to: 2, fromPort: i % 60_000, vlan: 1 + Math.floor(i / 60_000) }),
        START + i,
      );
      if (i < 10) table.analysis[index] = {};
    }
    expect(table.isFull).toBe(true);
    let ended = 0;
    table.compact(START + MAX_FLOWS, () => ended++);
    expect(ended).toBe(10);
    expect(table.count).toBeLessThanOrEqual(MAX_FLOWS / 2);
    const last = find(table, tcp({ from: 2, to: 1, fromPort: 80, toPort: (MAX_FLOWS - 1) % 60_000, vlan: 2 }));
    expect(last).toBeLessThan(MAX_FLOWS / 2);
  });
});

describe("the mirror watch", () => {
  const decoder = createDecoder();
  const packet = emptyPacket();
  const hear = (watch: MirrorWatch, bytes: Buffer) => {
    decoder.decode(frameOf(bytes), packet);
    watch.frame(packet);
  };
  const both = (watch: MirrorWatch, a: number, b: number) => {
    hear(watch, tcp({ from: a, to: b, flags: SYN }));
    hear(watch, tcp({ from: b, to: a, fromPort: 80, toPort: 40_000, flags: SYN | ACK }));
  };

  test("broadcast alone is no mirror", () => {
    const watch = new MirrorWatch();
    for (let i = 1; i < 9; i++) hear(watch, arp(i, 1));
    expect(watch.counts(true)).toEqual({ linkUp: true, toMany: 8, unicast: 0, bothDirections: 0, oneDirection: 0 });
  });

  test("pairs heard both ways and one way are counted apart", () => {
    const watch = new MirrorWatch();
    both(watch, 1, 2);
    both(watch, 1, 2);
    both(watch, 3, 2);
    hear(watch, tcp({ from: 7, to: 8 }));
    expect(watch.counts(null)).toMatchObject({ unicast: 7, bothDirections: 2, oneDirection: 1 });
  });

  test("the verdict stands for one more window, then the past is forgotten", () => {
    const watch = new MirrorWatch();
    both(watch, 1, 2);
    watch.rotate();
    expect(watch.counts(true).bothDirections).toBe(1);
    watch.rotate();
    expect(watch.counts(true).bothDirections).toBe(0);
  });

  test("a flood of invented cards fills no memory and hides no later pair", () => {
    const watch = new MirrorWatch();
    for (let i = 0; i < 20_000; i++) hear(watch, tcp({ from: i + 10, to: i + 11 }));
    both(watch, 1, 2);
    const { bothDirections, oneDirection } = watch.counts(true);
    expect(bothDirections).toBeGreaterThan(0);
    expect(bothDirections + oneDirection).toBeLessThanOrEqual(8192);
  });
});

test("the helpers name hosts as the tables do", () => {
  expect([macOf(5), ipOf(300)]).toEqual(["02:00:00:00:00:05", "10.0.1.44"]);
});
