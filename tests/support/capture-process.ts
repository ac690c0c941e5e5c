/** Runs capture-child inside a namespace and listens to its reports. */
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { builtPath } from "./built.ts";
import type { ChildOptions } from "./capture-child.ts";
import type { LonelyPort } from "./lonely-port.ts";

export interface Report {
  ready?: string;
  /** The capture is open: frames from now on count. */
  capturing?: true;
  refused?: string;
  tick?: number;
  end?: { reason: string; message?: string };
  framesRead: number;
  framesLost: number | null;
  numbers: number[];
  mostTicksInOneTurn: number;
  transmitted: number | null;
  lastAt: number;
}

export class CaptureProcess {
  /** Resolves when it is gone and all it said was read. */
  readonly exited: Promise<{ code: number | null; signal: string | null }>;
  readonly #child: ChildProcessWithoutNullStreams;
  /** All so far. */
  readonly reports: Report[] = [];
  #stderr = "";
  #wake: () => void = () => {};
  #gone = false;

  constructor(
    port: LonelyPort,
    means: string,
    name: string,
    options: ChildOptions = {},
    nodeOptions: readonly string[] = [],
    before: readonly string[] = [],
  ) {
    const script = builtPath("tests/support/capture-child.js");
    const words = [...nodeOptions, script, means, name, JSON.stringify(options)];
    this.#child = port.start(...before, process.execPath, ...words);
    this.#child.stderr.on("data", (chunk) => {
      this.#stderr = (this.#stderr + chunk).slice(-4_000);
    });
    createInterface({ input: this.#child.stdout }).on("line", (line) => {
      this.reports.push(JSON.parse(line) as Report);
      this.#wake();
    });
    this.exited = once(this.#child, "close").then(([code, signal]) => {
      this.#gone = true;
      this.#wake();
      return { code, signal };
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** The first report with that field; fails when the process ends without one. */
  until(field: "ready" | "capturing" | "refused" | "end"): Promise<Report> {
    return this.#first((report) => report[field] !== undefined, `"${field}"`);
  }

  untilRead(frames: number): Promise<Report> {
    return this.#first((report) => report.framesRead >= frames, `${frames} frames read`);
  }

  /** Until what was read and what was lost add up to `frames`. */
  untilAccounted(frames: number): Promise<Report> {
    const what = `${frames} frames accounted for`;
    return this.#first((report) => report.framesRead + (report.framesLost ?? 0) >= frames, what);
  }

  /** Asks it to close and gives its last report. */
  async finish(): Promise<Report> {
    this.#child.stdin.end();
    return await this.until("end");
  }

  kill(): void {
    if (!this.#gone) this.#child.kill("SIGKILL");
  }

  async #first(wanted: (report: Report) => boolean, what: string): Promise<Report> {
    for (;;) {
      const found = this.reports.find(wanted);
      if (found !== undefined) return found;
      if (this.#gone) {
        throw new Error(`the process ended before ${what}: ${this.#stderr || JSON.stringify(this.reports.at(-1))}`);
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
