/** Real captures from public sources, whole: no crash, in bounded work, no absurd devices, nobody's data. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { openCaptureFiles } from "../../agent/capture/pcap-file.ts";
import { defaultConfig } from "../../agent/config.ts";
import { replay } from "../../agent/replay.ts";
import { repositoryRoot } from "../support/built.ts";
import { complaints, documentShape, type ReplayDocument } from "./support/document-shape.ts";

interface Label {
  deviceCount?: { min: number; max: number };
  notDevices?: { mac?: string; ip?: string }[];
  forbiddenText?: string[];
  decode?: { frames?: number };
}

const folder = join(process.env.WARDTAP_SHARED ?? resolve(repositoryRoot(), "../shared"), "captures");
const isThere = existsSync(join(folder, "labels.json"));
const isCapture = (name: string) => /\.(?:pcap|pcapng|cap)(?:\.gz)?$/.test(name);
const captures = !isThere
  ? []
  : readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .flatMap(({ name }) =>
        readdirSync(join(folder, name))
          .filter(isCapture)
          .map((file) => `${name}/${file}`),
      )
      .sort();
/** Of the labelled captures, how many must have a plausible number of devices. */
const MIN_SHARE_OF_GOOD_COUNTS = 0.9;
/** A hang is what this would catch; the largest of them takes a second or two. */
const MAX_MS_PER_CAPTURE = 60_000;

const title = `public captures${isThere ? "" : " (skipped: WARDTAP_SHARED holds none)"}`;
describe.skipIf(!isThere && process.env.CI !== "true")(title, () => {
  const documents = new Map<string, { document: ReplayDocument; text: string }>();
  const labels = isThere
    ? (JSON.parse(readFileSync(join(folder, "labels.json"), "utf8")) as Record<string, Label>)
    : {};
  const labelled = <K extends keyof Label>(field: K) =>
    captures.flatMap((path) => {
      const value = labels[path]?.[field];
      return value === undefined ? [] : [{ path, value: value as NonNullable<Label[K]>, ...documents.get(path)! }];
    });

  test("are there", () => {
    expect(captures.length).toBeGreaterThan(100);
  });

  test.each(captures)(
    "%s replays into a document that keeps the contract",
    async (path) => {
      const input = [join(folder, path)];
      const { document } = await replay(await openCaptureFiles(input), input, { config: defaultConfig() });
      const text = JSON.stringify(document);
      const checked = documentShape.parse(JSON.parse(text));
      documents.set(path, { document: checked, text });
      expect(complaints(checked)).toEqual([]);
    },
    MAX_MS_PER_CAPTURE,
  );

  test("give the number of frames that are in them", () => {
    const wrong = labelled("decode").filter(
      ({ value, document }) => value.frames !== undefined && value.frames !== document.capture.frames,
    );
    expect(wrong.map(({ path, value, document }) => [path, value.frames, document.capture.frames])).toEqual([]);
  });

  test("name no patient and no secret", () => {
    const leaks = labelled("forbiddenText").flatMap(({ path, value, text }) =>
      value.filter((one) => text.includes(one)).map((one) => [path, one]),
    );
    expect(leaks).toEqual([]);
  });

  test("invent no device that isn't one", () => {
    const invented = labelled("notDevices").flatMap(({ path, value, document }) =>
      value
        .filter((not) =>
          document.devices.some(
            ({ macs, ips }) =>
              (not.mac === undefined || macs.includes(not.mac)) && (not.ip === undefined || ips.includes(not.ip)),
          ),
        )
        .map((not) => [path, not]),
    );
    expect(invented).toEqual([]);
  });

  test("show about as many devices as there are", () => {
    const counted = labelled("deviceCount");
    const missed = counted.filter(
      ({ value, document }) => document.devices.length < value.min || document.devices.length > value.max,
    );
    if (missed.length > 0) {
      console.table(
        missed.map(({ path, value, document }) => ({
          path,
          devices: document.devices.length,
          min: value.min,
          max: value.max,
        })),
      );
    }
    expect(counted.length).toBeGreaterThan(50);
    expect(1 - missed.length / counted.length).toBeGreaterThanOrEqual(MIN_SHARE_OF_GOOD_COUNTS);
  });
});
