/** Puts measured rounds into the bench's report: rates, memory, ratios, and what machine it was. */
import { cpus, release, totalmem } from "node:os";
import type { Measured } from "./measure.ts";

export interface Spread {
  median: number;
  min: number;
  max: number;
}

/** One program's rounds; `frames` is what it read in each. */
export interface Rounds {
  name: string;
  version: string;
  frames: number;
  measured: readonly Measured[];
}

export interface ProgramResult {
  name: string;
  version: string;
  frames: number;
  rounds: number;
  framesPerSecond: Spread;
  framesPerCpuSecond: Spread;
  /** The highest of all rounds. */
  peakBytes: number;
}

export interface Report {
  measuredOn: string;
  machine: { processor: string; cores: number; memoryBytes: number; kernel: string; architecture: string };
  capture: { frames: number; bytes: number; seed: number };
  programs: ProgramResult[];
  /** wardtap's frames/s over another program's, round by round where both ran in it. */
  ratios: { against: string; byWall: Spread; byCpu: Spread }[];
  missing: string[];
}

/** Of the values given, of which there must be one at least. */
export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)! };
}

const wallRate = (frames: number) => (one: Measured) => frames / one.wallSeconds;
const cpuRate = (frames: number) => (one: Measured) => frames / one.cpuSeconds;

export function resultOf({ name, version, frames, measured }: Rounds): ProgramResult {
  return {
    name,
    version,
    frames,
    rounds: measured.length,
    framesPerSecond: spread(measured.map(wallRate(frames))),
    framesPerCpuSecond: spread(measured.map(cpuRate(frames))),
    peakBytes: Math.max(...measured.map(({ peakBytes }) => peakBytes)),
  };
}

/** A program that ran in fewer rounds is compared by its last one. */
export function ratiosOf(first: Rounds, others: readonly Rounds[]): Report["ratios"] {
  return others.map((other) => {
    const ratio = (rate: (frames: number) => (one: Measured) => number) =>
      spread(
        first.measured.map((one, i) => {
          const theirs = other.measured[i] ?? other.measured.at(-1)!;
          return rate(first.frames)(one) / rate(other.frames)(theirs);
        }),
      );
    return { against: other.name, byWall: ratio(wallRate), byCpu: ratio(cpuRate) };
  });
}

export function machine(): Report["machine"] {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? "unknown processor",
    cores: processors.length,
    memoryBytes: totalmem(),
    // The version alone: what a distribution appends says nothing of speed.
    kernel: release().split("-")[0]!,
    architecture: process.arch,
  };
}

const thousands = (value: number) => Math.round(value).toLocaleString("en-GB");
const rate = ({ median, min, max }: Spread) => `${thousands(median)} (${thousands(min)}–${thousands(max)})`;
const ratio = ({ median, min, max }: Spread) => `${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`;
const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;

/** For people and for docs alike: Markdown tables, columns in line. */
export function reportText(report: Report): string {
  const { machine: on, capture } = report;
  const programs = [
    ["program", "frames/s", "frames per CPU second", "peak memory", "frames × rounds", "version"],
    ...report.programs.map((one) => [
      one.name,
      rate(one.framesPerSecond),
      rate(one.framesPerCpuSecond),
      megabytes(one.peakBytes),
      `${thousands(one.frames)} × ${one.rounds}`,
      one.version,
    ]),
  ];
  const ratios = [
    ["wardtap's rate over", "by frames/s", "by CPU time"],
    ...report.ratios.map(({ against, byWall, byCpu }) => [against, ratio(byWall), ratio(byCpu)]),
  ];
  return [
    `Measured on ${report.measuredOn}: ${on.processor}, ${on.cores} cores, ${(on.memoryBytes / 2 ** 30).toFixed(0)} GiB, ` +
      `Linux ${on.kernel}, ${on.architecture}. ` +
      `Capture: ${thousands(capture.frames)} frames, ${megabytes(capture.bytes)}, seed ${capture.seed}.`,
    table(programs),
    ...(report.ratios.length === 0 ? [] : [table(ratios)]),
    ...(report.missing.length === 0 ? [] : [`Not installed here: ${report.missing.join(", ")}.`]),
  ].join("\n\n");
}

function table(rows: readonly string[][]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  return [line(rows[0]!), line(widths.map((width) => "-".repeat(width))), ...rows.slice(1).map(line)].join("\n");
}
