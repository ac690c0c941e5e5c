/** What a host said before is known again, by whom it was said and to whom. */
import { describe, expect, test } from "vitest";
import { defineDissector } from "../../agent/dissectors/dissector.ts";
import type { FoldedEvidence } from "../../agent/observe/evidence-fold.ts";
import { Repeats } from "../../agent/observe/repeats.ts";
import { Listening, tcp, udp } from "./support/wire.ts";

const learnt = (value: string) => [{ value }] as unknown as FoldedEvidence[];

describe("the memory of repeats", () => {
  test("gives back what was kept, with its note", () => {
    const repeats = new Repeats();
    const said = learnt("a");
    repeats.keep(7, 1, 2, said, 5);
    const slot = repeats.find(7, 1, 2);
    expect(repeats.learnt(slot)).toBe(said);
    expect(repeats.note(slot)).toBe(5);
  });

  test("tells bytes, senders and contexts apart", () => {
    const repeats = new Repeats();
    repeats.keep(7, 1, 2, learnt("a"), 0);
    expect([repeats.find(8, 1, 2), repeats.find(7, 2, 2), repeats.find(7, 1, 3)]).toEqual([-1, -1, -1]);
  });

  test("forgets all when asked to", () => {
    const repeats = new Repeats();
    repeats.keep(-1, -1, -1, learnt("a"), 0);
    repeats.forget();
    expect(repeats.find(-1, -1, -1)).toBe(-1);
  });

  test("never gives what was kept for another, however many are kept", () => {
    const repeats = new Repeats();
    for (let i = 0; i < 100_000; i++) repeats.keep(i, i % 300, i % 7, learnt(`${i}`), i % 3);
    let found = 0;
    for (let i = 0; i < 100_000; i++) {
      const slot = repeats.find(i, i % 300, i % 7);
      if (slot < 0) continue;
      found++;
      expect(repeats.learnt(slot)[0]!.value).toBe(`${i}`);
    }
    expect(found).toBeGreaterThan(10_000);
    expect(found).toBeLessThanOrEqual(16_384);
  });
});

/** "#7 text": a number that doesn't matter, and what is said. */
const asked = { times: 0, bytes: 0 };
const numbered = defineDissector<{ said: string }>({
  protocol: "test",
  over: ["udp"],
  recognise: [{ at: 0, bytes: "23" }],
  dissect(payload, { destinationPort }) {
    asked.times++;
    return { said: `${payload.toString("latin1", 3)} to ${destinationPort === 99 ? "it" : "others"}` };
  },
  evidence: ({ said }) => [{ about: "sender", attribute: "test.said", value: said }],
  server: () => "receiver",
  sameDatagram: (bytes, at, length) => (length < 3 ? 0 : bytes[at + 3]! + 1),
});

describe("datagrams that teach the same", () => {
  const hear = (...datagrams: Partial<Parameters<typeof udp>[0]>[]) => {
    const listening = new Listening([numbered]);
    const before = asked.times;
    for (const datagram of datagrams) listening.hear(udp({ from: 1, to: 2, toPort: 99, ...datagram }));
    return { drained: listening.drain(), read: asked.times - before };
  };

  test("from new ports of one host are counted without being read", () => {
    const { drained, read } = hear(
      { fromPort: 50_001, payload: "#1 yes" },
      { fromPort: 50_002, payload: "#2 yes" },
      { fromPort: 50_003, payload: "#3 yes" },
    );
    expect(read).toBe(1);
    expect(drained.evidence().map(({ value, count }) => [value, count])).toEqual([["yes to it", 3]]);
  });

  test("still say who serves, and in which protocol, for each flow", () => {
    const { drained } = hear({ fromPort: 50_001, payload: "#1 yes" }, { fromPort: 50_002, payload: "#2 yes" });
    expect(drained.flows()).toMatchObject([{ port: 99, server: "b", serverBy: "content", protocol: "test", flows: 2 }]);
  });

  test("from another host, to another host or to another service are read", () => {
    const { read } = hear(
      { payload: "#1 yes" },
      { from: 3, payload: "#1 yes" },
      { to: 4, payload: "#1 yes" },
      { toPort: 98, payload: "#1 yes" },
    );
    expect(read).toBe(4);
  });
});

/** "<1000>" and so many bytes, of which the first are enough. */
const long = defineDissector<{ said: string }>({
  protocol: "test",
  over: ["tcp"],
  recognise: [{ at: 0, bytes: "3c" }],
  messageLength(payload) {
    const end = payload.indexOf(0x3e);
    return payload[0] !== 0x3c ? -1 : end < 0 ? 0 : end + 1 + Number(payload.toString("latin1", 1, end));
  },
  needs: (payload) => payload.indexOf(0x3e) + 4,
  dissect(payload, { cut }) {
    if (payload[0] !== 0x3c) return undefined;
    asked.bytes += payload.length;
    return { said: `${payload.toString("latin1", payload.indexOf(0x3e) + 1)} ${cut}` };
  },
  evidence: ({ said }) => [{ about: "sender", attribute: "test.said", value: said }],
});

describe("a message of which only the beginning is needed", () => {
  const hear = (text: string, segmentBytes: number) => {
    const listening = new Listening([long]);
    const before = asked.bytes;
    for (let at = 0; at < text.length; at += segmentBytes)
      listening.hear(tcp({ from: 1, to: 2, sequence: 1000 + at, payload: text.slice(at, at + segmentBytes) }));
    return { said: listening.drain().values("test.said"), bytes: asked.bytes - before };
  };

  test("is read the same whatever its segments", () => {
    const text = `<900>abc${"x".repeat(897)}<500>def${"y".repeat(497)}<3>end`;
    for (const size of [1, 7, 100, 5000]) expect(hear(text, size).said).toEqual(["abc true", "def true", "end false"]);
  });

  test("shows the dissector no more than that, once it is known", () => {
    expect(hear(`<9>123456789${"<900>abc".padEnd(905, "x")}`, 2000).bytes).toBeLessThan(30);
  });
});
