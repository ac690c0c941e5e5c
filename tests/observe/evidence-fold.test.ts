/** Evidence said again is counted, not kept again; chatter is bounded. */
import { expect, test } from "vitest";
import { EvidenceFold, MAX_EVIDENCE_PER_HOST, MAX_PIECES, type Place } from "../../agent/observe/evidence-fold.ts";
import type { EvidenceObservation } from "../../agent/observe/observation.ts";

const place = (more: Partial<Place> = {}): Place => ({
  sender: { mac: "02:00:00:00:00:01", vlan: 7, ip: "10.0.0.1" },
  receiver: { mac: "02:00:00:00:00:02", vlan: 7, ip: "10.0.0.2" },
  protocol: "dhcp",
  at: 1000,
  ordinal: 1,
  frame: { file: "a.pcap", number: 4 },
  ...more,
});
const name = (value: string) => ({ about: "sender", attribute: "dhcp.option.hostname", value }) as const;
const drained = (fold: EvidenceFold) => {
  const said: EvidenceObservation[] = [];
  fold.drain((observation) => said.push(observation));
  return said;
};

test("the same thing said three times is one observation with its count, its times and its first frame", () => {
  const fold = new EvidenceFold();
  for (const at of [1000, 2000, 3000])
    fold.add(name("PUMP-1"), place({ at, frame: { file: "a.pcap", number: at / 1000 } }));
  expect(drained(fold)).toEqual([
    {
      kind: "evidence",
      about: place().sender,
      attribute: "dhcp.option.hostname",
      value: "PUMP-1",
      protocol: "dhcp",
      count: 3,
      firstAt: 1000,
      lastAt: 3000,
      firstFrame: { file: "a.pcap", number: 1 },
    },
  ]);
});

test("what was told is told again only when it was said again", () => {
  const fold = new EvidenceFold();
  fold.add(name("PUMP-1"), place());
  drained(fold);
  expect(drained(fold)).toEqual([]);
  fold.add(name("PUMP-1"), place({ at: 5000 }));
  expect(drained(fold)).toMatchObject([{ count: 1, firstAt: 1000, lastAt: 5000 }]);
});

test.each([
  ["sender", place().sender],
  ["receiver", place().receiver],
  [{ mac: "02:00:00:00:00:09" }, { mac: "02:00:00:00:00:09", vlan: 7, ip: null }],
  [{ ip: "10.0.0.9" }, { mac: null, vlan: 7, ip: "10.0.0.9" }],
  [{ reported: "0011223344556677" }, { reported: "0011223344556677", by: place().sender }],
] as const)("evidence about %j is pinned to that host", (about, host) => {
  const fold = new EvidenceFold();
  fold.add({ about, attribute: "x", value: "y" }, place());
  expect(drained(fold)[0]?.about).toEqual(host);
});

test("an empty value says nothing, a long one is cut", () => {
  const fold = new EvidenceFold();
  expect(fold.add(name(""), place())).toBeUndefined();
  fold.add(name("x".repeat(1000)), place());
  expect(drained(fold).map(({ value }) => value.length)).toEqual([256]);
});

test("a host that says something new every time is cut off and counted", () => {
  const fold = new EvidenceFold();
  for (let i = 0; i < MAX_EVIDENCE_PER_HOST + 5; i++) fold.add(name(`n${i}`), place());
  expect(fold.overflow).toBe(5);
  expect(drained(fold)).toHaveLength(MAX_EVIDENCE_PER_HOST);
});

test("many hosts that say much are bounded too, and what is new is still told", () => {
  const fold = new EvidenceFold();
  let told = 0;
  const subjects = Math.ceil((MAX_PIECES * 2) / 100);
  for (let subject = 0; subject < subjects; subject++) {
    const sender = { mac: null, vlan: 0, ip: `10.${subject >> 8}.${subject & 255}.1` };
    for (let i = 0; i < 100; i++) fold.add(name(`n${i}`), place({ sender }));
    expect(fold.pieces).toBeLessThanOrEqual(MAX_PIECES);
    fold.drain(() => told++);
  }
  expect(told).toBe(subjects * 100);
});

test("when the agent comes back everything known is said once more, with nothing added to its count", () => {
  const fold = new EvidenceFold();
  fold.add(name("PUMP-1"), place());
  fold.add(name("PUMP-2"), place());
  drained(fold);
  fold.repeatAll();
  expect(drained(fold).map(({ value, count }) => [value, count])).toEqual([
    ["PUMP-1", 0],
    ["PUMP-2", 0],
  ]);
});

test("names that are words of the language are only names", () => {
  const fold = new EvidenceFold();
  for (const value of ["__proto__", "constructor", "toString"]) fold.add(name(value), place());
  expect(drained(fold).map(({ value }) => value)).toEqual(["__proto__", "constructor", "toString"]);
});
