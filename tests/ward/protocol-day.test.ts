/** The protocol day: every program's protocol is on the mirror, the mirror stays silent, nothing is left behind. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missing } from "../../scripts/system-packages.mjs";
import { repositoryRoot } from "../support/built.ts";
import { heard, sceneLabels } from "./labels.ts";
import { type RecordedFrame, readFrames, recordMirror } from "./mirror-capture.ts";
import { protocolDayOptions, runProtocolDay, scenes } from "./protocol-day.ts";
import { ipOf } from "./scenes/scene.ts";
import { leftovers } from "./support.ts";
import { buildWard, type Ward } from "./ward.ts";

const LIFETIME_SECONDS = 150;
const DAY_MS = 120_000;

const packages = () => [...missing("demo"), ...missing("test").filter((name) => name !== "chromium")].join(", ");
const lacking = process.platform !== "linux" ? "Linux" : process.getuid?.() !== 0 ? "root" : packages();
const canRun = lacking === "" || process.env.CI === "true";

describe.skipIf(!canRun)(`the protocol day${canRun ? "" : ` (skipped: needs ${lacking})`}`, () => {
  const proofs = scenes.flatMap(({ proof }) => proof);
  let frames: RecordedFrame[] = [];
  let counts: number[] = [];
  let ward: Ward;
  let folder: string;
  let file: string;
  let counters: { sent: number; received: number };
  const before = tracks();

  beforeAll(async () => {
    if (lacking) throw new Error(`the protocol day needs ${lacking}`);
    folder = mkdtempSync(join(tmpdir(), "wardtap-test-"));
    file = join(folder, "day.pcap");
    ward = await buildWard({ ...protocolDayOptions, lifetimeSeconds: LIFETIME_SECONDS });
    const capture = await recordMirror(ward, file, LIFETIME_SECONDS);
    await runProtocolDay(ward);
    await capture.stop();
    counters = await ward.mirrorCounters();
    await ward.close();
    frames = readFrames(file);
    counts = framesMatching(
      file,
      proofs.map(([, filter]) => filter),
    );
  }, DAY_MS);

  afterAll(async () => {
    await ward?.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  test("the mirror port sends nothing and hears every frame", () => {
    expect(counters.sent).toBe(0);
    expect(counters.received).toBeGreaterThan(500);
    expect(frames.length).toBe(counters.received);
  });

  test.each(proofs.map(([claim], index) => [claim, index] as const))("%s", (_claim, index) => {
    expect(counts[index]).toBeGreaterThan(0);
  });

  test("every host of every scene is heard", () => {
    const { macs, ips } = heard(frames);
    // Who lives behind a router is heard with that router's MAC.
    const silent = scenes
      .flatMap(({ cast }) => cast)
      .filter((member) => !(member.host.behind ? ips.has(ipOf(member)) : macs.has(member.host.mac)));
    expect(silent.map(({ host }) => host.name)).toEqual([]);
  });

  test.each(scenes.filter(({ secrets }) => secrets.length > 0))("the secrets of $file really go by", (scene) => {
    expect(sceneLabels(frames, scene).forbiddenText).not.toEqual([]);
  });

  test("nothing of this machine goes by", () => {
    const wire = Buffer.concat(frames.map(({ bytes }) => bytes)).toString("latin1");
    const kernel = (name: string) => readFileSync(`/proc/sys/kernel/${name}`, "utf8").trim();
    const own = [kernel("hostname"), kernel("osrelease")].filter((text) => text.length > 3);
    expect(own.filter((text) => wire.includes(text))).toEqual([]);
  });

  test("after it closed no namespace, process or file is left", () => {
    expect(leftovers(`wt-${process.pid}`)).toEqual([]);
    expect(tracks().filter((name) => !before.includes(name))).toEqual([]);
  });
});

describe("the bundled captures of the protocol day", () => {
  const captures = join(repositoryRoot(), "tests/captures");

  test("are one per scene, and small", () => {
    const sizes = scenes.map(({ file }) => readFileSync(join(captures, file)).length);
    expect(Math.max(...sizes)).toBeLessThan(300_000);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(2_000_000);
  });

  test.each(scenes.map((scene) => [scene.file, scene] as const))("%s is labelled as its scene says", (name, scene) => {
    const labels = JSON.parse(readFileSync(join(captures, "labels.json"), "utf8"));
    expect(labels[name]).toEqual(JSON.parse(JSON.stringify(sceneLabels(readFrames(join(captures, name)), scene))));
  });
});

/** How many frames each display filter lets through, in one run of tshark: its table has one line of figures. */
function framesMatching(file: string, filters: readonly string[]): number[] {
  const args = ["-n", "-r", file, "-q", "-z", `io,stat,0,${filters.join(",")}`];
  const table = execFileSync("tshark", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const figures = /^\|[^|]*<>[^|]*\|(.*)\|$/m.exec(table)?.[1]?.split("|").map(Number) ?? [];
  expect(figures.length).toBe(filters.length * 2);
  return figures.filter((_, index) => index % 2 === 0);
}

/** Locks, sockets and state that daemons like to leave behind. */
function tracks(): string[] {
  const hidden = list("/tmp").filter((name) => name.startsWith("."));
  const folders = ["/run", "/var/lib/samba", "/var/lib/snmp", "/var/lib/xrdp", "/var/log/samba", "/var/log/nginx"];
  return [...hidden, ...folders.flatMap((folder) => list(folder).map((name) => join(folder, name)))];
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
