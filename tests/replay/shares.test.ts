/** Large captures are read by two threads: what they tell together is what one tells alone, and none can hang the other. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { openCaptureFiles } from "../../agent/capture/pcap-file.ts";
import { CaptureError } from "../../agent/capture/source.ts";
import { defaultConfig } from "../../agent/config.ts";
import { droppedNames } from "../../agent/dissectors/self-given.ts";
import { replay } from "../../agent/replay.ts";
import { BatchWriter } from "../../agent/replay-share-batch.ts";
import { isWorthSharing, ReplayShares } from "../../agent/replay-shares.ts";
import { writeMixedCapture } from "../bench/mixed-capture.ts";
import { builtPath, repositoryRoot } from "../support/built.ts";
import { wardtap } from "../support/wardtap.ts";

const worker = pathToFileURL(builtPath("agent/replay-share-worker.js"));
const bundled = join(repositoryRoot(), "tests/captures");
const own = readdirSync(bundled)
  .filter((name) => name.endsWith(".pcap"))
  .sort()
  .map((name) => join(bundled, name));
const shared = join(process.env.WARDTAP_SHARED ?? resolve(repositoryRoot(), "../shared"), "captures");
const isThere = existsSync(shared);
const FILES_AT_ONCE = 40;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "wardtap-shares-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const started: ReplayShares[] = [];
const share = (paths: readonly string[], entry = worker) => {
  const shares = new ReplayShares(paths, { bytesTotal: null, worker: entry });
  started.push(shares);
  return shares;
};
afterEach(async () => {
  await Promise.all(started.splice(0).map((shares) => shares.end()));
});

const config = defaultConfig();
const byOne = async (paths: string[]) => {
  // It counts since the process started, a thread's since the thread did.
  droppedNames.count = 0;
  return replay(await openCaptureFiles(paths), paths, { config });
};
const byTwo = async (paths: string[], shares = share(paths)) =>
  replay(await openCaptureFiles(paths), paths, { config, shares });
/** Documents are long: a difference is told by the first place that differs. */
const differenceOf = (one: unknown, two: unknown) => {
  const [a, b] = [JSON.stringify(one), JSON.stringify(two)];
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  return a === b ? "" : `${a.slice(Math.max(0, at - 300), at + 60)} <> ${b.slice(at, at + 60)}`;
};
const compare = async (paths: string[]) => {
  const one = await byOne(paths);
  const two = await byTwo(paths);
  expect([two.truncated, differenceOf(one.document, two.document)]).toEqual([one.truncated, ""]);
  return two;
};

describe("two threads tell what one tells", () => {
  test.each(["ward.pcap", "services.pcap", "ipv6.pcap"])("of %s", async (name) => {
    const { document } = await compare([join(bundled, name)]);
    expect(document.devices.length).toBeGreaterThan(1);
  });

  test("of all bundled captures merged", async () => {
    const { document } = await compare(own);
    expect(document.capture.frames).toBeGreaterThan(3000);
  }, 60_000);

  test("of a busy mixed capture that takes several windows", async () => {
    const path = join(folder, "mixed.pcap");
    writeMixedCapture(path, { frames: 300_000, seed: 5, hosts: 60, flows: 300 });
    // One window is a minute or a million frames: the other capture has days, before and after.
    const { document } = await compare([path, join(bundled, "weeks.pcap")]);
    expect(document.capture.frames).toBeGreaterThan(300_000);
    expect(document.devices.length).toBeGreaterThan(50);
  }, 120_000);

  test("of a capture that is cut inside a record", async () => {
    const bytes = readFileSync(join(bundled, "ward.pcap"));
    const path = join(folder, "cut.pcap");
    writeFileSync(path, bytes.subarray(0, bytes.length - 7));
    const { document, truncated } = await compare([path]);
    expect(document.capture.truncated).toBe(true);
    expect(truncated).toMatch(/cut\.pcap: cut off in record \d+/);
  });

  test("of a capture without frames", async () => {
    const path = join(folder, "empty.pcap");
    writeFileSync(path, readFileSync(join(bundled, "ward.pcap")).subarray(0, 24));
    const { document } = await compare([path]);
    expect([document.capture.frames, document.capture.firstFrameAt]).toEqual([0, null]);
  });

  test("by the command, to the byte", async () => {
    const path = join(bundled, "ward.pcap");
    const run = (threads: string) => wardtap(["replay", path, "--json", "--threads", threads]);
    const [one, two] = [await run("1"), await run("2")];
    expect([two.code, two.stderr]).toEqual([0, ""]);
    expect(two.stdout === one.stdout).toBe(true);
  }, 60_000);

  test("and what comes by a pipe is read by one, whatever was asked for", async () => {
    const stdin = readFileSync(join(bundled, "ward.pcap"));
    const { code, stdout } = await wardtap(["replay", "-", "--json", "--threads", "2"], { stdin });
    expect([code, JSON.parse(stdout).capture.frames > 100]).toEqual([0, true]);
  }, 60_000);
});

const isCapture = (name: string) => /\.(?:pcap|pcapng|cap)$/.test(name);
const title = `public captures${isThere ? "" : " (skipped: WARDTAP_SHARED holds none)"}`;
describe.skipIf(!isThere && process.env.CI !== "true")(title, () => {
  const paths = !isThere
    ? []
    : readdirSync(shared, { recursive: true, encoding: "utf8" })
        .filter(isCapture)
        .sort()
        .map((name) => join(shared, name));
  const parts = Array.from({ length: Math.ceil(paths.length / FILES_AT_ONCE) }, (_, part) =>
    paths.slice(part * FILES_AT_ONCE, (part + 1) * FILES_AT_ONCE),
  );

  test("are there", () => {
    expect(paths.length).toBeGreaterThan(100);
  });

  test.each(parts.map((part, index) => [index + 1, part] as const))(
    "part %d: two threads tell what one tells",
    async (_, part) => {
      await compare(part);
    },
    120_000,
  );
});

describe("which captures are read by two", () => {
  const worth = async (path: string) => {
    const source = await openCaptureFiles([path]);
    source.close();
    return isWorthSharing(source);
  };
  /** A hole takes no room on disk. */
  const sparse = (name: string, bytes: number) => {
    const path = join(folder, name);
    writeFileSync(path, readFileSync(join(bundled, "ward.pcap")));
    truncateSync(path, bytes);
    return path;
  };

  test("large ones", async () => {
    expect(await worth(sparse("large.pcap", 2 ** 31))).toBe(true);
  });

  test("not smaller ones, which are done before threads are warm", async () => {
    expect(await worth(sparse("small.pcap", 2 ** 29))).toBe(false);
  });

  test("not packed ones, which would be unpacked twice", async () => {
    const path = join(folder, "packed.pcap.gz");
    writeFileSync(path, gzipSync(readFileSync(join(bundled, "ward.pcap"))));
    truncateSync(path, 2 ** 31);
    expect(await worth(path)).toBe(false);
  });
});

describe("what can go wrong", () => {
  const script = (text: string) => new URL(`data:text/javascript,${encodeURIComponent(text)}`);
  const ward = join(bundled, "ward.pcap");

  test("a file that is gone when the threads open it is named", async () => {
    const source = await openCaptureFiles([ward]);
    const gone = join(folder, "gone.pcap");
    const told = replay(source, [gone], { config, shares: share([gone]) });
    await expect(told).rejects.toThrow(CaptureError);
    await expect(told).rejects.toThrow("gone.pcap: there is no such file");
  });

  test("a thread that breaks ends the replay with its error", async () => {
    await expect(byTwo([ward], share([ward], script("throw new Error('out of order')")))).rejects.toThrow(
      "out of order",
    );
  });

  test("a thread that ends without a word ends it too", async () => {
    await expect(byTwo([ward], share([ward], script("process.exit(7)")))).rejects.toThrow("ended with 7");
  });

  test("what was stopped says so", async () => {
    const path = join(folder, "long.pcap");
    writeMixedCapture(path, { frames: 60_000, seed: 6 });
    const shares = share([path]);
    shares.close();
    const { document, truncated } = await byTwo([path], shares);
    expect([document.capture.truncated, truncated]).toEqual([true, "stopped before the end of the input"]);
    expect(document.capture.frames).toBeLessThan(60_000);
  });

  test("threads that read different numbers of frames mean that the file changed", async () => {
    const totals = { frames: 0, bytes: 0, duplicates: 0, droppedNames: 0, malformed: {}, unknown: {} };
    const end = {
      kind: "end",
      batch: { ...new BatchWriter().finish() },
      end: { reason: "end" },
      firstAt: 0,
      lastAt: 0,
      interfaces: [],
      totals: { ...totals, hiddenAccessPoints: 0, overflow: { hosts: 0, evidence: 0, flows: 0 } },
    };
    const text = `import { parentPort, workerData } from "node:worker_threads";
      const empty = new Float64Array();
      const columns = { hosts: empty, presences: empty, evidence: empty, flows: empty };
      const end = ${JSON.stringify(end)};
      parentPort.postMessage({ ...end, batch: { ...end.batch, ...columns }, framesRead: workerData.share });`;
    const { truncated } = await byTwo([ward], share([ward], script(text)));
    expect(truncated).toBe("the files changed while they were read");
  });
});
