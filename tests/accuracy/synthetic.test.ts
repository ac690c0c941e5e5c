/** The made-up devices themselves: the same for the same seed, enough of each class, readable by others. */
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openCaptureFiles } from "../../agent/capture/pcap-file.ts";
import { dissectors } from "../../agent/dissectors/index.ts";
import { MEDICAL_CLASSES } from "../../agent/identify/device.ts";
import { Watch } from "../../agent/observe/watch.ts";
import { type Labels, labelsSchema } from "./labels.ts";
import { writeSynthetic } from "./synthetic/index.ts";

const MIN_PER_CLASS = 20;
let folder: string;
let labels: Labels;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "wardtap-synthetic-"));
  labels = writeSynthetic(folder, { seed: 3 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const digest = (path: string) =>
  readdirSync(path)
    .sort()
    .map(
      (file) =>
        `${file} ${createHash("sha256")
          .update(readFileSync(join(path, file)))
          .digest("hex")}`,
    );

test("the same seed gives the same bytes, another seed others", () => {
  const again = mkdtempSync(join(tmpdir(), "wardtap-synthetic-"));
  try {
    writeSynthetic(again, { seed: 3 });
    expect(digest(again)).toEqual(digest(folder));
    writeSynthetic(again, { seed: 4 });
    expect(digest(again)).not.toEqual(digest(folder));
  } finally {
    rmSync(again, { recursive: true });
  }
});

test("every medical class that has products on a network has enough devices", () => {
  const counts = new Map<string, number>();
  for (const { devices } of Object.values(labels))
    for (const device of devices ?? []) counts.set(device.class![0]!, (counts.get(device.class![0]!) ?? 0) + 1);
  // "medical-other" is what remains: it has no products of its own.
  for (const name of Object.keys(MEDICAL_CLASSES).filter((one) => one !== "medical-other"))
    expect(counts.get(name) ?? 0, name).toBeGreaterThanOrEqual(MIN_PER_CLASS);
});

test("the labels are in the format of labels, and no two devices share an address", () => {
  expect(() => labelsSchema.parse(JSON.parse(readFileSync(join(folder, "labels.json"), "utf8")))).not.toThrow();
  for (const { devices } of Object.values(labels)) {
    const places = devices!.map(({ at }) => JSON.stringify(at));
    expect(new Set(places).size).toBe(places.length);
  }
});

describe("through the same rooms as live", () => {
  test("no frame is malformed, and no patient's mark comes out", async () => {
    for (const [file, { forbiddenText }] of Object.entries(labels)) {
      const told: unknown[] = [];
      const watch = new Watch({ dissectors, emit: (observation) => told.push(observation) });
      const source = await openCaptureFiles([join(folder, file)]);
      await source.run((frame) => watch.frame(frame));
      watch.drain();
      expect(watch.totals().malformed, file).toEqual({});
      for (const mark of forbiddenText!) expect(JSON.stringify(told), file).not.toContain(mark);
    }
  });
});
