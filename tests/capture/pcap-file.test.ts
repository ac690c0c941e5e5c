/** Capture files as a source: packed or not, one or many, and a clear word for whatever can't be read. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { StreamInput } from "../../agent/capture/byte-input.ts";
import { ByteQueue } from "../../agent/capture/byte-queue.ts";
import { GzipInput } from "../../agent/capture/gzip.ts";
import { MAX_FILES, openCaptureFiles } from "../../agent/capture/pcap-file.ts";
import { CaptureError } from "../../agent/capture/source.ts";
import { interfaceBlock, packetBlock, pcap, pcapng, sectionBlock, statisticsBlock } from "../support/pcap-writer.ts";
import { readSource } from "../support/read-all.ts";

const folder = mkdtempSync(join(tmpdir(), "wardtap-capture-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let written = 0;
const save = (bytes: Buffer | string, name = `${written++}.pcap`): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};
const at = (...times: number[]) => times.map((time) => ({ bytes: Buffer.from(`at ${time}`), at: time }));
const read = async (...paths: string[]) => readSource(await openCaptureFiles(paths));
const allBytes = (frames: readonly { bytes: Buffer }[]) => Buffer.concat(frames.map((frame) => frame.bytes));
/** Frames whose bytes differ, so that they don't pack to nothing. */
const many = (count: number) =>
  Array.from({ length: count }, (_, index) => {
    const bytes = Buffer.alloc(200 + (index % 100));
    for (let next = 0; next + 4 <= bytes.length; next += 4)
      bytes.writeInt32LE(Math.imul(index * 64 + next + 1, 2_654_435_761), next);
    return { bytes, at: index };
  });

describe("one file", () => {
  test("is read to its end and counted", async () => {
    const source = await openCaptureFiles([save(pcap(many(5_000)))]);
    const { frames, end } = await readSource(source);
    expect(end).toEqual({ reason: "end" });
    expect(allBytes(frames).equals(allBytes(many(5_000)))).toBe(true);
    const bytesRead = many(5_000).reduce((sum, frame) => sum + frame.bytes.length, 0);
    expect(source.counts()).toEqual({ framesRead: 5_000, bytesRead, framesLost: null });
  });

  test("may hold no frame at all", async () => {
    expect(await read(save(pcap([])))).toEqual({ frames: [], end: { reason: "end" } });
    expect(await read(save(pcapng([])))).toEqual({ frames: [], end: { reason: "end" } });
  });

  test("tells how far it is, in bytes on disk", async () => {
    const packed = gzipSync(pcap(many(5_000)));
    const source = await openCaptureFiles([save(packed)]);
    expect(source.progress().bytesTotal).toBe(packed.length);
    await readSource(source);
    expect(source.progress()).toEqual({ bytesRead: packed.length, bytesTotal: packed.length });
  });

  test("passes on what its statistics say was lost", async () => {
    const blocks = [
      sectionBlock(),
      interfaceBlock(),
      packetBlock({ bytes: Buffer.alloc(60) }),
      statisticsBlock(0, { system: 9n }),
    ];
    const source = await openCaptureFiles([save(Buffer.concat(blocks))]);
    await readSource(source);
    expect(source.counts().framesLost).toBe(9);
  });

  test("cut inside a record ends as truncated, naming file and record, with all before it delivered", async () => {
    const path = save(pcap(at(1, 2, 3)).subarray(0, -2));
    const { frames, end } = await read(path);
    expect(frames).toHaveLength(2);
    expect(end).toEqual({ reason: "truncated", message: `${path}: cut off in record 3` });
  });

  test("stops soon after close", async () => {
    const source = await openCaptureFiles([save(pcap(many(5_000)))]);
    let handled = 0;
    const end = await source.run(() => {
      if (++handled === 10) source.close();
    });
    expect([handled, end]).toEqual([10, { reason: "closed" }]);
    source.close();
  });

  test("lets timers run between chunks", async () => {
    const source = await openCaptureFiles([save(pcap(many(20_000)))]);
    let turns = 0;
    let seen = 0;
    const timer = setInterval(() => turns++, 0);
    await source.run((frame) => {
      if (frame.number === 20_000) seen = turns;
    });
    clearInterval(timer);
    expect(seen).toBeGreaterThan(0);
  });
});

describe("a gzip file", () => {
  test("reads like the file in it", async () => {
    const whole = pcap(many(500));
    expect(await read(save(gzipSync(whole)))).toEqual(await read(save(whole)));
    expect((await read(save(gzipSync(pcapng(at(1, 2)))))).frames).toHaveLength(2);
  });

  test("may consist of several packed parts", async () => {
    const whole = pcap(at(1, 2, 3));
    const parts = Buffer.concat([gzipSync(whole.subarray(0, 50)), gzipSync(whole.subarray(50))]);
    expect((await read(save(parts))).frames).toHaveLength(3);
  });

  test("cut short gives every frame whose packed bytes are all there", async () => {
    const whole = pcap(many(2_000));
    const packed = gzipSync(whole);
    const { frames, end } = await read(save(packed.subarray(0, packed.length >> 1)));
    expect(frames.length).toBeGreaterThan(500);
    expect(allBytes(frames).equals(allBytes(many(frames.length)))).toBe(true);
    expect(end).toMatchObject({ reason: "truncated", message: expect.stringContaining("the gzip data is cut off") });
  });

  test("without its last checksum bytes gives all frames and says so", async () => {
    const { frames, end } = await read(save(gzipSync(pcap(at(1, 2, 3))).subarray(0, -4)));
    expect(frames).toHaveLength(3);
    expect(end).toMatchObject({
      reason: "truncated",
      message: expect.stringContaining("after record 3: the gzip data is cut off"),
    });
  });

  test("whose checksum is wrong gives its frames and says so", async () => {
    const packed = gzipSync(pcap(at(1, 2, 3)));
    packed[packed.length - 8]! ^= 1;
    const { frames, end } = await read(save(packed));
    expect(frames).toHaveLength(3);
    expect(end).toMatchObject({ reason: "truncated", message: expect.stringContaining("the gzip data is damaged") });
  });

  test("that unpacks to a thousand times its size comes in bounded steps", async () => {
    const packed = new StreamInput(Readable.from([gzipSync(Buffer.alloc(100_000_000))], { objectMode: false }));
    const input = new GzipInput(packed, new ByteQueue());
    const queue = new ByteQueue();
    let all = 0;
    let largest = 0;
    while (await input.fill(queue)) {
      const step = queue.end - queue.start;
      all += step;
      largest = Math.max(largest, step);
      queue.skip(step);
    }
    expect(all).toBe(100_000_000);
    expect(largest).toBeLessThan(34_000_000);
  });
});

describe("several files", () => {
  test("are merged by time, at equal times in the order named", async () => {
    const { frames } = await read(save(pcap(at(1, 5, 5, 9))), save(pcapng(at(2, 5, 10))), save(gzipSync(pcap(at(5)))));
    expect(frames.map((frame) => [frame.at, frame.file, frame.number])).toEqual([
      [1, 0, 1],
      [2, 1, 1],
      [5, 0, 2],
      [5, 0, 3],
      [5, 1, 2],
      [5, 2, 1],
      [9, 0, 4],
      [10, 1, 3],
    ]);
  });

  test("keep interfaces of their own", async () => {
    const two = Buffer.concat([
      sectionBlock(),
      interfaceBlock({ name: "rx" }),
      interfaceBlock({ name: "tx" }),
      packetBlock({ bytes: Buffer.alloc(9), ticks: 1n }),
      packetBlock({ bytes: Buffer.alloc(9), ticks: 4n, interface: 1 }),
    ]);
    const source = await openCaptureFiles([save(pcap(at(2))), save(two), save(two)]);
    const { frames } = await readSource(source);
    expect(frames.map((frame) => [frame.at, frame.file, source.interfaces[frame.interface]])).toEqual([
      [1, 1, "rx"],
      [1, 2, "rx"],
      [2, 0, ""],
      [4, 1, "tx"],
      [4, 2, "tx"],
    ]);
    expect(new Set(frames.map((frame) => frame.interface)).size).toBe(5);
  });

  test("are delivered whole though one's clock runs backwards", async () => {
    const { frames } = await read(save(pcap(at(10, 3, 4, 20))), save(pcap(at(5, 12))));
    expect(frames.map((frame) => frame.at)).toEqual([5, 10, 3, 4, 12, 20]);
  });

  test("go on when one of them breaks, and its name is told", async () => {
    const broken = save(pcap(at(1, 2)).subarray(0, -1));
    const { frames, end } = await read(broken, save(pcap(at(3, 4))));
    expect(frames.map((frame) => frame.at)).toEqual([1, 3, 4]);
    expect(end).toEqual({ reason: "truncated", message: `${broken}: cut off in record 2` });
  });

  test("hand over their totals", async () => {
    const paths = [save(pcap(at(1, 2))), save(pcap(at(3)))];
    const source = await openCaptureFiles(paths);
    await readSource(source);
    expect(source.counts().framesRead).toBe(3);
    expect(source.progress().bytesRead).toBe(source.progress().bytesTotal);
  });

  test("are refused when there are more than can be open together", async () => {
    await expect(openCaptureFiles(Array(MAX_FILES + 1).fill("x.pcap"))).rejects.toThrow(`more than the ${MAX_FILES}`);
  });
});

describe("standard input", () => {
  test("is read like a file, in whatever pieces it comes", async () => {
    const whole = gzipSync(pcapng(many(300)));
    const pieces = Array.from({ length: whole.length }, (_, index) => whole.subarray(index, index + 1));
    const source = await openCaptureFiles(["-"], { stdin: Readable.from(pieces, { objectMode: false }) });
    expect((await readSource(source)).frames).toHaveLength(300);
    expect(source.progress()).toEqual({ bytesRead: whole.length, bytesTotal: null });
  });

  test("that is waited for is let go on close", async () => {
    const stdin = new PassThrough();
    stdin.write(pcap(at(1)));
    const source = await openCaptureFiles(["-"], { stdin });
    expect(await source.run(() => setImmediate(() => source.close()))).toEqual({ reason: "closed" });
  });

  test("can be named only once", async () => {
    await expect(openCaptureFiles(["-", "-"])).rejects.toThrow(CaptureError);
  });

  test("that ends at once is called empty", async () => {
    await expect(openCaptureFiles(["-"], { stdin: Readable.from([]) })).rejects.toThrow("standard input: it is empty");
  });
});

describe("what is no capture is refused with its name and the reason:", () => {
  test.each<[string, () => string, RegExp]>([
    ["a missing file", () => join(folder, "missing.pcap"), /missing\.pcap: there is no such file/],
    ["a directory", () => folder, /it is a directory/],
    ["an empty file", () => save(""), /it is empty/],
    ["text", () => save("Dear ward, please find attached\n"), /but text/],
    ["a single byte", () => save("x"), /not a capture/],
    ["zeros", () => save(Buffer.alloc(5_000)), /unknown kind/],
    ["a capture of another kind", () => save("snoop\0\0\0\0\0\0\u0002"), /snoop capture: convert/],
    ["a zip archive", () => save("PK\u0003\u0004...."), /zip archive/],
    ["half a file header", () => save(pcap([]).subarray(0, 20)), /cut off inside the file header/],
    [
      "packed text",
      () => save(gzipSync("Dear ward")),
      /gzip data, and unpacked it is not a capture \(pcap or pcapng\) but text/,
    ],
    ["packed nothing", () => save(gzipSync("")), /gzip data, and unpacked it is empty/],
    ["two bytes of gzip", () => save(Buffer.from([0x1f, 0x8b])), /gzip data/],
  ])("%s", async (_what, make, reason) => {
    const opening = openCaptureFiles([make()]);
    await expect(opening).rejects.toThrow(CaptureError);
    await expect(opening).rejects.toThrow(reason);
  });

  test.skipIf(process.getuid?.() === 0)("a file that may not be read (skipped for root, who may)", async () => {
    const path = save(pcap([]));
    chmodSync(path, 0);
    await expect(openCaptureFiles([path])).rejects.toThrow("permission denied");
  });

  test("no file at all", async () => {
    await expect(openCaptureFiles([])).rejects.toThrow(CaptureError);
  });
});
