/** Data inside DNS questions: what raises it, what only looks like it, and that no name's left part leaves the sniffer. */
import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Listening, START, udp } from "../observe/support/wire.ts";
import { device, judge, piece } from "./given.ts";
import { findingsOver, rulesOver, type Timed } from "./heard.ts";

const TXT = 16;
const A = 1;
const AAAA = 28;

/** A recursive query with one question. */
const HEAD = Buffer.from("123401000001000000000000", "hex");

/** A question as RFC 1035 4.1.2 has it. */
function question(name: string, type: number): Buffer {
  const labels = name.split(".").map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  return Buffer.concat([HEAD, ...labels, Buffer.from([0, 0, type, 0, 1])]);
}
const ask = (second: number, name: string, type: number, from = 5): Timed => {
  const bytes = question(name, type);
  return [
    second,
    udp({ from, to: 2, toPort: 53, fromPort: 40_000 + (Math.round(second * 10) % 20_000), payload: bytes }),
  ];
};
const hash = (turn: number, length: number) => createHash("sha256").update(String(turn)).digest("hex").slice(0, length);
const times = (count: number, make: (turn: number) => Timed) => Array.from({ length: count }, (_, turn) => make(turn));
const tunnel = times(60, (turn) => ask(turn, `${hash(turn, 60)}.t.Evil-Domain.example`, TXT));

test("many long names below one domain, no two alike, by types that nobody browses with", () => {
  expect(findingsOver(tunnel)).toMatchObject([
    {
      rule: "dns-tunnel-suspected",
      severity: "medium",
      certainty: "likely",
      why: expect.stringContaining("evil-domain.example"),
      evidence: [{ attribute: "wardtap.dns.tunnel", value: "evil-domain.example", count: 1 }],
    },
  ]);
});

test("by ordinary types too, when they are more and longer", () => {
  expect(rulesOver(times(150, (turn) => ask(turn, `${hash(turn, 60)}.evil.co.uk`, A)))).toEqual([
    "dns-tunnel-suspected",
  ]);
});

test.each<[string, Timed[]]>([
  ["a few of them", tunnel.slice(0, 29)],
  ["the same spread over an hour", times(60, (turn) => ask(turn * 60, `${hash(turn, 60)}.t.evil.example`, TXT))],
  [
    "a scanner that asks for the reputation of files",
    times(200, (turn) => ask(turn, `${hash(turn, 60)}.avqs.mcafee.com`, TXT)),
  ],
  ["block lists", times(200, (turn) => ask(turn, `${turn}.2.0.192.zen.spamhaus.org`, A))],
  [
    "pictures and films from many servers",
    times(200, (turn) => ask(turn, `r${turn}---sn-aigl6n${hash(turn, 2)}.googlevideo.com`, AAAA)),
  ],
  ["names of addresses", times(200, (turn) => ask(turn, `${[...hash(turn, 32)].join(".")}.ip6.arpa`, 12))],
  [
    "hosts of the hospital, asked for again and again",
    times(400, (turn) => ask(turn / 2, `a-long-host-name-of-a-device-on-ward-${turn % 50}.devices.rxk.nhs.uk`, A)),
  ],
  [
    "names each of which is asked for again",
    times(400, (turn) => ask(turn / 2, `${hash(Math.floor(turn / 3), 60)}.t.evil.example`, TXT)),
  ],
  ["many owners below a shared name", times(100, (turn) => ask(turn, `${hash(turn, 40)}.co.uk`, TXT))],
])("not %s", (_what, frames) => {
  expect(rulesOver(frames)).toEqual([]);
});

test("a resolver that passes on the questions of a client that was heard is not blamed", () => {
  const evidence = [piece("wardtap.dns.tunnel", "evil.example")];
  const client = device({ evidence });
  const resolver = device({ id: "dev-2", evidence: [...evidence, piece("wardtap.role", "dns-server")] });
  expect(judge({ devices: [client, resolver] })).toMatchObject([{ deviceId: client.id, certainty: "likely" }]);
  expect(judge({ devices: [resolver] })).toMatchObject([{ deviceId: "dev-2", certainty: "possible" }]);
});

test("no observation holds what stood left of the domain", () => {
  const listening = new Listening();
  for (const [second, frame] of tunnel) listening.hear(frame, { at: START + second * 1_000_000 });
  const said = JSON.stringify(listening.drain().said);
  expect(said).toContain("evil-domain.example");
  expect(said).not.toMatch(/[0-9a-f]{40}/);
});

test("questions of any shape raise no exception", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), (payloads) => {
      const listening = new Listening();
      for (const payload of payloads) {
        listening.hear(udp({ from: 5, to: 2, toPort: 53, payload: Buffer.from(payload) }));
        listening.hear(udp({ from: 5, to: 2, toPort: 53, payload: Buffer.concat([HEAD, payload]) }));
      }
      expect(listening.values("wardtap.dns.tunnel")).toEqual([]);
    }),
    { numRuns: 200 },
  );
});
