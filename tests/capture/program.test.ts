/** Live capture through tcpdump and dumpcap, on a port of our own in a network namespace. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { openProgram } from "../../agent/capture/dumpcap.ts";
import { findProgram, lastWords, PROGRAMS, programArguments, readDropped } from "../../agent/capture/program-args.ts";
import { CaptureError } from "../../agent/capture/source.ts";
import { CaptureProcess } from "../support/capture-process.ts";
import { LonelyPort, namespacesAvailable, PORT } from "../support/lonely-port.ts";

describe.skipIf(!namespacesAvailable())("live capture through a program (skipped: needs root)", () => {
  let port: LonelyPort;
  const started: CaptureProcess[] = [];

  beforeAll(() => {
    port = new LonelyPort();
  });
  afterEach(() => {
    for (const child of started.splice(0)) child.kill();
  });
  afterAll(() => port?.remove());

  describe.each(PROGRAMS)("%s", (program) => {
    const installed = findProgram(program) !== undefined || (process.env.CI === "true" && program === "tcpdump");
    const start = (options = {}) => {
      const child = new CaptureProcess(port, program, PORT, options);
      started.push(child);
      return child;
    };

    test.skipIf(!installed)(
      "delivers exactly the frames that were sent, as they come (skipped: not installed)",
      async () => {
        const child = start();
        await child.until("capturing");
        port.send(200);
        await child.untilRead(200);
        const last = await child.finish();
        expect(last.numbers).toEqual(Array.from({ length: 200 }, (_, index) => index));
        expect(last).toMatchObject({ framesRead: 200, timesRanBackwards: 0, wholeTimes: true, transmitted: 0 });
        expect(last.end).toEqual({ reason: "closed" });
      },
    );

    test.skipIf(!installed)(
      "ends as lost, in its own words, when the interface goes (skipped: not installed)",
      async () => {
        const child = start();
        await child.until("capturing");
        port.ip("link", "del", PORT);
        const { end } = await child.until("end");
        port.connect();
        expect(end).toMatchObject({ reason: "lost", message: expect.stringMatching(/disappeared|no longer attached/) });
      },
    );

    test.skipIf(!installed)("counts what a small buffer loses (skipped: not installed)", async () => {
      const before = port.received();
      // Slower than the sender, so that the pipe fills, then the program waits, then the kernel drops.
      const child = start({ busyUs: 300, bufferBytes: 1 << 20, tickMs: 100 });
      await child.until("capturing");
      port.send(20_000);
      const arrived = port.received() - before;
      const last = await child.untilAccounted(Math.floor(arrived * 0.99));
      expect(last.framesLost).toBeGreaterThan(0);
      expect(last.framesRead + (last.framesLost ?? 0)).toBeLessThanOrEqual(arrived);
    });
  });

  test("an interface that is missing is refused in words", async () => {
    const child = new CaptureProcess(port, "tcpdump", "wt-nowhere");
    expect(await child.until("refused")).toMatchObject({ refused: expect.stringContaining("no network interface") });
  });

  test("a program without the right to capture is refused in its own words", async () => {
    const drop = ["setpriv", "--reuid=65534", "--clear-groups", "--bounding-set=-net_raw"];
    const child = new CaptureProcess(port, "tcpdump", PORT, {}, [], drop);
    expect(await child.until("refused")).toMatchObject({
      refused: expect.stringMatching(/tcpdump can't capture.*permi/i),
    });
  });
});

test("a machine without either program is told what to install", () => {
  const folder = mkdtempSync(join(tmpdir(), "wardtap-empty-"));
  const open = () => openProgram({ interface: "lo", folders: [folder] });
  expect(open).toThrow(CaptureError);
  expect(open).toThrow("dumpcap or tcpdump is not installed (on Debian: apt install tcpdump)");
  rmSync(folder, { recursive: true });
});

test.each(["", "-w", "a b", "../eth0", "a/b", "x".repeat(16), "eth0;id"])(
  "an interface named %j is refused or missing, never run",
  (name) => {
    expect(() => openProgram({ interface: name })).toThrow(CaptureError);
  },
);

test("neither program is told to leave promiscuous mode or to filter", () => {
  for (const program of PROGRAMS) {
    const words = programArguments(program, { interface: "eth0", snapLength: 512, bufferBytes: 32 << 20 });
    expect(words).not.toContain("-p");
    expect(words).not.toContain("-f");
    expect(words.slice(0, 2)).toEqual(["-i", "eth0"]);
    expect(words).toContain("512");
  }
});

test("the last count of drops is read from what each program says", () => {
  const tcpdump =
    "tcpdump: 5 packets captured, 9 packets received by filter, 4 packets dropped by kernel\n7 packets dropped by kernel\n";
  expect(readDropped("tcpdump", tcpdump)).toBe(7);
  expect(readDropped("dumpcap", "Packets received/dropped on interface 'eth0': 10/3 (pcap:3/dumpcap:0)")).toBe(3);
  expect(readDropped("dumpcap", "Capturing on 'eth0'\n")).toBeNull();
});

test("last words are the line that tells why, not greetings or statistics", () => {
  const words =
    "tcpdump: listening on eth0, link-type EN10MB\ntcpdump: pcap_loop: The interface disappeared\n10 packets captured\n0 packets dropped by kernel\n";
  expect(lastWords(words)).toBe("tcpdump: pcap_loop: The interface disappeared");
  expect(lastWords("Capturing on 'eth0'\nFile: -\n")).toBe("");
});
