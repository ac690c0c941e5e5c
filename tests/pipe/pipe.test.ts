/** The one-way pipe between sniffer and agent, over a real FIFO: absent agents, dead agents, slow agents, hostile lines. */
import {
  appendFileSync,
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Observation } from "../../agent/observe/observation.ts";
import { LineSplitter, makeFifo, openPipe, type PipeReader, readLine } from "../../agent/pipe/reader.ts";
import { PipeWriter } from "../../agent/pipe/writer.ts";
import { counts, evidence, flow, PUMP, presence } from "./support/observations.ts";

let folder = "";
let path = "";
const readers: PipeReader[] = [];
const writers: PipeWriter[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wardtap-pipe-"));
  path = join(folder, "observations-eth1");
});
afterEach(() => {
  for (const reader of readers.splice(0)) reader.close();
  for (const writer of writers.splice(0)) writer.close();
  rmSync(folder, { recursive: true, force: true });
});

const listen = () => {
  const heard: Observation[] = [];
  const reader = openPipe(path, (observation) => heard.push(observation));
  readers.push(reader);
  return { heard, reader };
};
const writer = (onConnected: () => void = () => undefined, maxBacklog?: number) => {
  const made = new PipeWriter({ path, onConnected, ...(maxBacklog === undefined ? {} : { maxBacklog }) });
  writers.push(made);
  return made;
};
/** Reads whatever is in the pipe now, as raw bytes. */
const drainRaw = (descriptor: number): string => {
  const chunk = Buffer.alloc(1 << 16);
  let text = "";
  for (;;) {
    try {
      const read = readSync(descriptor, chunk);
      if (read === 0) return text;
      text += chunk.toString("utf8", 0, read);
    } catch {
      return text;
    }
  }
};
const openRaw = () => {
  makeFifo(path);
  return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
};

test("what the sniffer says is what the agent hears", async () => {
  const { heard } = listen();
  const sniffer = writer();
  const said = [counts(), evidence(), presence(), flow()];
  for (const one of said) sniffer.write(one);
  sniffer.flush();
  await expect.poll(() => heard).toEqual(said);
});

describe("an agent that isn't there", () => {
  test("stops nothing: what is said waits, and is heard when it comes, after the facts were asked for", async () => {
    let connected = 0;
    const sniffer = writer(() => connected++);
    sniffer.write(evidence());
    sniffer.flush();
    expect([sniffer.isConnected, connected]).toEqual([false, 0]);
    const { heard } = listen();
    sniffer.flush();
    await expect.poll(() => heard).toEqual([evidence()]);
    expect([sniffer.isConnected, connected]).toEqual([true, 1]);
  });

  test("or dies and returns is told the facts again", async () => {
    const facts = evidence({ value: "repeated" });
    const sniffer: PipeWriter = writer(() => sniffer.write(facts));
    const first = listen();
    sniffer.flush();
    await expect.poll(() => first.heard).toEqual([facts]);
    first.reader.close();
    sniffer.write(counts());
    await expect
      .poll(() => {
        sniffer.write(counts());
        sniffer.flush();
        return sniffer.isConnected;
      })
      .toBe(false);
    const second = listen();
    sniffer.flush();
    await expect.poll(() => second.heard).toContainEqual(facts);
  });

  test("costs what was on its way to it, and that is counted", async () => {
    const descriptor = openRaw();
    const sniffer = writer();
    sniffer.flush();
    closeSync(descriptor);
    for (let i = 0; i < 5; i++) sniffer.write(evidence({ value: `v${i}` }));
    sniffer.flush();
    expect([sniffer.isConnected, sniffer.observationsLost]).toEqual([false, 5]);
  });
});

describe("an agent that doesn't read", () => {
  test("never makes the sniffer wait: flush returns, the oldest detail is lost and each piece of it counted", () => {
    const descriptor = openRaw();
    const sniffer = writer(undefined, 500);
    for (let round = 0; round < 50; round++) {
      for (let i = 0; i < 200; i++) {
        sniffer.write(evidence({ value: `${round}-${i}` }));
      }
      sniffer.flush();
    }
    expect(sniffer.isConnected).toBe(true);
    expect(sniffer.observationsLost).toBeGreaterThan(1000);
    const lost = sniffer.observationsLost;
    let text = "";
    for (let i = 0; i < 100; i++) {
      text += drainRaw(descriptor);
      sniffer.flush();
    }
    closeSync(descriptor);
    const heard = text
      .split("\n")
      .filter((line) => line !== "")
      .map(readLine);
    expect(heard).not.toContain(undefined);
    expect(heard.filter((one) => one?.kind === "evidence").length + lost).toBe(50 * 200);
  });

  test("loses no traffic: what waits is added up", () => {
    const descriptor = openRaw();
    const sniffer = writer(undefined, 500);
    for (let i = 0; i < 3000; i++)
      sniffer.write(evidence({ value: `v${i}`, about: { reported: `${i % 50}`, by: PUMP } }));
    sniffer.flush();
    for (let i = 0; i < 5000; i++) {
      sniffer.write(presence({ sentFrames: 1 }));
      sniffer.flush();
    }
    let text = "";
    for (let i = 0; i < 100; i++) {
      text += drainRaw(descriptor);
      sniffer.flush();
    }
    closeSync(descriptor);
    const heard = text.split("\n").map(readLine);
    expect(heard.reduce((sum, one) => sum + (one?.kind === "presence" ? one.sentFrames : 0), 0)).toBe(5000);
  });

  test("hears the newest counts first when it reads again", () => {
    const descriptor = openRaw();
    const sniffer = writer(undefined, 500);
    for (let i = 0; i < 3000; i++) sniffer.write(evidence({ value: `v${i}` }));
    sniffer.flush();
    for (let i = 0; i < 3000; i++) sniffer.write(evidence({ value: `w${i}` }));
    sniffer.write(counts({ frames: 77 }));
    drainRaw(descriptor);
    sniffer.flush();
    const text = drainRaw(descriptor);
    closeSync(descriptor);
    // Only the rest of the chunk that the full pipe took in part goes before it.
    expect(text).toContain('"frames":77');
    expect(text.indexOf('"frames":77')).toBeLessThan(text.indexOf('"value":"w'));
  });
});

describe("what is no observation", () => {
  const good = JSON.stringify(evidence());
  const hostile: [string, string][] = [
    ["no JSON", "MOUSE^MICKEY"],
    ["half a line", good.slice(0, 40)],
    ["another kind", '{"kind":"shell","command":"rm"}'],
    ["an array", "[]"],
    ["null", "null"],
    ["a number that is none", JSON.stringify(counts()).replace('"frames":0', '"frames":1e999')],
    ["a negative count", JSON.stringify(presence({ sentFrames: -1 }))],
    ["a time beyond all time", JSON.stringify(evidence({ firstAt: 2 ** 60 }))],
    ["a MAC that is text", JSON.stringify(presence({ host: { mac: "<img onerror=x>", vlan: 0, ip: null } }))],
    ["an address that is text", JSON.stringify(presence({ host: { mac: null, vlan: 0, ip: "'; DROP TABLE rows" } }))],
    ["a value too long", JSON.stringify(evidence({ value: "x".repeat(257) }))],
    ["a port that is none", JSON.stringify(flow({ port: 65_536 }))],
    [
      "too many counters",
      JSON.stringify(counts({ unknown: Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`k${i}`, 1])) })),
    ],
    ["deep nesting", `${"[".repeat(30_000)}${"]".repeat(30_000)}`],
  ];
  test.each(hostile)("%s is dropped, counted, and the next line is heard", async (_what, line) => {
    const { heard, reader } = listen();
    appendFileSync(path, `${line}\n${good}\n`);
    await expect.poll(() => heard).toEqual([evidence()]);
    expect(reader.badLines).toBe(1);
  });

  test("keys of the language's own are nothing special", () => {
    const observation = readLine(`{"__proto__":{"polluted":1},"constructor":1,${good.slice(1)}`);
    expect(observation).toEqual(evidence());
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test("an endless line is not kept: it costs no memory and ends at the next line", () => {
    const lines: string[] = [];
    const splitter = new LineSplitter((line) => lines.push(line));
    for (let i = 0; i < 500; i++) splitter.push(Buffer.alloc(65_536, 0x61));
    splitter.push(Buffer.from("\nnext\n"));
    expect([lines, splitter.bad]).toEqual([["next"], 1]);
  });

  test("lines come whole however the bytes are cut", () => {
    const text = "one\ntwo and a half – ü\n\nthree\n";
    for (let size = 1; size < 12; size++) {
      const lines: string[] = [];
      const splitter = new LineSplitter((line) => lines.push(line));
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; at += size) splitter.push(bytes.subarray(at, at + size));
      expect([lines, splitter.bad]).toEqual([["one", "two and a half – ü", "three"], 0]);
    }
  });

  test("half a line that a dead sniffer left spoils nothing that its successor says", async () => {
    const { heard, reader } = listen();
    appendFileSync(path, good.slice(0, 50));
    const sniffer = writer();
    sniffer.write(counts());
    sniffer.flush();
    await expect.poll(() => heard).toEqual([counts()]);
    expect(reader.badLines).toBe(1);
  });
});

describe("the pipe itself", () => {
  test("is made with its folder, and may be written by its group but read by its owner only", () => {
    path = join(folder, "deep/er/observations-eth1");
    listen();
    expect(statSync(path).isFIFO()).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o620);
  });

  test("is refused in plain words when a file stands in its place, and the file is left alone", () => {
    writeFileSync(path, "somebody's notes");
    expect(() => listen()).toThrow(/is no pipe/);
    expect(statSync(path).size).toBe(16);
  });

  test("is refused in plain words when its folder can't be made", () => {
    writeFileSync(join(folder, "file"), "");
    path = join(folder, "file/observations");
    expect(() => listen()).toThrow(/can't be made/);
    expect(existsSync(path)).toBe(false);
  });

  test("a writer whose pipe is a plain file doesn't fill it", () => {
    writeFileSync(path, "");
    const sniffer = writer();
    sniffer.write(evidence());
    sniffer.flush();
    expect([statSync(path).size, sniffer.isConnected]).toEqual([0, false]);
  });
});
