/** Runs a program and says what the operating system charged it: processor time, wall time, peak memory. */
import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What one run cost. */
export interface Measured {
  wallSeconds: number;
  /** User and system time of the process and its threads. */
  cpuSeconds: number;
  peakBytes: number;
}

const GNU_TIME = "/usr/bin/time";
/** The same numbers by wait4(2), where GNU time is missing. */
const WAIT4 = `import os,sys,time
pid=os.fork()
if pid==0: os.execvp(sys.argv[2],sys.argv[2:])
_,status,use=os.wait4(pid,0)
open(sys.argv[1],"w").write("%f %f %d"%(use.ru_utime,use.ru_stime,use.ru_maxrss))
sys.exit(os.waitstatus_to_exitcode(status) & 255)`;

/**
 * Runs `command` to its end. Its output goes to `outputPath`, its complaints beside it. Rejects when it
 * can't be started or fails; when `signal` aborts, the program is ended first.
 */
export async function measure(
  command: readonly string[],
  folder: string,
  outputPath: string,
  signal: AbortSignal,
): Promise<Measured> {
  const usagePath = join(folder, "usage");
  const errorsPath = `${outputPath}.errors`;
  const wrapper = existsSync(GNU_TIME)
    ? [GNU_TIME, "-f", "%U %S %M", "-o", usagePath]
    : ["python3", "-c", WAIT4, usagePath];
  const [program, ...words] = [...wrapper, ...command] as [string, ...string[]];
  const [output, errors] = [openSync(outputPath, "w"), openSync(errorsPath, "w")];
  let code: number | null;
  const startedAt = process.hrtime.bigint();
  try {
    // A group of its own, so that the program ends with its wrapper.
    const child = spawn(program, words, { stdio: ["ignore", output, errors], detached: true });
    const end = () => child.pid !== undefined && process.kill(-child.pid, "SIGTERM");
    signal.addEventListener("abort", end);
    code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", resolve);
    }).finally(() => signal.removeEventListener("abort", end));
  } finally {
    closeSync(output);
    closeSync(errors);
  }
  const wallSeconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
  signal.throwIfAborted();
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}: ${lastLines(errorsPath)}`);
  const [user, system, peak] = readFileSync(usagePath, "utf8").trim().split(/\s+/).map(Number) as [
    number,
    number,
    number,
  ];
  return { wallSeconds, cpuSeconds: user + system, peakBytes: peak * 1024 };
}

const lastLines = (path: string) => readFileSync(path, "utf8").trim().split("\n").slice(-3).join(" / ");
