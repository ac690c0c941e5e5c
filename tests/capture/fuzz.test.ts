/** Damaged captures of every kind: a problem in words or a CaptureError, never anything else, in bounded memory. */
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openCaptureFiles } from "../../agent/capture/pcap-file.ts";
import { MAX_FRAME_BYTES } from "../../agent/capture/record-format.ts";
import { RecordReader } from "../../agent/capture/records.ts";
import { CaptureError, emptyFrame } from "../../agent/capture/source.ts";
import {
  block,
  interfaceBlock,
  packetBlock,
  pcap,
  pcapng,
  sectionBlock,
  simplePacketBlock,
  statisticsBlock,
} from "../support/pcap-writer.ts";

const frames = Array.from({ length: 12 }, (_, index) => ({ bytes: Buffer.alloc(index * 9, index), at: index * 1_000 }));
const mixed = Buffer.concat([
  sectionBlock(),
  interfaceBlock({ name: "eth0", resolution: 9, offsetSeconds: 3n }),
  packetBlock({ bytes: Buffer.alloc(70), ticks: 5n }),
  simplePacketBlock(Buffer.alloc(33)),
  packetBlock({ bytes: Buffer.alloc(11) }, false, true),
  block(0xbad, Buffer.alloc(40)),
  statisticsBlock(0, { system: 3n }),
  sectionBlock(true),
  interfaceBlock({ name: "eth1", resolution: 0x8a }, true),
  packetBlock({ bytes: Buffer.alloc(64) }, true),
]);
const originals = [
  pcap(frames),
  pcap(frames, { bigEndian: true, nanoseconds: true }),
  pcap(frames, { modified: true }),
  pcapng(frames, { name: "eth0" }),
  pcapng(frames, { bigEndian: true, nanoseconds: true }),
  mixed,
];

const damaged = fc
  .record({
    original: fc.constantFrom(...originals),
    changes: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 8 }),
    words: fc.array(fc.tuple(fc.nat(), fc.constantFrom(0, 0xffffffff, 0x7fffffff, 0x80000000, 12, MAX_FRAME_BYTES)), {
      maxLength: 2,
    }),
    cut: fc.nat(2_000),
  })
  .map(({ original, changes, words, cut }) => {
    const bytes = Buffer.from(original);
    for (const [at, value] of changes) bytes[at % bytes.length] = value;
    for (const [at, value] of words) bytes.writeUInt32LE(value, (at % (bytes.length - 4)) & ~3);
    return cut < bytes.length && cut % 3 === 0 ? bytes.subarray(0, cut) : bytes;
  });

test("a damaged capture never gives more than it holds, and says what is wrong in words", () => {
  fc.assert(
    fc.property(damaged, fc.integer({ min: 1, max: 700 }), (bytes, pieceBytes) => {
      const reader = new RecordReader();
      const frame = emptyFrame();
      let held = 0;
      try {
        for (let at = 0; at < bytes.length; at += pieceBytes) {
          reader.push(bytes.subarray(at, at + pieceBytes));
          while (reader.next(frame)) {
            held += frame.length;
            expect(frame.offset + frame.length).toBeLessThanOrEqual(reader.queue.end);
            expect(frame.length).toBeGreaterThanOrEqual(0);
            expect(frame.wireLength).toBeGreaterThanOrEqual(frame.length);
            expect(Number.isSafeInteger(frame.at) && frame.at >= 0).toBe(true);
            expect(reader.interfaces[frame.interface]).toBeTypeOf("string");
          }
        }
        expect(reader.finish()).toMatch(/^$|^(cut off in|broken at) record \d+/);
      } catch (error) {
        if (!(error instanceof CaptureError)) throw error;
      }
      expect(held).toBeLessThanOrEqual(bytes.length);
      expect(reader.queue.buffer.length).toBeLessThanOrEqual(4 * MAX_FRAME_BYTES);
    }),
    { numRuns: 3_000 },
  );
});

test("the pieces a damaged capture comes in make no difference", () => {
  const outcome = (bytes: Buffer, pieceBytes: number) => {
    const reader = new RecordReader();
    const frame = emptyFrame();
    const seen: number[][] = [];
    try {
      for (let at = 0; at < bytes.length; at += pieceBytes) {
        reader.push(bytes.subarray(at, at + pieceBytes));
        while (reader.next(frame)) seen.push([frame.at, frame.length, frame.wireLength, frame.interface]);
      }
      return { seen, problem: reader.finish() };
    } catch (error) {
      return { seen, refused: (error as Error).name };
    }
  };
  fc.assert(
    fc.property(damaged, (bytes) => {
      expect(outcome(bytes, 1)).toEqual(outcome(bytes, Math.max(1, bytes.length)));
    }),
    { numRuns: 500 },
  );
});

test("a damaged gzip capture ends, with a problem in words or a CaptureError", async () => {
  const packed = originals.map((original) => gzipSync(original));
  const packedDamaged = fc
    .tuple(
      fc.constantFrom(...packed),
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
      fc.nat(400),
    )
    .map(([original, changes, cut]) => {
      const bytes = Buffer.from(original);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      return cut % 2 === 0 ? bytes.subarray(0, cut) : bytes;
    });
  await fc.assert(
    fc.asyncProperty(packedDamaged, async (bytes) => {
      try {
        const stdin = Readable.from(bytes.length === 0 ? [] : [bytes], { objectMode: false });
        const source = await openCaptureFiles(["-"], { stdin });
        expect((await source.run(() => {})).reason).toMatch(/^(end|truncated)$/);
      } catch (error) {
        if (!(error instanceof CaptureError)) throw error;
      }
    }),
    { numRuns: 300 },
  );
});

test("noise that starts like a capture is survived", () => {
  const starts = originals.map((original) => original.subarray(0, 28));
  fc.assert(
    fc.property(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 4_000 }), (start, noise) => {
      const reader = new RecordReader();
      const frame = emptyFrame();
      reader.push(start);
      reader.push(noise);
      while (reader.next(frame));
      expect(reader.finish()).toBeTypeOf("string");
    }),
    { numRuns: 1_000 },
  );
});
