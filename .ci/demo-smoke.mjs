/**
 * Runs the demo as a person would: waits for the page's address, sees devices arrive in the console, presses Ctrl-C,
 * and looks for anything left behind: processes, network namespaces, temporary files.
 */
import { spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Set-up and build are part of the demo's first run. */
const ADDRESS_WITHIN_MS = 120_000;
/** What the README promises after the address is printed. */
const DEVICES_WITHIN_MS = 30_000;
const MIN_DEVICES = 5;
const ENDED_WITHIN_MS = 30_000;
const LAST_WORDS = "nothing of it is left";

const id = randomUUID();
const mark = `WARDTAP_SMOKE=${id}`;
const temporary = mkdtempSync(join(tmpdir(), "wardtap-smoke-"));
const started = Date.now();
/** Process ids that ever carried our mark. */
const makers = new Set();
const say = (text) => console.log(`[${((Date.now() - started) / 1000).toFixed(1)} s] ${text}`);

const demo = spawn("npm", ["run", "--silent", "demo", "--", "--seconds", "45"], {
  // A group of its own, so that Ctrl-C reaches what a terminal's Ctrl-C reaches.
  detached: true,
  stdio: ["ignore", "pipe", "pipe"],
  env: { ...process.env, WARDTAP_SMOKE: id, TMPDIR: temporary },
});
const ended = new Promise((resolve) => demo.once("exit", (code, signal) => resolve(code ?? signal)));
let output = "";
for (const stream of [demo.stdout, demo.stderr]) stream.on("data", (chunk) => (output += chunk));

let problem;
try {
  await watch();
} catch (error) {
  problem = error.message;
}
if (problem !== undefined) {
  console.error(`The demo's smoke run failed: ${problem}\n--- what the demo said ---\n${output.slice(-4000)}`);
  stopAll();
  process.exitCode = 1;
}
rmSync(temporary, { recursive: true, force: true });

async function watch() {
  const address = await soon(
    ADDRESS_WITHIN_MS,
    "the page's address",
    () => /http:\/\/127\.0\.0\.1:\d+\//.exec(output)?.[0],
  );
  say(`the page's address is ${address}`);
  const page = await fetch(address);
  if (!page.ok) throw new Error(`the page answers ${page.status}`);
  const devices = await soon(DEVICES_WITHIN_MS, `${MIN_DEVICES} devices`, async () => {
    const state = await (await fetch(new URL("api/state", address))).json();
    return state.devices.length >= MIN_DEVICES ? state.devices.length : undefined;
  });
  say(`${devices} devices are in the console`);
  const during = { processes: ours(), namespaces: namespaces() };
  if (process.getuid() === 0 && during.namespaces.length === 0)
    throw new Error("as root there should be a ward in network namespaces");

  process.kill(-demo.pid, "SIGINT");
  const code = await Promise.race([ended, sleep(ENDED_WITHIN_MS, "late", { ref: false })]);
  if (code === "late") throw new Error(`it still runs ${ENDED_WITHIN_MS / 1000} s after Ctrl-C`);
  // npm and the shell under it die of the signal itself, as in a terminal; the demo's own last word counts.
  if (code !== 0 && code !== "SIGINT" && code !== 130) throw new Error(`it ended with ${code} after Ctrl-C`);

  const left = () => [
    ...[...during.processes, ...ours()].filter(isAlive).map((one) => `process ${one.pid} (${one.name})`),
    ...namespaces().map((name) => `namespace ${name}`),
    ...readdirSync(temporary)
      .filter((name) => name.startsWith("wardtap"))
      .map((name) => `temporary file ${name}`),
  ];
  for (const until = Date.now() + ENDED_WITHIN_MS; left().length > 0 && Date.now() < until; ) await sleep(200);
  if (left().length > 0) throw new Error(`left behind: ${left().join(", ")}`);
  if (!output.includes(LAST_WORDS)) throw new Error(`it never said "${LAST_WORDS}"`);
  say(`nothing is left of ${during.processes.length} processes and ${during.namespaces.length} namespaces`);
}

/** Asks until there is an answer; an error while asking is no answer yet. */
async function soon(withinMs, what, ask) {
  for (const until = Date.now() + withinMs; Date.now() < until; await sleep(200)) {
    if (demo.exitCode !== null) throw new Error(`it ended before there was ${what}`);
    const answer = await Promise.resolve(ask()).catch(() => undefined);
    if (answer !== undefined) return answer;
  }
  throw new Error(`no ${what} within ${withinMs / 1000} s`);
}

/** The demo's processes: those with our mark in their environment, and everything in its network namespaces. */
function ours() {
  const marked = pids().filter((pid) => read(`/proc/${pid}/environ`).split("\0").includes(mark));
  for (const pid of marked) makers.add(pid);
  const inside = namespaces().flatMap((name) => lines("ip", "netns", "pids", name));
  return [...new Set([...marked, ...inside])].map((pid) => ({ pid, startedAt: startTime(pid), name: nameOf(pid) }));
}

/** A ward's namespaces carry the process id of their maker; other wards on this machine are not ours to judge. */
function namespaces() {
  return lines("ip", "netns", "list")
    .map((line) => line.split(" ")[0])
    .filter((name) => makers.has(/^wt-(\d+)-/.exec(name)?.[1]));
}

function isAlive(one) {
  return one.startedAt !== undefined && startTime(one.pid) === one.startedAt;
}

/** Kills what a failed run left, each process by its own id. */
function stopAll() {
  for (const one of ours().filter(isAlive)) {
    try {
      process.kill(Number(one.pid), "SIGKILL");
    } catch {
      // It ended meanwhile.
    }
  }
}

function pids() {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
}

/** Field 22 of /proc/PID/stat tells one process from a later one with the same id (proc(5)); zombies count as ended. */
function startTime(pid) {
  const fields = read(`/proc/${pid}/stat`)
    .replace(/^.*\) /s, "")
    .split(" ");
  return fields[0] === "Z" ? undefined : fields[19];
}

function nameOf(pid) {
  return read(`/proc/${pid}/comm`).trim();
}

/** Empty for what is gone or not ours to read. */
function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function lines(program, ...words) {
  const { stdout } = spawnSync(program, words, { encoding: "utf8" });
  return (stdout ?? "").split("\n").filter((line) => line !== "");
}
