/** The console as a program: what it says, refuses, and leaves behind. */
import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { openLedger } from "../../agent/ledger/ledger.ts";
import { createUplink } from "../../agent/uplink/uplink.ts";
import type { ConsoleState } from "../../console/api/shapes.ts";
import { summaryOf } from "../uplink/support/summaries.ts";
import { eventually, temporaryFolder } from "../uplink/support/temporary.ts";
import { device } from "../uplink/support/ward-rows.ts";
import { type Built, buildConsoleFiles } from "./support/build.ts";

let built: Built;
beforeAll(async () => {
  built = await buildConsoleFiles();
});
afterAll(() => built.remove());

function start(...words: string[]) {
  const child: ChildProcess = spawn(process.execPath, [built.main, ...words]);
  const said = { out: "", err: "" };
  child.stdout?.on("data", (part) => {
    said.out += part;
  });
  child.stderr?.on("data", (part) => {
    said.err += part;
  });
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) =>
    child.on("close", (code) => resolve({ code, ...said })),
  );
  const address = new Promise<string>((resolve, reject) => {
    child.stdout?.on("data", () => {
      const found = /http:\S+/.exec(said.out);
      if (found) resolve(found[0]);
    });
    child.on("close", () => reject(new Error(said.err)));
  });
  address.catch(() => undefined);
  onTestFinished(() => void child.kill("SIGKILL"));
  return { child, ended, address };
}

test.each(["0.0.0.0", "::", "192.168.1.10", "ward.example"])(
  "listening on %s is refused with the reason",
  async (host) => {
    const { code, err, out } = await start("--host", host, "--data", temporaryFolder()).ended;
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(`${host} is refused`);
    expect(err).toContain("this machine only");
  },
);

test.each([
  [["--port", "70000"], "65535"],
  [["--port", "-1"], "65535"],
  [["--nonsense"], "unknown option"],
  [["extra"], "too many arguments"],
  [["--log", "loud"], "no log level loud"],
])("%s is a usage error", async (words, sentence) => {
  const { code, err } = await start(...words, "--data", temporaryFolder()).ended;
  expect(code).toBe(2);
  expect(err).toContain(sentence);
});

test("help has examples, and isn't an error", async () => {
  const { code, out } = await start("--help").ended;
  expect(code).toBe(0);
  expect(out).toContain("Examples:");
});

test("it prints its address, answers there, and stops cleanly when told", async () => {
  const folder = temporaryFolder();
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    const { child, ended, address } = start("--port", "0", "--data", folder);
    const health = await fetch(`${await address}api/health`);
    expect(await health.json()).toMatchObject({ ok: true, taps: 0 });
    child.kill(signal);
    expect(await ended).toMatchObject({ code: 0 });
  }
});

test("a port in use gives a plain sentence", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void other.close());
  const { port } = other.address() as { port: number };
  const { code, err } = await start("--port", String(port), "--data", temporaryFolder()).ended;
  expect(code).toBe(1);
  expect(err).toBe(`Port ${port} is already in use: is another console running? Choose another port with --port.\n`);
});

test("a data folder that another console has gives a plain sentence", async () => {
  const folder = temporaryFolder();
  await start("--port", "0", "--data", folder).address;
  const { code, err } = await start("--port", "0", "--data", folder).ended;
  expect(code).toBe(1);
  expect(err).toContain("Another console is using the data folder");
});

test("killed in the middle of a backlog, it has everything it acknowledged", async () => {
  const folder = temporaryFolder();
  const first = start("--port", "0", "--data", folder);
  const ledger = openLedger(join(temporaryFolder(), "ledger.db"), { clock: () => Date.UTC(2026, 4, 1) * 1000 });
  onTestFinished(() => ledger.close());
  ledger.write(Array.from({ length: 5000 }, (_, index) => device(`dev-${index}`)));
  const uplink = createUplink({
    url: `${(await first.address).replace("http:", "ws:")}uplink`,
    hello: () => ({ tapId: "ward-7", name: "Ward 7", version: "1" }),
    ledger,
    summary: () => summaryOf(),
  });
  onTestFinished(() => uplink.stop());
  uplink.start();
  await eventually("a part acknowledged", () => ledger.ackedRevision > 0);
  first.child.kill("SIGKILL");
  await first.ended;
  await eventually("unreachable", () => uplink.status().state === "unreachable");
  const acknowledged = ledger.ackedRevision;
  const state = await fetch(`${await start("--port", "0", "--data", folder).address}api/state`);
  const kept = new Set(((await state.json()) as ConsoleState).devices.map((each) => each.deviceId));
  const lost = ledger.list("device").filter((row) => row.revision <= acknowledged && !kept.has(row.key));
  expect(acknowledged).toBeLessThan(5000);
  expect(lost).toEqual([]);
});

test("which of ours are affected is one command, while the console runs and while it doesn't", async () => {
  const folder = temporaryFolder();
  const alone = await start("affected", "CVE-2019-12255", "--data", folder, "--port", "1").ended;
  expect(alone).toMatchObject({ code: 0, out: expect.stringContaining("CVE-2019-12255: 0 affected") });
  const port = new URL(await start("--port", "0", "--data", folder).address).port;
  const running = await start("--data", folder, "--port", port, "affected", "CVE-2019-12255", "--json").ended;
  expect(running.code).toBe(0);
  expect(JSON.parse(running.out)).toMatchObject({ what: "CVE-2019-12255", total: 0, devices: [] });
  const unknown = await start("--data", folder, "--port", port, "affected", "CVE-1999-9999").ended;
  expect(unknown).toMatchObject({ code: 4, out: "", err: expect.stringContaining("No advisory") });
});
