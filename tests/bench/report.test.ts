/** Measuring and reporting: real programs are charged what they used, and ratios compare the same round. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { measure } from "./measure.ts";
import { ratiosOf, resultOf, spread } from "./report.ts";

const folder = mkdtempSync(join(tmpdir(), "wardtap-measure-"));
const output = join(folder, "output");
const patient = new AbortController().signal;
const node = (script: string) => [process.execPath, "-e", script];
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const round = (wallSeconds: number, cpuSeconds = wallSeconds) => ({ wallSeconds, cpuSeconds, peakBytes: 1e6 });

test("memory that a program held is in its peak", async () => {
  const small = await measure(node(""), folder, output, patient);
  const large = await measure(node("Buffer.alloc(300e6, 1)"), folder, output, patient);
  expect(large.peakBytes - small.peakBytes).toBeGreaterThan(250e6);
});

test("waiting costs no processor time", async () => {
  const { wallSeconds, cpuSeconds } = await measure(node("setTimeout(() => {}, 1500)"), folder, output, patient);
  expect(wallSeconds).toBeGreaterThanOrEqual(1.5);
  expect(cpuSeconds).toBeLessThan(wallSeconds);
});

test("what a program prints is kept for checking", async () => {
  await measure(node("console.log('read 5')"), folder, output, patient);
  expect(readFileSync(output, "utf8")).toBe("read 5\n");
});

test("a program that fails is no measurement", async () => {
  await expect(
    measure(node("console.error('no such file'); process.exit(3)"), folder, output, patient),
  ).rejects.toThrow(/no such file/);
});

test("a stopped bench ends the program it was measuring", async () => {
  const stop = new AbortController();
  const pidPath = join(folder, "pid");
  const script = `require("fs").writeFileSync(${JSON.stringify(pidPath)}, String(process.pid)); setInterval(() => {}, 1000)`;
  const running = measure(node(script), folder, output, stop.signal);
  const outcome = expect(running).rejects.toThrow("stopped");
  const pid = await new Promise<number>((resolve) => {
    const look = setInterval(() => {
      const text = readText(pidPath);
      if (text === "") return;
      clearInterval(look);
      resolve(Number(text));
    }, 20);
  });
  stop.abort(new Error("stopped"));
  await outcome;
  await expect.poll(() => isAlive(pid)).toBe(false);
});

test("a spread of an even count takes the middle of two", () => {
  expect(spread([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4 });
});

test("rates count frames by wall and by processor time", () => {
  const result = resultOf({ name: "x", version: "1", frames: 100, measured: [round(2, 4)] });
  expect(result.framesPerSecond.median).toBe(50);
  expect(result.framesPerCpuSecond.median).toBe(25);
});

test("ratios are taken within each round, and by rate where one read fewer frames", () => {
  const ours = { name: "wardtap", version: "1", frames: 1000, measured: [round(1), round(10)] };
  const same = { name: "same", version: "1", frames: 1000, measured: [round(2), round(20)] };
  const slow = { name: "slow", version: "1", frames: 100, measured: [round(10)] };
  const [bySame, bySlow] = ratiosOf(ours, [same, slow]);
  expect(bySame!.byWall).toEqual({ median: 2, min: 2, max: 2 });
  expect(bySlow!.byWall).toEqual({ median: 55, min: 10, max: 100 });
});

/** One that has ended but that nobody has asked about yet (a zombie, proc(5)) is not alive. */
function isAlive(pid: number): boolean {
  const state = /\) (\w)/.exec(readText(`/proc/${pid}/stat`))?.[1];
  return state !== undefined && state !== "Z";
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
