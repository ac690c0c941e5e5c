/** A capture longer than the learning time: what is new in it is told, what is usual is not. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openCaptureFiles } from "../../agent/capture/pcap-file.ts";
import { defaultConfig } from "../../agent/config.ts";
import { replay } from "../../agent/replay.ts";
import { ACK, FIN, PUSH_ACK, START, SYN, tcp } from "../observe/support/wire.ts";
import { pcap, type WrittenFrame } from "../support/pcap-writer.ts";

const HOUR = 3600 * 1_000_000;
const [PUMP, SECOND_PUMP, ENGINE, DESK, STRANGER] = [1, 2, 3, 4, 9];

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "wardtap-habits-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** PRT-16 names the product. */
const REPORT = `\x0bMSH|^~\\&|PUMP|WARD7|ENGINE|HOSP|20260101||ORU^R01|1|P|2.6\rPRT${"|".repeat(16)}Hospira Plum A+|\r\x1c\r`;

/** One whole TCP connection, some seconds long. */
function connection(at: number, from: number, to: number, toPort: number, payload = "x"): WrittenFrame[] {
  const fromPort = 40_000 + (Math.floor(at / HOUR) % 20_000);
  const ends = { from, to, fromPort, toPort };
  const back = { from: to, to: from, fromPort: toPort, toPort: fromPort };
  return [
    tcp({ ...ends, flags: SYN, sequence: 999 }),
    tcp({ ...back, flags: SYN | ACK, sequence: 4999 }),
    tcp({ ...ends, flags: PUSH_ACK, sequence: 1000, payload }),
    tcp({ ...back, flags: PUSH_ACK, sequence: 5000, payload: "ok" }),
    tcp({ ...ends, flags: FIN | ACK, sequence: 1000 + payload.length }),
  ].map((bytes, index) => ({ bytes: soldCards(bytes), at: at + index * 1000 }));
}

/** Network cards with an owner's prefix: those that hosts make up for themselves are nobody's. */
function soldCards(bytes: Buffer): Buffer {
  for (const at of [0, 6]) bytes.set([0x00, 0x02], at);
  return bytes;
}

/** Every hour of these: the pump reports to the engine, and a desk PC asks the engine for a page. */
const usual = (from: number, until: number, pump = PUMP): WrittenFrame[] =>
  Array.from({ length: until - from }, (_, index) => START + (from + index) * HOUR).flatMap((at) => [
    ...connection(at, pump, ENGINE, 2575, REPORT),
    ...connection(at + 60_000_000, DESK, ENGINE, 80),
  ]);

async function judged(frames: WrittenFrame[], learnDays = 7) {
  const path = join(folder, "habits.pcap");
  writeFileSync(path, pcap([...frames].sort((a, b) => (a.at ?? 0) - (b.at ?? 0))));
  const config = defaultConfig();
  config.behaviour.learnDays = learnDays;
  const { document } = await replay(await openCaptureFiles([path]), [path], { config });
  const devices = document.devices as { id: string; ips: string[]; class: string; model: string | null }[];
  const ipOf = (id: unknown) => devices.find((device) => device.id === id)?.ips[0];
  const findings = document.findings as { rule: string; deviceId: string; severity: string; why: string }[];
  return {
    document,
    devices,
    said: findings
      .filter(({ rule }) => /^new-|^silent-/.test(rule))
      .map(({ rule, deviceId }) => `${rule} ${ipOf(deviceId)}`)
      .sort(),
    findings,
  };
}

describe("a capture of nine days", () => {
  test("in which everything stays as it was tells of nothing new", async () => {
    const { said, devices } = await judged(usual(0, 9 * 24));
    expect(devices.find(({ ips }) => ips.includes("10.0.0.1"))).toMatchObject({
      class: "infusion-pump",
      model: "Plum A+",
    });
    expect(said).toEqual([]);
  });

  test("tells of a pump's new partner and new service, with who it is", async () => {
    const frames = [...usual(0, 9 * 24), ...connection(START + 8 * 24 * HOUR + 5, PUMP, STRANGER, 4444)];
    const { said, findings } = await judged(frames);
    expect(said).toEqual(["new-device 10.0.0.9", "new-peer 10.0.0.1", "new-service 10.0.0.1"]);
    expect(findings.find(({ rule }) => rule === "new-peer")?.why).toContain("(10.0.0.9) on tcp/4444");
  });

  test("tells of a known partner's new service as a service only", async () => {
    const frames = [...usual(0, 9 * 24), ...connection(START + 8 * 24 * HOUR + 5, PUMP, ENGINE, 22)];
    // The engine is a medical device too, and never offered this.
    expect((await judged(frames)).said).toEqual(["new-service 10.0.0.1", "new-service 10.0.0.3"]);
  });

  test("tells of a service that the pump begins to offer, and calls it more serious", async () => {
    const frames = [...usual(0, 9 * 24), ...connection(START + 8 * 24 * HOUR + 5, DESK, PUMP, 23)];
    const { said, findings } = await judged(frames);
    expect(said).toEqual(["new-peer 10.0.0.1", "new-service 10.0.0.1"]);
    expect(findings.find(({ rule }) => rule === "new-service")?.severity).toBe("medium");
  });

  test("takes what was done on the last day of learning for usual", async () => {
    const frames = [...usual(0, 9 * 24), ...connection(START + 7 * 24 * HOUR - 5 * HOUR, PUMP, STRANGER, 4444)];
    expect((await judged(frames)).said).toEqual([]);
  });

  test("tells nothing of what other devices do", async () => {
    const frames = [...usual(0, 9 * 24), ...connection(START + 8 * 24 * HOUR + 5, DESK, STRANGER, 4444)];
    expect((await judged(frames)).said).toEqual(["new-device 10.0.0.9"]);
  });

  test("lets a second pump of the model do what the first does", async () => {
    const { said } = await judged([...usual(0, 9 * 24), ...usual(8 * 24, 9 * 24, SECOND_PUMP)]);
    expect(said).toEqual(["new-device 10.0.0.2"]);
  });

  test("holds a second pump of the model to what the first does, from its first day", async () => {
    const { said } = await judged([
      ...usual(0, 9 * 24),
      ...usual(8 * 24, 9 * 24, SECOND_PUMP),
      ...connection(START + 8 * 24 * HOUR + 5 * HOUR, SECOND_PUMP, DESK, 4444),
    ]);
    expect(said).toEqual(["new-device 10.0.0.2", "new-peer 10.0.0.2", "new-service 10.0.0.2"]);
  });

  test("misses a pump that is gone for much longer than ever, as long as others are heard", async () => {
    const others = usual(7 * 24 + 12, 9 * 24, DESK).filter(({ at }) => at !== undefined);
    expect((await judged([...usual(0, 7 * 24 + 12), ...others])).said).toEqual(["silent-device 10.0.0.1"]);
  });

  test("misses nobody when the port itself went deaf", async () => {
    expect((await judged([...usual(0, 8 * 24), ...connection(START + 10 * 24 * HOUR, DESK, ENGINE, 80)])).said).toEqual(
      [],
    );
  });

  test("is judged the same every time", async () => {
    const frames = [...usual(0, 9 * 24), ...connection(START + 8 * 24 * HOUR + 5, PUMP, STRANGER, 4444)];
    expect(JSON.stringify((await judged(frames)).document)).toBe(JSON.stringify((await judged(frames)).document));
  });
});

test("a capture shorter than the learning time tells of nothing new", async () => {
  const frames = [...usual(0, 6 * 24), ...connection(START + 5 * 24 * HOUR + 5, PUMP, STRANGER, 4444)];
  expect((await judged(frames)).said).toEqual([]);
});

test("the learning time is the configuration's", async () => {
  const frames = [...usual(0, 4 * 24), ...connection(START + 3 * 24 * HOUR + 5, PUMP, STRANGER, 4444)];
  expect((await judged(frames, 2)).said).toEqual(["new-device 10.0.0.9", "new-peer 10.0.0.1", "new-service 10.0.0.1"]);
});

test("a capture put together from different years is no ward being learnt", async () => {
  const frames = [
    ...usual(0, 10),
    ...usual(24 * 400, 24 * 400 + 10),
    ...connection(START + 400 * 24 * HOUR, PUMP, STRANGER, 4444),
  ];
  expect((await judged(frames)).said).toEqual([]);
});
