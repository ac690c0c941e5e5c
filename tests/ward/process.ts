/** Starts real programs inside the ward's namespaces so that none outlives its time, the ward or its maker. */
import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** More than this many at once is a mistake in the caller, and refused. */
const MAX_RUNNING = 128;
/** What a program prints beyond this is dropped, oldest first. */
const MAX_OUTPUT_BYTES = 1024 * 1024;
export const DEFAULT_RUN_SECONDS = 20;
/** Every process of a ward carries this in its environment, so that leftovers can be told apart. */
export const WARD_MARK = "WARDTAP_WARD";

/**
 * Run by sh as process 1 of a fresh PID namespace: own host name (the building machine's must never reach the wire),
 * own /run (daemons find a private folder, resolvers no road to the machine's own), the ward's DNS server, a time limit.
 */
const PRELUDE = `
hostname "$1"
mount -t tmpfs tmpfs /run
mkdir -p /run/avahi-daemon /run/lldpd
target=$(readlink -m /etc/resolv.conf)
case $target in
  /run/*) mkdir -p "\${target%/*}"; cp "$2" "$target" ;;
  *) [ ! -e "$target" ] || mount --bind "$2" "$target" ;;
esac
[ -z "$3" ] || mount --bind "$3" /etc/avahi/services
seconds=$4
shift 4
exec timeout -s KILL "$seconds" "$@"
`;

export interface ProcessOptions {
  /** Hard limit, whatever else happens. For `run` 20, for `spawn` the ward's lifetime. */
  readonly seconds?: number;
  /** For `run`: resolve on a non-zero exit as well. */
  readonly mayFail?: boolean;
  /** Folder of avahi service files this process sees as /etc/avahi/services. */
  readonly avahiServices?: string;
}

export interface FinishedProcess {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface WardProcess {
  /** Process id of the outermost process, in the caller's PID namespace. */
  readonly pid: number;
  readonly ended: Promise<FinishedProcess>;
  /** What it has printed so far on both outputs. */
  printed(): string;
  /** Waits for its end; rejects when it failed, unless `mayFail`. */
  finish(mayFail?: boolean): Promise<FinishedProcess>;
  /** Kills it with everything it started. */
  stop(): Promise<void>;
}

export class Launcher {
  readonly #mark: string;
  readonly #resolvConf: string;
  readonly #lifetimeSeconds: number;
  readonly #running = new Set<WardProcess>();

  constructor(mark: string, folder: string, lifetimeSeconds: number, nameserver: string) {
    this.#mark = mark;
    this.#lifetimeSeconds = lifetimeSeconds;
    this.#resolvConf = join(folder, "resolv.conf");
    writeFileSync(this.#resolvConf, `nameserver ${nameserver}\noptions timeout:1 attempts:2\n`);
  }

  /** Starts a program in a namespace under a host name. */
  start(
    where: { namespace: string; hostname: string },
    command: string,
    args: readonly string[],
    options: ProcessOptions = {},
  ): WardProcess {
    if (this.#running.size >= MAX_RUNNING) throw new Error(`a ward runs ${MAX_RUNNING} processes at once at most`);
    const seconds = Math.min(options.seconds ?? this.#lifetimeSeconds, this.#lifetimeSeconds);
    // setpriv: the kernel kills the chain when this Node process dies; unshare --kill-child: and all below with it.
    const child = spawn(
      "setpriv",
      // biome-ignore format: one word per step of the chain
      ["--pdeathsig", "KILL", "ip", "netns", "exec", where.namespace,
        "unshare", "--uts", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc",
        "/bin/sh", "-euc", PRELUDE, "ward", where.hostname, this.#resolvConf, options.avahiServices ?? "", String(seconds),
        command, ...args],
      { stdio: ["ignore", "pipe", "pipe"], env: { ...plainEnvironment(), [WARD_MARK]: this.#mark } },
    );
    const running = follow(child, `${where.hostname}: ${command}`);
    this.#running.add(running);
    void running.ended.then(() => this.#running.delete(running));
    return running;
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#running].map((running) => running.stop()));
  }
}

/** Programs get a path and nothing of the caller's environment (proxies, locale, debug switches). */
const plainEnvironment = () => ({ PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LANG: "C" });

function follow(child: ChildProcess, title: string): WardProcess {
  let stdout = "";
  let stderr = "";
  const append = (text: string, chunk: Buffer) => (text + chunk.toString("utf8")).slice(-MAX_OUTPUT_BYTES);
  child.stdout?.on("data", (chunk: Buffer) => {
    stdout = append(stdout, chunk);
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    stderr = append(stderr, chunk);
  });
  const ended = new Promise<FinishedProcess>((resolve) => {
    child.on("error", (error) => resolve({ code: 127, stdout, stderr: `${stderr}${error.message}` }));
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
  return {
    pid: child.pid ?? 0,
    ended,
    printed: () => stdout + stderr,
    finish: async (mayFail = false) => {
      const result = await ended;
      if (result.code !== 0 && !mayFail)
        throw new Error(`${title} ended with ${result.code ?? "a signal"}: ${(result.stderr || result.stdout).trim()}`);
      return result;
    },
    stop: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
