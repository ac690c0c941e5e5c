/** The road from tap to console: keeps one outbound connection, sends what the console lacks, says how it stands. */
import { createBackOff } from "./back-off.ts";
import type { UplinkLedger } from "./batch.ts";
import { consoleUrlProblem } from "./console-url.ts";
import { type Ending, type Link, type LinkOptions, openLink } from "./link.ts";
import type { Summary } from "./messages.ts";

/**
 * none: no console configured · connecting: first try · unreachable: waiting for the next try ·
 * backlog: sending · current: the console has everything · refused: it said no, or the address may not be used.
 */
export type UplinkState = "none" | "connecting" | "unreachable" | "backlog" | "current" | "refused";

interface UplinkStatus {
  state: UplinkState;
  /** Why, in words; "" when all is well. */
  reason: string;
  /** Rows sent without their body because no message could hold them. */
  rowsTooLarge: number;
}

interface UplinkLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface UplinkTimes {
  heartbeatMs: number;
  answerMs: number;
  summaryMs: number;
  minRetryMs: number;
  maxRetryMs: number;
  /** A connection that lasted this long makes the next wait short again. */
  stableMs: number;
  /** Rows unacknowledged for less than this are no backlog: the light needn't flicker with every commit. */
  backlogGraceMs: number;
}

const TIMES: UplinkTimes = {
  heartbeatMs: 15_000,
  answerMs: 60_000,
  summaryMs: 5000,
  minRetryMs: 1000,
  maxRetryMs: 60_000,
  stableMs: 10_000,
  backlogGraceMs: 2000,
};

export interface UplinkOptions {
  /** null: no console is configured. */
  url: string | null;
  hello: () => { tapId: string; name: string; version: string };
  ledger: UplinkLedger;
  summary: () => Summary;
  /** Shows the lights' chase; without it a console's "locate" is answered with no. */
  locate?: () => void;
  /** Somebody works a finding at the console; what it says is unchecked. Without it "finding" is answered with no. */
  work?: (asked: Record<string, unknown>) => { ok: boolean; message: string };
  onState?: (state: UplinkState, reason: string) => void;
  log?: UplinkLog;
  /** For tests; timers fire on the process's own clock. */
  times?: Partial<UplinkTimes>;
  random?: () => number;
}

export interface Uplink {
  start(): void;
  /** Call after each commit of the ledger: new rows leave at once. */
  notify(): void;
  status(): UplinkStatus;
  /** Says goodbye and stops trying; resolves when the connection is gone. */
  stop(): Promise<void>;
}

type Command = Parameters<LinkOptions["onCommand"]>[0];

const SILENT: UplinkLog = { info: () => undefined, warn: () => undefined };

/** An address that may not be used gives the state `refused` and no connection: a tap works on without a console. */
export function createUplink(options: UplinkOptions): Uplink {
  const { url, ledger, log = SILENT } = options;
  const times = { ...TIMES, ...options.times };
  const backOff = createBackOff(times.minRetryMs, times.maxRetryMs, options.random ?? Math.random);
  const status: UplinkStatus = { state: "none", reason: "", rowsTooLarge: 0 };
  let link: Link | undefined;
  let welcomedAt: number | undefined;
  let retryTimer: NodeJS.Timeout | undefined;
  let summaryTimer: NodeJS.Timeout | undefined;
  let graceTimer: NodeJS.Timeout | undefined;
  let stopping = false;
  let stopped: (() => void) | undefined;

  function become(state: UplinkState, reason = ""): void {
    if (status.state === state && status.reason === reason) return;
    Object.assign(status, { state, reason });
    options.onState?.(state, reason);
  }

  /** Tells backlog from current; a short backlog after being current stays unmentioned. */
  function progress(): void {
    if (welcomedAt === undefined) return;
    if (ledger.ackedRevision >= ledger.revision()) {
      clearTimeout(graceTimer);
      graceTimer = undefined;
      become("current");
    } else if (status.state !== "current") {
      become("backlog");
    } else {
      graceTimer ??= setTimeout(() => {
        graceTimer = undefined;
        if (welcomedAt !== undefined && ledger.ackedRevision < ledger.revision()) become("backlog");
      }, times.backlogGraceMs);
    }
  }

  function connect(to: string): void {
    link = openLink({
      url: to,
      hello: options.hello,
      ledger,
      times,
      onWelcome() {
        welcomedAt = performance.now();
        log.info({}, "the console hears this tap");
        progress();
        tell();
        summaryTimer = setInterval(tell, times.summaryMs);
      },
      onProgress: progress,
      onCommand: answer,
      onTooLarge(rows) {
        status.rowsTooLarge += rows;
        log.warn({ rows }, "rows too large for a message were sent without their body");
      },
      onEnd: (ending) => ended(to, ending),
    });
  }

  function tell(): void {
    link?.send(options.summary());
  }

  function answer({ command, arguments: values }: Command): { ok: boolean; message: string } {
    if (command === "finding" && options.work) return options.work(values);
    if (command !== "locate") return { ok: false, message: "not supported" };
    if (!options.locate) return { ok: false, message: "this tap has no lights" };
    options.locate();
    return { ok: true, message: "the lights are chasing" };
  }

  function ended(to: string, { refused, reason }: Ending): void {
    link = undefined;
    clearInterval(summaryTimer);
    clearTimeout(graceTimer);
    graceTimer = undefined;
    if (welcomedAt !== undefined && performance.now() - welcomedAt >= times.stableMs) backOff.reset();
    welcomedAt = undefined;
    if (stopping) {
      stopped?.();
      return;
    }
    // One line for each change, not for each try.
    if (status.reason !== reason) log.warn({ reason }, refused ? "the console refused this tap" : "no console");
    become(refused ? "refused" : "unreachable", reason);
    retryTimer = setTimeout(() => connect(to), refused ? backOff.longest() : backOff.next());
  }

  return {
    start() {
      if (url === null || link || retryTimer || stopping) return;
      const problem = consoleUrlProblem(url);
      if (problem) {
        log.warn({}, problem);
        become("refused", problem);
        return;
      }
      become("connecting");
      connect(url);
    },
    notify() {
      link?.pump();
      progress();
    },
    status: () => ({ ...status }),
    async stop() {
      stopping = true;
      clearTimeout(retryTimer);
      if (!link) return;
      await new Promise<void>((resolve) => {
        stopped = resolve;
        link!.close();
      });
    },
  };
}
