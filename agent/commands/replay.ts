/** `wardtap replay FILE...`: what a capture file shows, as a table for people or the JSON document. */
import { statSync } from "node:fs";
import { type Command, Option } from "commander";
import { type CaptureFiles, openCaptureFiles } from "../capture/pcap-file.ts";
import { CaptureError } from "../capture/source.ts";
import { defaultConfig } from "../config.ts";
import type { AdvisoryIndex } from "../knowledge/advisories/advisory-index.ts";
import type { ReplayResult } from "../replay.ts";
import { isWorthSharing, ReplayShares } from "../replay-shares.ts";
import { parseIsoMicros } from "../time.ts";
import { CommandError, EXIT, isColoured, writeOut } from "./output.ts";
import { replayTable } from "./replay-table.ts";

const EXAMPLES = `
Examples:
  wardtap replay ward.pcap                  devices and findings as a table
  wardtap replay ward.pcap --json > out     the JSON document
  wardtap replay a.pcap b.pcapng.gz         several files, merged by time
  tcpdump -r x.pcap -w - | wardtap replay - from standard input

Exit codes: 0 all read; 2 wrong usage, or a file that is missing, unreadable or no capture;
3 a file broke part-way: what was read is printed, capture.truncated is true.`;

interface Options {
  json?: boolean;
  config?: string;
  at?: string;
  knowledge?: string;
  threads?: "1" | "2";
}

export function addReplayCommand(program: Command): void {
  program
    .command("replay")
    .description("show the devices and findings in capture files (pcap or pcapng, gzip too, - for stdin)")
    .argument("<file...>", "capture files, merged by time")
    .option("--json", "print the JSON document instead of a table")
    .option("--config <file>", "configuration file, for [networks]")
    .option(
      "--knowledge <folder>",
      "imported advisories to judge by too; default: the configuration's, when one is given",
    )
    .option("--at <time>", "judge dates as of this time, e.g. 2026-05-01T12:00:00Z, not the capture's own")
    .addOption(
      new Option("--threads <number>", "read in so many threads, whatever the size").choices(["1", "2"]).hideHelp(),
    )
    .addHelpText("after", EXAMPLES)
    .action(async (files: string[], options: Options) => {
      process.exitCode = await runReplay(files, options);
    });
}

async function runReplay(files: string[], options: Options): Promise<number> {
  const config =
    options.config === undefined ? defaultConfig() : (await import("../config-file.ts")).readConfig(options.config);
  const at = options.at === undefined ? undefined : parseIsoMicros(options.at);
  if (at === null)
    throw new CommandError(`--at ${options.at}: that is no time such as 2026-05-01T12:00:00Z`, EXIT.usage);
  const advisories = await advisoriesFor(options, config.knowledge.path);
  let result: ReplayResult;
  try {
    const source = await openCaptureFiles(files);
    const shares = isShared(source, options)
      ? new ReplayShares(files, { bytesTotal: source.progress().bytesTotal })
      : undefined;
    let bar: { stop(): void } | undefined;
    const stop = () => (shares ?? source).close();
    process.once("SIGINT", stop);
    try {
      bar = await startBar(shares ?? source);
      // Loaded while threads, if any, get ready.
      const { replay } = await import("../replay.ts");
      result = await replay(source, files, {
        config,
        ...(advisories && { advisories }),
        ...(at === undefined ? {} : { at }),
        ...(shares && { shares }),
      });
    } finally {
      process.removeListener("SIGINT", stop);
      bar?.stop();
      await shares?.end();
    }
  } catch (error) {
    if (error instanceof CaptureError) throw new CommandError(error.message, EXIT.usage);
    throw error;
  }
  if (options.json) await writeOut(`${JSON.stringify(result.document)}\n`);
  else
    await writeOut(replayTable(result, { colour: isColoured(process.stdout), width: process.stdout.columns ?? 120 }));
  if (result.truncated === null) return EXIT.ok;
  process.stderr.write(`wardtap: ${result.truncated}\nWhat was read up to there is printed above.\n`);
  return EXIT.truncated;
}

/** What can't be read by several at once is read by one thread, whatever was asked for. */
const isShared = (source: CaptureFiles, { threads }: Options): boolean =>
  threads === undefined ? isWorthSharing(source) : threads === "2" && source.isPlain;

/** Undefined where only what comes with the program counts. */
async function advisoriesFor({ knowledge, config }: Options, configured: string): Promise<AdvisoryIndex | undefined> {
  if (knowledge === undefined && config === undefined) return undefined;
  if (knowledge !== undefined && !statSync(knowledge, { throwIfNoEntry: false })?.isDirectory())
    throw new CommandError(`--knowledge ${knowledge}: there is no such folder.`, EXIT.usage);
  const { readFolder } = await import("../knowledge/advisories/folder.ts");
  const { knowledgeWith } = await import("../knowledge/advisories/loaded.ts");
  const imported = readFolder(knowledge ?? configured);
  for (const { file, problem } of imported.problems) process.stderr.write(`wardtap: ${file} ${problem}\n`);
  return knowledgeWith(imported);
}

async function startBar(source: {
  progress(): { bytesRead: number; bytesTotal: number | null };
}): Promise<{ stop(): void }> {
  if (process.stderr.isTTY !== true) return { stop: () => undefined };
  const { default: cliProgress } = await import("cli-progress");
  const total = source.progress().bytesTotal;
  const bar = new cliProgress.SingleBar(
    {
      stream: process.stderr,
      format: total === null ? "reading {value} MB" : "reading [{bar}] {percentage} % of {total} MB",
      clearOnComplete: true,
      hideCursor: true,
    },
    cliProgress.Presets.legacy,
  );
  const megabytes = (bytes: number) => Math.round(bytes / 1e5) / 10;
  bar.start(total === null ? 0 : megabytes(total), 0);
  const timer = setInterval(() => bar.update(megabytes(source.progress().bytesRead)), 200);
  return {
    stop: () => {
      clearInterval(timer);
      bar.stop();
    },
  };
}
