/** A frame that teaches nothing new allocates nothing: counted over many, in a process whose collector is held off. */
import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { builtPath } from "../support/built.ts";
import { ACK, arp, lldp, mdnsAnswer, SYN, tcp, udp } from "./support/wire.ts";

const TIMES = 500_000;
/** Without a single object per frame (the smallest has 12 bytes); what the process itself allocates is spread over all. */
const MAX_BYTES_PER_FRAME = 2;

function bytesPerFrame(first: Buffer[], steady: Buffer[], times = TIMES): number {
  const input = JSON.stringify({
    first: first.map((frame) => frame.toString("hex")),
    steady: steady.map((frame) => frame.toString("hex")),
    times,
  });
  // A young generation larger than all that a bad frame would leave: no collection hides it.
  const flags = ["--expose-gc", "--max-semi-space-size=512", "--min-semi-space-size=512", "--single-threaded-gc"];
  const child = spawnSync(process.execPath, [...flags, builtPath("tests/support/allocation-child.js")], {
    input,
    encoding: "utf8",
  });
  expect(child.stderr).toBe("");
  const { bytesPerFrame: measured, totals } = JSON.parse(child.stdout) as {
    bytesPerFrame: number;
    totals: { frames: number };
  };
  expect(totals.frames).toBeGreaterThan(times);
  return measured;
}

const ends = { from: 1, to: 2, toPort: 4433 };
const handshake = [
  tcp({ ...ends, flags: SYN }),
  tcp({ from: 2, to: 1, fromPort: 4433, toPort: 40_000, flags: SYN | ACK }),
];
const secret = Buffer.alloc(1400, 0x17);
/** Enough that nobody understands for the flow to be given up. */
const unknown = Array.from({ length: 20 }, (_, i) =>
  tcp({ ...ends, sequence: 1001 + i * secret.length, payload: secret }),
);
const flowing = Array.from({ length: 16 }, (_, i) =>
  tcp({ ...ends, sequence: 30_001 + i * secret.length, payload: secret }),
);

describe("nothing is allocated for", () => {
  test.each<[string, Buffer[], Buffer[]]>([
    ["the data of a connection that nobody understands", [...handshake, ...unknown], flowing],
    [
      "bare acknowledgements",
      handshake,
      [tcp({ ...ends, flags: ACK }), tcp({ from: 2, to: 1, fromPort: 4433, toPort: 40_000, flags: ACK })],
    ],
    ["connections opened and accepted again and again", [], handshake],
    ["ARP that repeats itself", [], [arp(1, 2), arp(2, 1), arp(3, 1)]],
    ["LLDP that repeats itself", [], [lldp(3, "SW-1"), lldp(4, "SW-2")]],
    ["mDNS that repeats itself", [], [mdnsAnswer(5, "printer"), mdnsAnswer(6, "camera")]],
    ["datagrams that nobody understands", [], [udp({ from: 1, to: 2, toPort: 9999, payload: secret })]],
    [
      "mirrored duplicates",
      [],
      [tcp({ ...ends, flags: ACK, ipId: 7, vlan: 10 }), tcp({ ...ends, flags: ACK, ipId: 7, vlan: 20 })],
    ],
  ])(
    "%s",
    (_kind, first, steady) => {
      expect(bytesPerFrame(first, steady)).toBeLessThan(MAX_BYTES_PER_FRAME);
    },
    60_000,
  );
});

test("the measure sees an allocation: more switches than are remembered cost far more", () => {
  const switches = Array.from({ length: 12_000 }, (_, i) => lldp(100 + i, "SW"));
  expect(bytesPerFrame([], switches, 20_000)).toBeGreaterThan(10 * MAX_BYTES_PER_FRAME);
}, 60_000);
