/** Live capture through cap, on a port of our own in a network namespace: its traps, each seen to be handled. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { loadCap } from "../../agent/capture/cap-module.ts";
import { CaptureProcess } from "../support/capture-process.ts";
import { LonelyPort, namespacesAvailable, PORT } from "../support/lonely-port.ts";

describe.skipIf(!namespacesAvailable())("live capture through cap (skipped: needs root)", () => {
  let port: LonelyPort;
  const started: CaptureProcess[] = [];
  const start = (options = {}, nodeOptions: string[] = []) => {
    const child = new CaptureProcess(port, "cap", PORT, options, nodeOptions);
    started.push(child);
    return child;
  };

  beforeAll(() => {
    loadCap();
  });
  beforeAll(() => {
    port = new LonelyPort();
  });
  afterEach(() => {
    for (const child of started.splice(0)) child.kill();
  });
  afterAll(() => port?.remove());

  test("sees exactly the frames that were sent, in order, with times that never run backwards", async () => {
    const child = start();
    await child.until("ready");
    port.send(200);
    await child.untilRead(200);
    const last = await child.finish();
    expect(last.numbers).toEqual(Array.from({ length: 200 }, (_, index) => index));
    expect(last).toMatchObject({ framesRead: 200, framesLost: 0, timesRanBackwards: 0, wholeTimes: true });
    expect(Math.abs(last.lastAt - Date.now() * 1000)).toBeLessThan(60_000_000);
  });

  test("sends nothing on the port", async () => {
    const child = start();
    await child.until("ready");
    port.send(50);
    await child.untilRead(50);
    expect((await child.finish()).transmitted).toBe(0);
  });

  test("keeps its packet buffer alive through every garbage collection", async () => {
    const child = start({ collect: true }, ["--expose-gc"]);
    await child.until("ready");
    port.send(300);
    await child.untilRead(300);
    expect((await child.finish()).numbers).toEqual(Array.from({ length: 300 }, (_, index) => index));
    expect(await child.exited).toEqual({ code: 0, signal: null });
  });

  test("goes on ticking while frames come faster than they are handled", async () => {
    const child = start({ busyUs: 1_000, tickMs: 20 });
    await child.until("ready");
    port.send(2_000);
    await child.untilAccounted(2_000);
    const last = await child.finish();
    // Timers had no turn in between, so these ticks came from the frames themselves.
    expect(last.mostTicksInOneTurn).toBeGreaterThan(5);
  });

  test("counts what a small buffer loses", async () => {
    const before = port.received();
    const child = start({ busyUs: 100, bufferBytes: 65_536, tickMs: 50 });
    await child.until("ready");
    port.send(20_000);
    const arrived = port.received() - before;
    await child.untilAccounted(arrived);
    const last = await child.finish();
    expect(last.framesLost).toBeGreaterThan(0);
    expect(last.framesRead).toBeLessThan(arrived);
    expect(last.framesRead + (last.framesLost ?? 0)).toBe(arrived);
  });

  test("doesn't call frames lost that still wait", async () => {
    const child = start({ busyUs: 2_000, tickMs: 20 });
    await child.until("ready");
    port.send(300);
    const all = await child.untilRead(300);
    expect(all.framesRead).toBe(300);
    expect(child.reports.filter((report) => (report.framesLost ?? 0) > 0)).toEqual([]);
  });

  test.each([
    ["switched off", () => port.ip("link", "set", PORT, "down")],
    ["removed", () => port.ip("link", "del", PORT)],
  ])("its process is aborted when the interface is %s, and that is what a supervisor sees", async (_how, act) => {
    const child = start();
    await child.until("ready");
    act();
    expect(await child.exited).toEqual({ code: null, signal: "SIGABRT" });
    if (!port.has(PORT)) port.connect();
    port.ip("link", "set", PORT, "up");
  });

  test("a missing interface is refused in words", async () => {
    const child = new CaptureProcess(port, "cap", "wt-nowhere");
    expect(await child.until("refused")).toMatchObject({
      refused: expect.stringContaining("there is no network interface wt-nowhere"),
    });
  });

  test("an interface that is down is refused in words", async () => {
    port.ip("link", "set", PORT, "down");
    const refused = await start().until("refused");
    port.ip("link", "set", PORT, "up");
    expect(refused).toMatchObject({ refused: expect.stringContaining(`ip link set ${PORT} up`) });
  });

  test("a process without the right to capture is told so", async () => {
    const child = new CaptureProcess(
      port,
      "cap",
      PORT,
      {},
      [],
      ["setpriv", "--reuid=65534", "--clear-groups", "--bounding-set=-net_raw"],
    );
    expect(await child.until("refused")).toMatchObject({ refused: expect.stringContaining("CAP_NET_RAW") });
  });
});
