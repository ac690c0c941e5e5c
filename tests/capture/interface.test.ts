/** What the kernel says of interfaces, clocks and ticks: the small parts live capture stands on. */
import { networkInterfaces } from "node:os";
import { describe, expect, test } from "vitest";
import { FrameClock } from "../../agent/capture/frame-clock.ts";
import {
  checkInterface,
  isInterfaceName,
  readCounts,
  readLinkUp,
  readTransmitted,
} from "../../agent/capture/interface.ts";
import { LossMeter } from "../../agent/capture/loss.ts";
import { CaptureError } from "../../agent/capture/source.ts";
import { Ticker } from "../../agent/capture/ticker.ts";
import { builtPath } from "../support/built.ts";
import { LonelyPort, namespacesAvailable, PORT, SENDER } from "../support/lonely-port.ts";

describe("an interface's name", () => {
  test.each(["eth0", "enp3s0.20", "wlan0", "br-ward", "x"])("%s is one", (name) => {
    expect(isInterfaceName(name)).toBe(true);
  });
  test.each(["", ".", "..", "-i", "a/b", "a b", "../../etc", "a\0b", "a:1", "sixteen-letters!"])(
    "%j is none",
    (name) => {
      expect(isInterfaceName(name)).toBe(false);
      expect(() => checkInterface(name)).toThrow(CaptureError);
      expect([readCounts(name), readLinkUp(name), readTransmitted(name)]).toEqual([null, null, null]);
    },
  );
});

describe.skipIf(process.platform !== "linux")("on Linux", () => {
  test("an interface that is not there has no counts and no link", () => {
    expect([readCounts("wt-nowhere"), readLinkUp("wt-nowhere"), readTransmitted("wt-nowhere")]).toEqual([
      null,
      null,
      null,
    ]);
    expect(() => checkInterface("wt-nowhere")).toThrow("there is no network interface wt-nowhere");
  });

  test("the loopback that carries an address has counts", () => {
    const name = Object.keys(networkInterfaces())[0]!;
    expect(readCounts(name)).toEqual({
      received: expect.any(Number),
      missed: expect.any(Number),
      transmitted: expect.any(Number),
    });
    expect(() => checkInterface(name)).not.toThrow();
  });
});

describe.skipIf(!namespacesAvailable())("the link of a port of our own (skipped: needs root)", () => {
  test("is up with both ends up, down when the other end goes, and capture may then still be opened", () => {
    const port = new LonelyPort();
    const ask = (what: string) =>
      port
        .inside(
          process.execPath,
          "--input-type=module",
          "-e",
          `import * as i from ${JSON.stringify(builtPath("agent/capture/interface.js"))};
          try { console.log(${what}) } catch (error) { console.log(error.message) }`,
        )
        .trim();
    try {
      expect(ask(`i.readLinkUp("${PORT}")`)).toBe("true");
      port.ip("link", "set", SENDER, "down");
      expect(ask(`i.readLinkUp("${PORT}")`)).toBe("false");
      expect(ask(`i.checkInterface("${PORT}")`)).toBe("undefined");
      port.ip("link", "set", PORT, "down");
      expect(ask(`i.readLinkUp("${PORT}")`)).toBe("false");
      expect(ask(`i.checkInterface("${PORT}")`)).toMatch(/is down/);
    } finally {
      port.remove();
    }
  });
});

describe("the loss meter", () => {
  const meter = () => new LossMeter(Object.keys(networkInterfaces())[0] ?? "lo");

  test("believes the lowest of three settled counts, so that frames on their way are not lost", () => {
    const loss = meter();
    loss.settle(100, 90);
    loss.settle(200, 200);
    loss.settle(300, 280);
    expect(loss.lost).toBe(0);
    loss.settle(400, 380);
    loss.settle(500, 470);
    expect(loss.lost).toBe(20);
  });

  test("never falls", () => {
    const loss = meter();
    for (const read of [90, 90, 90, 100, 100, 100]) loss.settle(100, read);
    expect(loss.lost).toBe(10);
  });

  test("during a flood counts only what cannot be waiting", () => {
    const loss = meter();
    loss.atLeast(1_000, 600, 500);
    expect(loss.lost).toBe(0);
    loss.atLeast(1_000, 100, 500);
    expect(loss.lost).toBe(400);
  });

  test("knows nothing of an interface that isn't there", () => {
    const loss = new LossMeter("wt-nowhere");
    loss.settle(100, 0);
    expect([loss.arrived(), loss.lost]).toEqual([null, null]);
  });
});

test("a frame clock gives whole microseconds near the system's time that never run backwards", () => {
  const clock = new FrameClock();
  let last = clock.now();
  expect(Math.abs(last - Date.now() * 1000)).toBeLessThan(5_000_000);
  for (let i = 0; i < 10_000; i++) {
    if (i % 100 === 0) clock.correct();
    const now = clock.now();
    expect(Number.isSafeInteger(now) && now >= last).toBe(true);
    last = now;
  }
  expect(clock.at(0)).toBe(last);
});

test("a ticker works when frames are handled, without its timer", () => {
  const seen: boolean[] = [];
  const ticker = new Ticker(10, (fromTimer) => seen.push(fromTimer));
  const start = performance.now();
  for (let nowMs = start; nowMs < start + 9; nowMs++) ticker.check(nowMs);
  expect(seen).toEqual([]);
  ticker.check(start + 1_000);
  expect(seen).toEqual([false]);
});
