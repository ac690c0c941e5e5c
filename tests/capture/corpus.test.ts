/** Real captures from public sources, where they are at hand: every one is read to its end. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openCaptureFiles } from "../../agent/capture/pcap-file.ts";
import { repositoryRoot } from "../support/built.ts";

const shared = process.env.WARDTAP_SHARED ?? join(repositoryRoot(), "..", "shared");
const captures = join(shared, "captures");
const present = existsSync(join(captures, "INDEX.tsv"));

interface Label {
  decode?: { frames?: number };
}

describe.skipIf(!present && process.env.CI !== "true")(
  "real captures (skipped: WARDTAP_SHARED/captures is absent)",
  () => {
    const index = present ? readFileSync(join(captures, "INDEX.tsv"), "utf8").trim().split("\n").slice(1) : [];
    const labels = present
      ? (JSON.parse(readFileSync(join(captures, "labels.json"), "utf8")) as Record<string, Label>)
      : {};

    test("are there", () => {
      expect(index.length).toBeGreaterThan(0);
    });

    test.each(index.map((line) => line.split("\t")[0]!))(
      "%s is read to its end, every labelled frame of it",
      async (file) => {
        const source = await openCaptureFiles([join(captures, file)]);
        let last = 0;
        const end = await source.run((frame) => {
          last = frame.number;
          expect(frame.offset + frame.length).toBeLessThanOrEqual(frame.bytes.length);
        });
        const { framesRead } = source.counts();
        const { bytesRead, bytesTotal } = source.progress();
        expect(last).toBe(framesRead);
        expect([end.reason, bytesRead]).toEqual(["end", bytesTotal]);
        const labelled = labels[file]?.decode?.frames;
        if (labelled !== undefined) expect(framesRead).toBe(labelled);
      },
    );
  },
);
