/** The captures of ten days are what their recipe makes of the ward day. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repositoryRoot } from "../support/built.ts";
import { pcap } from "../support/pcap-writer.ts";
import { readFrames } from "./mirror-capture.ts";
import { weeks } from "./record-weeks.ts";

const folder = join(repositoryRoot(), "tests/captures");

test.each(Object.entries(weeks(readFrames(join(folder, "ward.pcap")))))("%s", (file, { frames }) => {
  expect(pcap(frames).equals(readFileSync(join(folder, file)))).toBe(true);
});
