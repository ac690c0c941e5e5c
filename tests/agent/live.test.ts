/** Sniffer and agent as two processes, live on a ward of real programs: found, silent, private, and hard to kill. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createWriteStream, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openLedger } from "../../agent/ledger/ledger.ts";
import type { Row } from "../../agent/ledger/rows.ts";
import { makeFifo } from "../../agent/pipe/reader.ts";
import { SNIFFER_RIGHTS, withRights } from "../../agent/rights.ts";
import { missing } from "../../scripts/system-packages.mjs";
import { builtPath } from "../support/built.ts";
import { STACK_TRACE } from "../support/wardtap.ts";
import { forbiddenText, runWardDay, wardDayOptions, wardDevices } from "../ward/script.ts";
import { buildWard, type Ward } from "../ward/ward.ts";

const DAY_SECONDS = 14;
/** From the last frame to its row: fold, pipe, judgement, commit. */
const SETTLE_MS = 4000;
/** Linux's number for the right to open a raw socket, as a bit set. */
const CAP_NET_RAW = 1n << 13n;

const lacking = process.platform !== "linux" ? "Linux" : process.getuid?.() !== 0 ? "root" : missing("demo").join(", ");
const canRun = lacking === "" || process.env.CI === "true";

describe.skipIf(!canRun)(`wardtap run on a ward${canRun ? "" : ` (skipped: needs ${lacking})`}`, () => {
  let ward: Ward;
  let folder = "";
  let tap: ChildProcess;
  let second: ChildProcess;
  /** What `run`, agent and sniffer wrote. */
  let said = "";
  let panel = "";
  let rows: Row[] = [];

  const ledgerPath = () => join(folder, "ledger.db");
  const readRows = (): Row[] => {
    const ledger = openLedger(ledgerPath(), { readOnly: true, clock: () => Date.now() * 1000 });
    try {
      return (["device", "evidence", "service", "peer", "finding", "alias", "tombstone"] as const).flatMap((kind) =>
        ledger.list(kind),
      );
    } finally {
      ledger.close();
    }
  };
  const devices = () => readRows().filter(({ kind }) => kind === "device");
  /** The child of `run` that is the agent or the sniffer. */
  const part = (command: "agent" | "sniff"): number | undefined =>
    childrenOf(tap.pid!).find((pid) => wordsOf(pid).includes(command));
  const health = () =>
    panel
      .split("\n")
      .filter((line) => line.startsWith("HEALTH"))
      .at(-1) ?? "";

  beforeAll(async () => {
    if (lacking) throw new Error(`the ward needs ${lacking}`);
    folder = mkdtempSync(join(tmpdir(), "wardtap-live-"));
    ward = await buildWard({ ...wardDayOptions, lifetimeSeconds: 180 });
    const port = ward.mirrorInterface;
    const inside = ["netns", "exec", ward.tapNamespace];
    const words = [
      "run",
      "--interface",
      port,
      "--lights",
      "panel",
      "--ledger",
      ledgerPath(),
      "--id",
      "live",
      "--name",
      "Live",
    ];
    tap = spawn("ip", [...inside, process.execPath, builtPath("agent/cli.js"), ...words], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, TMPDIR: folder },
    });
    tap.stdout?.on("data", (chunk: Buffer) => {
      panel += chunk.toString();
    });
    tap.stderr?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    for (let tries = 0; !said.includes("listening on") && tries < 150; tries++) await sleep(100);

    // Another sniffer, whose pipe this test keeps as it comes.
    const pipe = join(folder, "second-pipe");
    makeFifo(pipe);
    const keeper = spawn("cat", [pipe], { stdio: ["ignore", "pipe", "ignore"] });
    keeper.stdout?.pipe(createWriteStream(join(folder, "second-stream")));
    const sniff = [process.execPath, builtPath("agent/cli.js"), "sniff", "--interface", port, "--pipe", pipe];
    second = spawn("ip", [...inside, ...withRights(SNIFFER_RIGHTS, sniff)], { stdio: "ignore" });

    await runWardDay(ward, { seconds: DAY_SECONDS });
    await ward.unplugAll();
    await sleep(SETTLE_MS);
    second.kill("SIGTERM");
    rows = readRows();
  }, 120_000);

  afterAll(async () => {
    second?.kill("SIGKILL");
    if (tap !== undefined && tap.exitCode === null) {
      tap.kill("SIGTERM");
      await Promise.race([new Promise((resolve) => tap.once("exit", resolve)), sleep(15_000)]);
      for (const pid of childrenOf(tap.pid!)) process.kill(pid, "SIGKILL");
      tap.kill("SIGKILL");
    }
    await ward?.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  test("every device of the ward is in the ledger under its own card, or behind the router under its address", () => {
    const known = rows
      .filter(({ kind }) => kind === "device")
      .map(({ body }) => body as { macs: string[]; ips: string[] });
    const expected = wardDevices.filter(({ host }) => host.name !== "updates");
    const lost = expected.filter(
      ({ host, ip }) => !known.some(({ macs, ips }) => (host.behind ? ips.includes(ip) : macs.includes(host.mac))),
    );
    expect(lost.map(({ host }) => host.name)).toEqual([]);
  });

  test("with the names they gave themselves", () => {
    const lost = wardDevices.flatMap(({ host, facts }) => {
      const device = rows.find(({ kind, body }) => kind === "device" && (body.macs as string[]).includes(host.mac));
      const wanted = [...new Set(Object.values(facts).flatMap((one) => one.names ?? []))];
      return wanted
        .filter((name) => !(device?.body.names as string[] | undefined)?.includes(name))
        .map((name) => [host.name, name]);
    });
    expect(lost).toEqual([]);
  });

  test("the pump's own words are its evidence, and readable clinical data is a finding", () => {
    expect(
      rows.some(({ kind, body }) => kind === "device" && body.class === "infusion-pump" && body.medical === true),
    ).toBe(true);
    expect(rows.some(({ kind, body }) => kind === "finding" && body.rule === "unencrypted-clinical-data")).toBe(true);
  });

  test("not one frame has left by the mirror port", async () => {
    expect(await ward.mirrorCounters()).toMatchObject({ sent: 0, received: expect.any(Number) });
    expect(rows.some(({ kind, body }) => kind === "finding" && body.rule === "tap-transmitted")).toBe(false);
  });

  test("the sniffer holds the raw-socket right alone, the agent none, and neither can gain any", () => {
    const rights = (pid: number | undefined) =>
      Object.fromEntries(
        ["CapEff", "CapPrm", "CapBnd", "NoNewPrivs"].map((name) => [name, BigInt(`0x${statusOf(pid!, name)}`)]),
      );
    expect(rights(part("agent"))).toEqual({ CapEff: 0n, CapPrm: 0n, CapBnd: 0n, NoNewPrivs: 1n });
    expect(rights(part("sniff"))).toEqual({
      CapEff: CAP_NET_RAW,
      CapPrm: CAP_NET_RAW,
      CapBnd: CAP_NET_RAW,
      NoNewPrivs: 1n,
    });
  });

  test("the mirror port has no address", () => {
    expect(
      execFileSync("ip", ["-n", ward.tapNamespace, "addr", "show", "dev", ward.mirrorInterface], { encoding: "utf8" }),
    ).not.toMatch(/inet/);
  });

  test("nobody's data is in the ledger's files, the logs or the stream between the processes", () => {
    const files = readdirSync(folder).filter((name) => statSync(join(folder, name)).isFile());
    expect(files).toEqual(expect.arrayContaining(["ledger.db", "second-stream"]));
    expect(statSync(join(folder, "second-stream")).size).toBeGreaterThan(10_000);
    const everything = [...files.map((name) => readFileSync(join(folder, name), "latin1")), said, panel].join("\n");
    expect(forbiddenText.filter((text) => everything.includes(text))).toEqual([]);
  });

  test("HEALTH says that it runs, and nobody complained", () => {
    expect(health()).toContain("running");
    expect(said).not.toMatch(STACK_TRACE);
  });

  test("a sniffer that is killed is started again, each time after a longer wait, and no device is lost", async () => {
    for (const seconds of [1, 2]) {
      const before = part("sniff")!;
      process.kill(before, "SIGKILL");
      await expect
        .poll(() => said, { timeout: 20_000 })
        .toContain(`ended (SIGKILL); starting it again in ${seconds} s`);
      await expect.poll(() => part("sniff") ?? before, { timeout: 20_000 }).not.toBe(before);
    }
    await expect.poll(() => health(), { timeout: 20_000 }).toContain("running");
    expect(devices().map(({ key }) => key)).toEqual(rows.filter(({ kind }) => kind === "device").map(({ key }) => key));
  }, 60_000);

  test("a sniffer that stays away is shown on HEALTH as restarting", async () => {
    // Stopped, not killed: it says nothing, as one whose machine is stuck.
    const pid = part("sniff")!;
    process.kill(pid, "SIGSTOP");
    await expect.poll(() => health(), { timeout: 20_000 }).toContain("restarting");
    process.kill(pid, "SIGCONT");
    await expect.poll(() => health(), { timeout: 20_000 }).toContain("running");
  }, 45_000);

  test("an agent that is killed is started again with its ledger whole, and announces nothing anew", async () => {
    const before = part("agent")!;
    const held = readRows();
    process.kill(before, "SIGKILL");
    await expect.poll(() => part("agent") ?? before, { timeout: 20_000 }).not.toBe(before);
    await sleep(SETTLE_MS);
    await expect.poll(() => health(), { timeout: 20_000 }).toContain("running");
    expect(readRows()).toEqual(held);
  }, 60_000);

  test("when the interface is gone it says so in plain words, the agent lives on, the ledger stays", async () => {
    const agent = part("agent");
    const from = said.length;
    execFileSync("ip", ["-n", ward.tapNamespace, "link", "del", ward.mirrorInterface]);
    await expect
      .poll(() => said.slice(from), { timeout: 20_000 })
      .toContain(`there is no network interface ${ward.mirrorInterface}`);
    expect(said).not.toMatch(/\n\s+at .+:\d+:\d+/);
    expect(part("agent")).toBe(agent);
    expect(devices().length).toBeGreaterThan(10);
  }, 45_000);

  test("asked to stop it ends in order: no process, no pipe, no temporary file", async () => {
    const children = childrenOf(tap.pid!);
    const ended = new Promise((resolve) => tap.once("exit", (code) => resolve(code)));
    tap.kill("SIGTERM");
    expect(await ended).toBe(0);
    expect(children.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
    expect(readdirSync(folder).filter((name) => name.startsWith("wardtap-run-"))).toEqual([]);
    expect(said.trimEnd().endsWith('"msg":"agent stopped"}')).toBe(true);
  }, 45_000);
});

const childrenOf = (pid: number): number[] => {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
  } catch {
    return [];
  }
};
const wordsOf = (pid: number): string[] => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    return [];
  }
};
const statusOf = (pid: number, name: string): string =>
  new RegExp(`^${name}:\\s*(\\S+)$`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "";
