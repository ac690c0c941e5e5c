/** Doctor on the machine: Node, native modules, the programs that wardtap starts, and the clock. */
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { findHeaderChip } from "../../hardware/gpio-base.ts";
import { loadCap } from "../capture/cap-module.ts";
import { findProgram, PROGRAMS } from "../capture/program-args.ts";
import { loadSqlite } from "../sqlite.ts";
import { type Check, fail, ok, warn } from "./check.ts";

const TESTED_NODE = [20, 22, 24];
/** A clock before this can't be right. */
const EARLIEST_CLOCK_MS = Date.UTC(2024, 0, 1);
const ANSWER_MS = 5000;

export const checkMachine = (): Check[] => [
  node(),
  capture(),
  sqlite(),
  lights(),
  rights(),
  clock(Date.now()),
  synchronised(),
];

function node(): Check {
  const major = Number(process.versions.node.split(".")[0]);
  if (TESTED_NODE.includes(major)) return ok("node", `Node ${process.versions.node}`);
  return warn(
    "node",
    `Node ${process.versions.node} is none of those wardtap is tested with`,
    `Install Node ${TESTED_NODE.join(", ")}.`,
  );
}

function capture(): Check {
  const programs = PROGRAMS.filter((name) => findProgram(name) !== undefined);
  const beside =
    programs.length > 0 ? `${programs.join(" and ")} can capture too` : "neither dumpcap nor tcpdump is installed";
  try {
    loadCap();
    return ok("capture", `the native module cap loads; ${beside}`);
  } catch (error) {
    const why = (error as Error).message;
    if (programs.length > 0)
      return warn(
        "capture",
        `${programs[0]} will capture, because cap can't: ${why}`,
        "Nothing must be done; cap loses fewer frames under load on small machines.",
      );
    return fail("capture", `nothing here can capture: ${why}`, "apt install tcpdump is the shortest way.");
  }
}

function sqlite(): Check {
  try {
    const { version } = loadSqlite();
    if (Number(process.versions.node.split(".")[0]) >= 24 && version.startsWith("12."))
      return warn(
        "sqlite",
        `better-sqlite3 ${version} loads, but Node 24 can abort with it`,
        "Use Node 22, or see why better-sqlite3-next isn't there: `npm run setup` installs it where it fits.",
      );
    return ok("sqlite", `the native module better-sqlite3 ${version} loads`);
  } catch (error) {
    return fail(
      "sqlite",
      `the ledger's database can't be loaded: ${firstLine(error)}`,
      "Run `npm rebuild better-sqlite3` where wardtap is installed.",
    );
  }
}

function lights(): Check {
  const chip = findHeaderChip();
  if ("unavailable" in chip)
    return warn(
      "lights",
      chip.unavailable,
      "On a machine without LEDs this is how it is; `--lights panel` shows them in a terminal.",
    );
  try {
    createRequire(import.meta.url)("onoff");
    return ok("lights", `the LEDs' pins are on ${chip.label}; the native module onoff loads`);
  } catch (error) {
    return fail(
      "lights",
      `this machine has GPIO, but onoff can't be loaded: ${firstLine(error)}`,
      "Run `npm rebuild epoll` where wardtap is installed.",
    );
  }
}

function rights(): Check {
  if (answerOf("setpriv", "--version") !== null)
    return ok("setpriv", "setpriv can take rights away from the processes");
  return warn(
    "setpriv",
    "setpriv is missing: `wardtap run` will not start as root",
    "apt install util-linux. (systemd's units don't need it.)",
  );
}

/** Exported for its test: a machine whose clock is wrong is hard to come by. */
export function clock(nowMs: number): Check {
  const now = new Date(nowMs).toISOString().slice(0, 19);
  if (nowMs >= EARLIEST_CLOCK_MS) return ok("clock", `the clock says ${now} UTC`);
  return fail(
    "clock",
    `the clock says ${now} UTC, which can't be`,
    "Let the machine reach a time server, or set the clock; a Pi without a battery starts in the past.",
  );
}

function synchronised(): Check {
  const answer = answerOf("timedatectl", "show", "-p", "NTPSynchronized", "--value");
  if (answer === "yes") return ok("time", "the clock is set by a time server");
  if (answer === "no")
    return warn(
      "time",
      "the clock is not set by a time server",
      "Allow the machine one (timedatectl set-ntp true): times of findings depend on it.",
    );
  return warn(
    "time",
    "whether a time server sets the clock can't be told here",
    "Look yourself; times of findings depend on it.",
  );
}

/** What a program printed, null when it isn't there or failed. */
export function answerOf(program: string, ...words: string[]): string | null {
  const { status, stdout, error } = spawnSync(program, words, { encoding: "utf8", timeout: ANSWER_MS });
  return error !== undefined || status !== 0 ? null : stdout.trim();
}

const firstLine = (error: unknown) => (error as Error).message.split("\n", 1)[0] ?? "";
