/**
 * Measures, in a process of its own with the collector held off, what a steady frame costs in memory:
 * stdin is JSON `{ first: hex[], steady: hex[], times }`, stdout the bytes allocated per frame.
 */
import { readFileSync } from "node:fs";
import { emptyFrame } from "../../agent/capture/source.ts";
import { dissectors } from "../../agent/dissectors/index.ts";
import { Watch } from "../../agent/observe/watch.ts";

const ROUNDS = 5;
const START = 1_700_000_000_000_000;

const asked = JSON.parse(readFileSync(0, "utf8")) as { first: string[]; steady: string[]; times: number };
const collect = (globalThis as { gc?: () => void }).gc;
if (collect === undefined) throw new Error("run with --expose-gc");

const watch = new Watch({ dissectors, emit: () => undefined });
const frame = emptyFrame();
const hear = (bytes: Buffer) => {
  frame.bytes = bytes;
  frame.length = bytes.length;
  frame.wireLength = bytes.length;
  frame.number++;
  watch.frame(frame);
};
/** The clock goes on seldom, so that this loop's own arithmetic isn't what is measured. */
const run = (frames: readonly Buffer[], times: number) => {
  for (let i = 0; i < times; i++) {
    if ((i & 1023) === 0) frame.at++;
    hear(frames[i % frames.length]!);
  }
};
frame.at = START;
run(
  asked.first.map((hex) => Buffer.from(hex, "hex")),
  asked.first.length,
);
const steady = asked.steady.map((hex) => Buffer.from(hex, "hex"));
run(steady, asked.times / 2);
/** The least of some rounds: what the machine itself allocates while it still compiles is in the first ones only. */
let bytesPerFrame = Number.POSITIVE_INFINITY;
for (let round = 0; round < ROUNDS; round++) {
  collect();
  const before = process.memoryUsage().heapUsed;
  run(steady, asked.times);
  bytesPerFrame = Math.min(bytesPerFrame, (process.memoryUsage().heapUsed - before) / asked.times);
}
process.stdout.write(JSON.stringify({ bytesPerFrame, totals: watch.totals() }));
