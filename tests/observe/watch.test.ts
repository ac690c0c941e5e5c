/** From frames to observations: who talked to whom, what they said, and that floods cost neither memory nor sight. */
import { describe, expect, test } from "vitest";
import { defineDissector } from "../../agent/dissectors/dissector.ts";
import { MAX_FLOWS } from "../../agent/observe/flow-table.ts";
import { MAX_HOSTS } from "../../agent/observe/host-table.ts";
import { ACK, arp, FIN, ipOf, Listening, lldp, macOf, mdnsAnswer, RST, START, SYN, tcp, udp } from "./support/wire.ts";

const hello = (listening: Listening, from: number, to: number, toPort = 104) => {
  listening.hear(tcp({ from, to, toPort, flags: SYN, sequence: 100 }));
  listening.hear(tcp({ from: to, to: from, fromPort: toPort, toPort: 40_000, flags: SYN | ACK, sequence: 500 }));
  listening.hear(tcp({ from, to, toPort, flags: ACK, sequence: 101 }));
};

describe("a TCP connection", () => {
  test("has a client, a server and an answer", () => {
    const listening = new Listening();
    hello(listening, 1, 2);
    expect(listening.drain().flows()).toMatchObject([
      {
        transport: "tcp",
        a: { mac: macOf(1), ip: ipOf(1) },
        b: { ip: ipOf(2) },
        port: 104,
        flows: 1,
        server: "b",
        serverBy: "handshake",
        answered: true,
        frames: 3,
      },
    ]);
  });

  test("that was refused has no answer", () => {
    const listening = new Listening();
    listening.hear(tcp({ from: 1, to: 2, flags: SYN }));
    listening.hear(tcp({ from: 2, to: 1, fromPort: 80, toPort: 40_000, flags: RST | ACK }));
    expect(listening.drain().flows()).toMatchObject([{ server: "b", answered: false }]);
  });

  test("heard from the middle has no known server", () => {
    const listening = new Listening();
    listening.hear(tcp({ from: 2, to: 1, fromPort: 80, toPort: 40_000, payload: "x" }));
    listening.hear(tcp({ from: 1, to: 2, payload: "y" }));
    expect(listening.drain().flows()).toMatchObject([{ server: "unknown", serverBy: null, answered: true }]);
  });

  test("the other way round on the same ports turns the roles", () => {
    const listening = new Listening();
    listening.hear(tcp({ from: 1, to: 2, fromPort: 5000, toPort: 5001, flags: SYN, sequence: 1 }));
    listening.hear(tcp({ from: 1, to: 2, fromPort: 5000, toPort: 5001, flags: FIN | ACK, sequence: 2 }));
    listening.hear(tcp({ from: 2, to: 1, fromPort: 5001, toPort: 5000, flags: SYN, sequence: 900 }));
    const [flow] = listening.drain().flows();
    expect([flow?.a.ip, flow?.server]).toEqual([ipOf(1), "a"]);
  });
});

test("who only ever receives sends nothing", () => {
  const listening = new Listening();
  listening.hear(tcp({ from: 1, to: 2, payload: "x" }));
  listening.drain();
  const presence = listening.said.filter((one) => one.kind === "presence");
  expect(presence.map((one) => [one.host.ip, one.sentFrames, one.receivedFrames])).toEqual([
    [ipOf(1), 1, 0],
    [ipOf(2), 0, 1],
  ]);
});

test("traffic begins with the first frame since it was last told of, so that a silence shows", () => {
  const listening = new Listening(undefined, 1_000_000);
  for (const at of [START, START + 5_000_000, START + 5_000_100]) listening.hear(arp(1, 2), { at });
  listening.drain();
  const presence = listening.said.filter((one) => one.kind === "presence" && one.sentFrames > 0);
  expect(presence).toMatchObject([
    { firstAt: START, lastAt: START },
    { firstAt: START + 5_000_000, lastAt: START + 5_000_100 },
  ]);
});

test("observations are told as the capture's clock goes on, not only at the end", () => {
  const listening = new Listening(undefined, 1_000_000);
  listening.hear(arp(1, 2), { at: START });
  expect(listening.said).toEqual([]);
  listening.hear(arp(1, 3), { at: START + 1_000_001 });
  expect(listening.evidence("arp.src.proto_ipv4")).toHaveLength(1);
});

test("a clock that jumps to the end of time and back loses nothing", () => {
  const listening = new Listening();
  for (const at of [START, Number.MAX_SAFE_INTEGER, 0, START + 5]) listening.hear(lldp(3, `SW-${at}`), { at });
  expect(listening.drain().values("lldp.tlv.system.name")).toHaveLength(4);
});

test.each([
  ["ARP", arp(1, 2), "arp.src.proto_ipv4", ipOf(1)],
  ["LLDP", lldp(3, "SW-1"), "lldp.tlv.system.name", "SW-1"],
  ["mDNS", mdnsAnswer(4, "printer"), "dns.a", undefined],
])("a repeated %s is counted without being read again, with its first frame kept", (_name, bytes, attribute, value) => {
  const listening = new Listening();
  for (let i = 0; i < 5; i++) listening.hear(bytes);
  const said = listening.drain().evidence();
  expect(said.length).toBeGreaterThan(0);
  for (const one of said) expect([one.count, one.firstFrame]).toEqual([5, { file: "test.pcap", number: 1 }]);
  if (value !== undefined) expect(listening.values(attribute)).toContain(value);
});

test("the agent that comes back is told every fact once more", () => {
  const listening = new Listening();
  listening.hear(lldp(3, "SW-1"));
  listening.drain();
  const before = listening.evidence().length;
  listening.watch.repeatFacts();
  expect(listening.drain().evidence()).toHaveLength(before * 2);
});

describe("a flood", () => {
  test("of invented hosts leaves what was learnt and what comes later", () => {
    const listening = new Listening();
    listening.hear(lldp(3, "SW-1"));
    for (let i = 0; i < MAX_HOSTS * 2.5; i++) listening.hear(arp(100 + i, 1), { at: START });
    listening.hear(lldp(4, "SW-2"), { at: START });
    expect(listening.drain().values("lldp.tlv.system.name")).toEqual(["SW-1", "SW-2"]);
    expect(
      new Set(listening.said.filter((one) => one.kind === "presence").map(({ host }) => host.mac)).size,
    ).toBeGreaterThan(MAX_HOSTS * 2);
  });

  test("of SYNs leaves room for the next connection's message", () => {
    const listening = new Listening([speaker]);
    for (let i = 0; i < MAX_FLOWS * 1.5; i++) {
      listening.hear(tcp({ from: 10 + (i >> 14), to: 2, fromPort: 1024 + (i & 0x3fff), flags: SYN }), {
        at: START + i,
      });
    }
    listening.hear(tcp({ from: 5, to: 6, payload: "SAY hello." }), { at: START + MAX_FLOWS * 2 });
    expect(listening.drain().values("test.said")).toEqual(["hello"]);
  });

  test("of flows from one host makes nobody forget whom another tried to reach", () => {
    const listening = new Listening([speaker]);
    for (let to = 100; to < 115; to++) listening.hear(arp(1, to), { at: START });
    for (let i = 0; i < MAX_FLOWS + 10; i++)
      listening.hear(udp({ from: 10 + (i >> 14), to: 2, fromPort: 1024 + (i & 0x3fff) }), { at: START });
    for (let to = 115; to < 130; to++) listening.hear(arp(1, to), { at: START });
    const told = listening.drain().said.filter((one) => one.kind === "fan-out");
    expect(Math.max(...told.map(({ tried }) => tried))).toBe(30);
  });

  test("of flows with unfinished messages is counted, and after it went quiet flows are read again", () => {
    const listening = new Listening([speaker]);
    for (let i = 0; i < 20_000; i++)
      listening.hear(tcp({ from: 10 + (i >> 14), to: 2, fromPort: 1024 + (i & 0x3fff), payload: "SAY " }), {
        at: START + i,
      });
    expect(listening.watch.totals().overflow.flows).toBeGreaterThan(0);
    for (let i = 0; i < MAX_FLOWS; i++)
      listening.hear(tcp({ from: 30 + (i >> 14), to: 2, fromPort: 1024 + (i & 0x3fff), flags: SYN }), {
        at: START + 600_000_000,
      });
    listening.hear(tcp({ from: 5, to: 6, payload: "SAY hello." }), { at: START + 600_000_001 });
    expect(listening.drain().values("test.said")).toEqual(["hello"]);
  });

  test("of long messages that never end is let go within a bound, and the next whole one is read", () => {
    const listening = new Listening([speaker]);
    const before = process.memoryUsage().arrayBuffers;
    const parts = ["SAY ".padEnd(1400, "a"), ...Array.from({ length: 20 }, () => "b".repeat(1400))];
    for (const [turn, payload] of parts.entries()) {
      for (let i = 0; i < 8000; i++) {
        listening.hear(tcp({ from: 10, to: 2, fromPort: 1024 + i, sequence: 1 + turn * 1400, payload }), {
          at: START + i,
        });
      }
    }
    // Unbounded, these would hold 260 MB; what was let go may still wait for its collection.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200_000_000);
    expect(listening.watch.totals().overflow.flows).toBeGreaterThan(0);
    listening.hear(tcp({ from: 5, to: 6, payload: "SAY hello." }));
    expect(listening.drain().values("test.said")).toEqual(["hello"]);
  });

  test("of new facts under one standing clock is told as it comes, not held", () => {
    const listening = new Listening([speaker]);
    for (let i = 0; i < 30_000; i++)
      listening.hear(udp({ from: 10 + (i % 5000), to: 2, toPort: 9, fromPort: 1024 + i, payload: `SAY ${i}.` }), {
        at: START,
      });
    expect(listening.evidence("test.said").length).toBeGreaterThan(15_000);
  });
});

/** "SAY something." over anything: the smallest protocol with a beginning and an end. */
const speaker = defineDissector<{ said: string }>({
  protocol: "test",
  over: ["tcp", "udp"],
  recognise: [{ at: 0, bytes: "53 41 59 20" }],
  messageLength: (payload) =>
    payload.length >= 4 && payload.toString("latin1", 0, 4) !== "SAY " ? -1 : payload.indexOf(0x2e) + 1,
  dissect: (payload) => ({ said: payload.toString("latin1", 4, payload.length - 1) }),
  evidence: ({ said }) => [{ about: "sender", attribute: "test.said", value: said }],
});
