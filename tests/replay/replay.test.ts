/** `wardtap replay`: the document's contract, and every way in which its input can be wrong. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { repositoryRoot } from "../support/built.ts";
import { pcap } from "../support/pcap-writer.ts";
import { STACK_TRACE, startWardtap, wardtap } from "../support/wardtap.ts";
import { complaints, documentShape, type ReplayDocument } from "./support/document-shape.ts";

const captures = join(repositoryRoot(), "tests/captures");
const ward = join(captures, "ward.pcap");
const mdns = join(captures, "mdns.pcap");
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "wardtap-replay-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, bytes: Buffer | string) => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};
const replayJson = async (...words: string[]) => {
  const { code, stdout, stderr } = await wardtap(["replay", ...words, "--json"]);
  return { code, stderr, stdout, document: documentShape.parse(JSON.parse(stdout)) as ReplayDocument };
};

describe("the document", () => {
  test("has exactly the contract's fields, in order and without dangling references", async () => {
    const { code, document, stderr } = await replayJson(ward);
    expect([code, stderr]).toEqual([0, ""]);
    expect(document.devices.length).toBeGreaterThan(10);
    expect(document.findings.length).toBeGreaterThan(0);
    expect(complaints(document)).toEqual([]);
  });

  test("is one line with a line end, and nothing else on standard output", async () => {
    const { stdout } = await replayJson(mdns);
    expect(stdout.indexOf("\n")).toBe(stdout.length - 1);
  });

  test("is the same to the byte for the same input", async () => {
    const [first, second] = [await replayJson(ward, mdns), await replayJson(ward, mdns)];
    expect(second.stdout).toBe(first.stdout);
  });

  test("holds the same devices whatever the order of merged files", async () => {
    const parts = ["dhcp.pcap", "hl7.pcap", "lldp.pcap"].map((name) => join(captures, name));
    const [first, second] = [await replayJson(...parts), await replayJson(...parts.reverse())];
    expect(second.document.devices).toEqual(first.document.devices);
    expect(second.document.findings).toEqual(first.document.findings);
  });

  test("counts frames and bytes as the file holds them, with its first and last time", async () => {
    const frames = [1_700_000_000_000_001, 1_700_000_001_999_999].map((at) => ({
      bytes: Buffer.alloc(60, 1),
      at,
      wireLength: 1000,
    }));
    const { document } = await replayJson(write("two.pcap", pcap(frames)));
    expect(document.capture).toMatchObject({
      frames: 2,
      bytes: 2000,
      firstFrameAt: "2023-11-14T22:13:20.000001Z",
      lastFrameAt: "2023-11-14T22:13:21.999999Z",
      truncated: false,
    });
  });

  test("of a capture without frames has none, and no times", async () => {
    const { code, document } = await replayJson(write("none.pcap", pcap([])));
    expect(code).toBe(0);
    expect(document).toMatchObject({
      capture: { frames: 0, firstFrameAt: null, lastFrameAt: null },
      devices: [],
      findings: [],
    });
  });

  test("names the file and the frame where each thing was first said", async () => {
    const { document } = await replayJson(mdns);
    const frames = document.devices.flatMap(({ evidence }) => evidence.map(({ firstFrame }) => firstFrame));
    expect(frames.length).toBeGreaterThan(0);
    expect(frames.every((frame) => frame?.file === "mdns.pcap" && frame.number <= document.capture.frames)).toBe(true);
  });

  test("says under which settings it was made", async () => {
    const config = write("other.toml", '[networks]\ninside = ["192.0.2.0/24"]\n');
    const [first, second] = [await replayJson(mdns), await replayJson(mdns, "--config", config)];
    expect(second.document.tap.config).not.toBe(first.document.tap.config);
    expect(second.document.tap.knowledge).toBe(first.document.tap.knowledge);
  });
});

describe("the same capture", () => {
  test.each([
    ["gzipped", async () => replayJson(write("ward.pcap.gz", gzipSync(readFileSync(ward))))],
    [
      "from standard input",
      async () => {
        const { code, stdout, stderr } = await wardtap(["replay", "-", "--json"], { stdin: readFileSync(ward) });
        return { code, stderr, document: documentShape.parse(JSON.parse(stdout)) as ReplayDocument };
      },
    ],
  ])("%s gives the same devices", async (_how, replayed) => {
    const { code, document, stderr } = await replayed();
    const plain = await replayJson(ward);
    expect([code, stderr]).toEqual([0, ""]);
    const bare = (one: ReplayDocument) =>
      one.devices.map(({ id, macs, names, class: kind }) => ({ id, macs, names, kind }));
    expect(bare(document)).toEqual(bare(plain.document));
  });

  test("without --json is a table for people", async () => {
    const { code, stdout } = await wardtap(["replay", ward]);
    expect(code).toBe(0);
    expect(stdout).toContain("ICU-PUMP-04");
    expect(stdout).not.toContain("\u001b[");
    expect(stdout).not.toMatch(STACK_TRACE);
  });
});

describe("what can't be used", () => {
  const cases: [string, () => string[], RegExp][] = [
    ["a missing file", () => [join(folder, "nowhere.pcap")], /nowhere\.pcap/],
    ["a folder", () => [folder], /folder|directory/i],
    [
      "a file that is no capture",
      () => [write("notes.txt", "Dear diary, today I plugged in a tap.\n")],
      /notes\.txt.*capture|capture.*notes\.txt/i,
    ],
    ["an empty file", () => [write("empty.pcap", "")], /empty/i],
    [
      "gzip of something else",
      () => [write("notes.gz", gzipSync("Dear diary, today I plugged in a tap."))],
      /capture/i,
    ],
    ["one good file and one missing", () => [ward, join(folder, "nowhere.pcap")], /nowhere\.pcap/],
    ["no file at all", () => [], /file/i],
    ["a time that is none", () => [ward, "--at", "yesterday"], /--at yesterday.*2026-05-01T12:00:00Z/],
    ["the 31st of February", () => [ward, "--at", "2026-02-31T00:00:00Z"], /--at/],
    ["an unknown option", () => [ward, "--jsno"], /unknown option '--jsno'/],
    ["a missing configuration", () => [ward, "--config", join(folder, "no.toml")], /no configuration file .*no\.toml/],
    [
      "a configuration with an unknown setting",
      () => [ward, "--config", write("bad.toml", "[tap]\nnmae = 1\n")],
      /bad\.toml.*\n.*nmae/,
    ],
  ];
  test.each(cases)("%s is refused in plain words, with code 2 and no document", async (_what, words, expected) => {
    const { code, stdout, stderr } = await wardtap(["replay", ...words(), "--json"]);
    expect(stderr).toMatch(expected);
    expect(stderr).not.toMatch(STACK_TRACE);
    expect([code, stdout]).toEqual([2, ""]);
  });

  test("standard input that is no capture, likewise", async () => {
    const { code, stdout, stderr } = await wardtap(["replay", "-", "--json"], {
      stdin: Buffer.from("hello, hello, hello, hello!\n"),
    });
    expect(stderr).toMatch(/capture/i);
    expect([code, stdout]).toEqual([2, ""]);
  });

  test("a file that may not be read, likewise", async () => {
    const path = write("secret.pcap", pcap([]));
    chmodSync(path, 0);
    const nobody =
      process.getuid?.() === 0 ? ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"] : [];
    chmodSync(folder, 0o755);
    const { code, stdout, stderr } = await wardtap(["replay", path, "--json"], { before: nobody });
    expect(stderr).toMatch(/secret\.pcap/);
    expect(stderr).not.toMatch(STACK_TRACE);
    expect([code, stdout]).toEqual([2, ""]);
  });
});

describe("a capture that breaks part-way", () => {
  const cut = (name: string, bytes: Buffer) => write(name, bytes);
  const whole = readFileSync(ward);
  test.each<[string, () => string]>([
    ["cut in a record", () => cut("cut.pcap", whole.subarray(0, 100_000))],
    [
      "cut in a record's header",
      () =>
        cut(
          "head.pcap",
          Buffer.concat([whole.subarray(0, 24), pcap([{ bytes: Buffer.alloc(60) }]).subarray(24), Buffer.alloc(7)]),
        ),
    ],
    ["with a gzip cut short", () => cut("cut.pcap.gz", gzipSync(whole).subarray(0, 20_000))],
    [
      "with a record that claims gigabytes",
      () =>
        cut(
          "claims.pcap",
          Buffer.concat([
            whole.subarray(0, 24),
            pcap([{ bytes: Buffer.alloc(60) }, { bytes: Buffer.alloc(60), claimedLength: 0x7fffffff }]).subarray(24),
          ]),
        ),
    ],
  ])("%s is printed as far as it goes, and said to be cut, with code 3", async (_how, path) => {
    const { code, document, stderr } = await replayJson(path());
    expect(code).toBe(3);
    expect(document.capture.truncated).toBe(true);
    expect(document.capture.frames).toBeGreaterThan(0);
    expect(complaints(document)).toEqual([]);
    expect(stderr).toMatch(/read up to/i);
    expect(stderr).not.toMatch(STACK_TRACE);
  });

  test("beside a whole one: both are read, and the code is 3", async () => {
    const broken = cut("cut2.pcap", whole.subarray(0, 100_000));
    const frames = async (...paths: string[]) => (await replayJson(...paths)).document.capture.frames;
    const { code, document } = await replayJson(broken, mdns);
    expect(code).toBe(3);
    expect(document.capture.frames).toBe((await frames(broken)) + (await frames(mdns)));
  });
});

test("stopped by Ctrl-C it prints what it has read, and says that it was stopped, with code 3", async () => {
  const child = startWardtap(["replay", "-", "--json"], { stdin: Buffer.alloc(0) });
  let [stdout, stderr] = ["", ""];
  child.stdout?.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  child.stdin?.on("error", () => undefined);
  const bytes = readFileSync(ward);
  const long = Buffer.concat([bytes, ...Array.from({ length: 9 }, () => bytes.subarray(24))]);
  // More than a pipe holds: when it is taken, the replay is under way; and its input stays open.
  await new Promise((resolve) => child.stdin?.write(long, resolve));
  child.kill("SIGINT");
  expect(await ended).toBe(3);
  expect(documentShape.parse(JSON.parse(stdout)).capture.truncated).toBe(true);
  expect(stderr).toMatch(/stopped before the end/);
});

test.each([["--json"], []])("a reader that goes away early ends it quietly (%s)", async (...words) => {
  const child = startWardtap(["replay", ward, ...words]);
  let stderr = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  child.stdout?.destroy();
  const code = await new Promise((resolve) => child.once("close", resolve));
  expect([code, stderr]).toEqual([0, ""]);
});

test("the help says what it is for, with examples and exit codes", async () => {
  const { code, stdout } = await wardtap(["replay", "--help"]);
  expect(code).toBe(0);
  for (const part of ["Usage: wardtap replay", "Examples:", "--at", "Exit codes: 0", "standard input"])
    expect(stdout).toContain(part);
});
