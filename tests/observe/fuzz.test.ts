/** The whole road from frame to document on bytes that lie: bundled captures and made frames, mutated; nothing throws. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openCaptureFiles } from "../../agent/capture/pcap-file.ts";
import { Identifier } from "../../agent/identify/identifier.ts";
import { observationSchema } from "../../agent/pipe/schema.ts";
import { repositoryRoot } from "../support/built.ts";
import { arp, Listening, lldp, mdnsAnswer, START, tcp, udp } from "./support/wire.ts";

const folder = join(repositoryRoot(), "tests/captures");
const bundled = readdirSync(folder).filter((name) => name.endsWith(".pcap") && name !== "ward.pcap");

async function framesOf(name: string): Promise<Buffer[]> {
  const frames: Buffer[] = [];
  const source = await openCaptureFiles([join(folder, name)]);
  await source.run(({ bytes, offset, length }) => frames.push(Buffer.from(bytes.subarray(offset, offset + length))));
  return frames;
}

/** A small generator with a seed, so that what failed once fails again. Numerical Recipes' constants. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function mutate(frame: Buffer, random: (below: number) => number): Buffer {
  const bytes = Buffer.from(frame);
  for (let times = 1 + random(4); times > 0; times--)
    bytes[random(bytes.length)] = random(4) === 0 ? [0, 0xff, 0x7f, 0x80][random(4)]! : random(256);
  return random(5) === 0 ? bytes.subarray(0, 1 + random(bytes.length)) : bytes;
}

/** Whatever was said must pass the agent's own check, and become devices. */
function follow(listening: Listening): void {
  const identifier = new Identifier();
  for (const observation of listening.drain().said) {
    const checked = observationSchema.safeParse(observation);
    if (!checked.success) throw new Error(`${JSON.stringify(observation)}: ${checked.error.message}`);
    identifier.take(checked.data);
  }
  for (const { device } of identifier.devices()) {
    expect(device.confidence).toBeGreaterThanOrEqual(0);
    expect(device.confidence).toBeLessThanOrEqual(1);
    expect(device.lastSeenAt).toBeGreaterThanOrEqual(device.firstSeenAt);
  }
}

test.each(bundled)(
  "%s with bytes changed and frames cut never throws",
  async (name) => {
    const frames = await framesOf(name);
    for (let seed = 1; seed <= 6; seed++) {
      const random = randomFrom(seed);
      const listening = new Listening();
      for (const frame of frames) listening.hear(mutate(frame, random), { interface: random(2) });
      follow(listening);
    }
  },
  60_000,
);

test("frames in random order, lost and twice, never throw", async () => {
  const frames = (await Promise.all(bundled.map(framesOf))).flat();
  const random = randomFrom(7);
  const listening = new Listening();
  for (let i = 0; i < frames.length * 2; i++) listening.hear(frames[random(frames.length)]!);
  follow(listening);
});

test("frames of any bytes, with any lengths and times, never throw", () => {
  const shape = fc.record({
    bytes: fc.uint8Array({ minLength: 0, maxLength: 200 }),
    at: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })),
    more: fc.integer({ min: 0, max: 70_000 }),
    linkType: fc.constantFrom(0, 1, 12, 101, 108, 113, 276, 999),
  });
  fc.assert(
    fc.property(fc.array(shape, { maxLength: 20 }), (all) => {
      const listening = new Listening();
      for (const { bytes, at, more, linkType } of all)
        listening.hear(Buffer.from(bytes), { at, linkType, wireLength: bytes.length + more });
      follow(listening);
    }),
    { numRuns: 300, seed: 1 },
  );
});

test("known headers around any payload never throw", () => {
  const ports = [53, 67, 68, 104, 2575, 5353, 11_112, 80];
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(...ports), fc.boolean()), { maxLength: 10 }),
      (all) => {
        const listening = new Listening();
        let sequence = 1;
        for (const [payload, toPort, isTcp] of all) {
          const bytes = Buffer.from(payload);
          listening.hear(
            isTcp
              ? tcp({ from: 1, to: 2, toPort, sequence, payload: bytes })
              : udp({ from: 1, to: 2, toPort, payload: bytes }),
          );
          sequence += bytes.length;
        }
        follow(listening);
      },
    ),
    { numRuns: 300, seed: 2 },
  );
});

test("link protocols with every byte changed in turn never throw", () => {
  for (const frame of [arp(1, 2), lldp(3, "SWITCH"), mdnsAnswer(4, "printer")]) {
    const listening = new Listening();
    for (let at = 0; at < frame.length; at++) {
      for (const value of [0, 0x7f, 0xff]) {
        const bytes = Buffer.from(frame);
        bytes[at] = value;
        listening.hear(bytes, { at: START + at });
      }
    }
    follow(listening);
  }
});

test("the labels name every bundled capture that is mutated here", () => {
  const labels = JSON.parse(readFileSync(join(folder, "labels.json"), "utf8")) as Record<string, unknown>;
  expect(bundled.filter((name) => !(name in labels))).toEqual([]);
});
