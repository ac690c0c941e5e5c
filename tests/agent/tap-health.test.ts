/** What the agent keeps to judge its own machine by: loss over some minutes, and the clock. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ClockWatch, heardTimeServer } from "../../agent/clock-state.ts";
import { LossWindow } from "../../agent/loss-window.ts";

const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;
const NOW = 1_760_000_000 * SECOND;

/** `minutes` of counts once a second: 100 frames and so many lost in each. */
function minutes(window: LossWindow, from: number, count: number, lost: number, start = { frames: 0, lost: 0 }) {
  const total = { ...start };
  for (let second = 1; second <= count * 60; second++) {
    total.frames += 100;
    total.lost += lost;
    window.take(from + second * SECOND, total.frames, total.lost);
  }
  return total;
}

describe("loss", () => {
  test("is the share of the last minutes, and nothing before there are enough", () => {
    const window = new LossWindow();
    const total = minutes(window, NOW, 1, 100);
    expect(window.share()).toBeNull();
    minutes(window, NOW + MINUTE, 3, 100, total);
    expect(window.share()).toBeCloseTo(0.5);
  });

  test("of a burst is forgotten after five minutes without", () => {
    const window = new LossWindow();
    const total = minutes(window, NOW, 3, 100);
    minutes(window, NOW + 3 * MINUTE, 6, 0, total);
    expect(window.share()).toBe(0);
  });

  test("of a sniffer that began anew is counted anew", () => {
    const window = new LossWindow();
    minutes(window, NOW, 5, 100);
    minutes(window, NOW + 5 * MINUTE, 3, 0);
    expect(window.share()).toBe(0);
  });

  test("that can't be counted is not known", () => {
    const window = new LossWindow();
    for (let second = 0; second < 600; second++) window.take(NOW + second * SECOND, second * 100, null);
    expect(window.share()).toBeNull();
  });
});

describe("the clock", () => {
  test("before the tap was made is impossible, whatever the time client says", () => {
    expect(new ClockWatch(() => "yes").judge(86_400 * SECOND)).toBe("impossible");
  });

  test("has a quarter of an hour to find a time server, by itself", () => {
    let heard: "yes" | "no" = "no";
    const watch = new ClockWatch(() => heard);
    const states = [0, 14, 16].map((minute) => watch.judge(NOW + minute * MINUTE));
    expect(states).toEqual(["synchronising", "synchronising", "unsynchronised"]);
    heard = "yes";
    expect(watch.judge(NOW + 17 * MINUTE)).toBe("synchronised");
    heard = "no";
    expect(watch.judge(NOW + 18 * MINUTE)).toBe("synchronising");
  });

  test("that was set back waits anew", () => {
    const watch = new ClockWatch(() => "no");
    watch.judge(NOW);
    expect([watch.judge(NOW - 60 * MINUTE), watch.judge(NOW - 40 * MINUTE)]).toEqual([
      "synchronising",
      "unsynchronised",
    ]);
  });

  test("is looked after by who leaves these files", () => {
    const folder = mkdtempSync(join(tmpdir(), "wardtap-timesync-"));
    try {
      const timesync = join(folder, "timesync");
      expect(heardTimeServer(timesync)).toBe("unknown");
      mkdirSync(timesync);
      expect(heardTimeServer(timesync)).toBe("no");
      writeFileSync(join(timesync, "synchronized"), "");
      expect(heardTimeServer(timesync)).toBe("yes");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
