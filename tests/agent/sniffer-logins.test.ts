/** The sniffer as it runs on a tap: what it says of documented logins, and what never leaves it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openCaptureFiles } from "../../agent/capture/pcap-file.ts";
import type { Observation } from "../../agent/observe/observation.ts";
import { openPipe } from "../../agent/pipe/reader.ts";
import { runSniffer } from "../../agent/sniffer.ts";

const CAPTURE = join(import.meta.dirname, "../captures/default-logins.pcap");
const heard: Observation[] = [];
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "wardtap-test-"));
  const pipe = join(folder, "pipe");
  const reader = openPipe(pipe, (observation) => heard.push(observation));
  const source = await openCaptureFiles([CAPTURE]);
  await runSniffer({
    interface: "recording",
    pipe,
    say: () => undefined,
    open: () => ({ source, means: "tcpdump", because: "a recording" }),
  });
  await vi.waitFor(() => expect(heard.some(({ kind }) => kind === "counts")).toBe(true), 5000);
  reader.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const defaults = () =>
  heard.flatMap((observation) =>
    observation.kind === "evidence" && observation.attribute === "wardtap.login.default" ? [observation.value] : [],
  );

test("tells by which protocols documented logins were let in", () => {
  expect(defaults().sort()).toEqual(["ftp", "http", "telnet"]);
});

test("writes none of them into the pipe", () => {
  const written = JSON.stringify(heard);
  for (const secret of ["xc3511", "PlcmSpIp", "orthanc"]) expect(written).not.toContain(secret);
});
