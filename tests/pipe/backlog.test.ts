/** What waits for a slow agent: counters merge, detail waits, the oldest goes first, and what went is counted. */
import { expect, test } from "vitest";
import type {
  CountsObservation,
  EvidenceObservation,
  FlowObservation,
  HostKey,
  Observation,
  PresenceObservation,
} from "../../agent/observe/observation.ts";
import { Backlog } from "../../agent/pipe/backlog.ts";
import { counts, evidence, flow, presence } from "./support/observations.ts";

const taken = (backlog: Backlog): Observation[] => {
  const all: Observation[] = [];
  for (let one = backlog.take(); one !== undefined; one = backlog.take()) all.push(one);
  return all;
};
const host = (n: number): HostKey => ({ mac: null, vlan: 0, ip: `10.0.${n >> 8}.${n & 255}` });

test("is empty at first and when everything was taken", () => {
  const backlog = new Backlog();
  expect(backlog.take()).toBeUndefined();
  backlog.add(evidence());
  taken(backlog);
  expect([backlog.size, backlog.take()]).toEqual([0, undefined]);
});

test("adds up the traffic of one host", () => {
  const backlog = new Backlog();
  backlog.add(
    presence({ sentFrames: 2, sentBytes: 20, receivedFrames: 1, receivedBytes: 5, ttl: 60, firstAt: 100, lastAt: 200 }),
  );
  backlog.add(
    presence({ sentFrames: 3, sentBytes: 30, receivedFrames: 4, receivedBytes: 6, ttl: 64, firstAt: 90, lastAt: 150 }),
  );
  expect(taken(backlog)).toEqual([
    presence({ sentFrames: 5, sentBytes: 50, receivedFrames: 5, receivedBytes: 11, ttl: 64, firstAt: 90, lastAt: 200 }),
  ]);
});

test("adds up the flows of two hosts over one service; what is learnt later counts, an answer stays", () => {
  const backlog = new Backlog();
  backlog.add(flow({ flows: 1, frames: 3, bytes: 300, protocol: null, answered: true, firstAt: 10, lastAt: 20 }));
  backlog.add(flow({ flows: 2, frames: 4, bytes: 400, protocol: "hl7", answered: false, firstAt: 15, lastAt: 40 }));
  expect(taken(backlog)).toEqual([
    flow({ flows: 3, frames: 7, bytes: 700, protocol: "hl7", answered: true, firstAt: 10, lastAt: 40 }),
  ]);
});

test("what the protocol was is not forgotten by a later flow that nobody understood", () => {
  const backlog = new Backlog();
  backlog.add(flow({ protocol: "hl7" }));
  backlog.add(flow({ protocol: null }));
  expect(taken(backlog)).toMatchObject([{ protocol: "hl7" }]);
});

test("counts the same evidence, keeps different evidence apart", () => {
  const backlog = new Backlog();
  backlog.add(evidence({ value: "A", count: 1, firstAt: 5, lastAt: 5 }));
  backlog.add(evidence({ value: "A", count: 2, firstAt: 4, lastAt: 9 }));
  backlog.add(evidence({ value: "B" }));
  backlog.add(evidence({ value: "A", about: { reported: "A", by: host(1) } }));
  expect(taken(backlog)).toMatchObject([
    { value: "A", count: 3, firstAt: 4, lastAt: 9 },
    { value: "B" },
    { about: { reported: "A" } },
  ]);
});

test("of the counts only the newest is news, and it goes first", () => {
  const backlog = new Backlog();
  backlog.add(counts({ frames: 1 }));
  backlog.add(evidence());
  backlog.add(counts({ frames: 2 }));
  expect(taken(backlog).map((one) => one.kind)).toEqual(["counts", "evidence"]);
});

test("evidence goes before traffic", () => {
  const backlog = new Backlog();
  for (const one of [flow(), presence(), evidence()]) backlog.add(one);
  expect(taken(backlog).map(({ kind }) => kind)).toEqual(["evidence", "presence", "flow"]);
});

test("when full drops the oldest flow first, then traffic, and evidence last; each is counted", () => {
  const backlog = new Backlog(6);
  for (let i = 0; i < 2; i++) {
    backlog.add(evidence({ value: `e${i}` }));
    backlog.add(presence({ host: host(i) }));
    backlog.add(flow({ a: host(i) }));
  }
  const dropped: string[][] = [];
  for (let i = 2; i < 6; i++) {
    backlog.add(evidence({ value: `e${i}` }));
    dropped.push([`${backlog.lost}`]);
  }
  const left = taken(backlog);
  expect(left.map((one) => (one.kind === "evidence" ? one.value : one.kind))).toEqual([
    "e0",
    "e1",
    "e2",
    "e3",
    "e4",
    "e5",
  ]);
  expect(dropped.flat()).toEqual(["1", "2", "3", "4"]);
});

test("when full of evidence drops the oldest and keeps the counts", () => {
  const backlog = new Backlog(3);
  backlog.add(counts());
  for (let i = 0; i < 5; i++) backlog.add(evidence({ value: `e${i}` }));
  expect(taken(backlog).map((one) => (one.kind === "evidence" ? one.value : one.kind))).toEqual(["counts", "e3", "e4"]);
  expect(backlog.lost).toBe(3);
});

test("never grows past its bound, whatever comes", () => {
  const backlog = new Backlog(100);
  for (let i = 0; i < 5000; i++) {
    const one: (PresenceObservation | FlowObservation | EvidenceObservation | CountsObservation)[] = [
      presence({ host: host(i) }),
      flow({ a: host(i) }),
      evidence({ value: `${i}` }),
      counts(),
    ];
    backlog.add(one[i % 4]!);
    expect(backlog.size).toBeLessThanOrEqual(100);
  }
  expect(backlog.lost + backlog.size).toBe(5000 - 1250 + 1);
});

test("does not change what it was given", () => {
  const backlog = new Backlog();
  const said = presence({ sentFrames: 1 });
  backlog.add(said);
  backlog.add(presence({ sentFrames: 1 }));
  expect(said.sentFrames).toBe(1);
});
