/** `npm run bench`: how fast wardtap reads a capture, beside other programs in the same run. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./setup.mjs";

const HELP = `npm run bench                        1,000,000 frames, 5 rounds, with prads, ndpiReader and tshark where installed
npm run bench -- --frames 200000     a smaller capture
npm run bench -- --rounds 3          fewer rounds (one more comes first and doesn't count)
npm run bench -- --only wardtap      without the others
npm run bench -- --compare DIR       also another built checkout of wardtap, in the same rounds
npm run bench -- --seed 11           other addresses and bytes
npm run bench -- --json              the numbers as JSON
npm run bench -- --write FILE        also puts the tables into FILE, between its "measured" marks

The capture is made in a temporary folder (TMPDIR) and removed afterwards. What is measured: docs/bench.md.`;
/** Of the mixed capture, with room to spare. */
const BYTES_PER_FRAME = 800;
const SEED = 7;
const BEGIN = "<!-- measured: begin -->";
const END = "<!-- measured: end -->";

const options = readOptions();
setUpQuietly();
const { writeMixedCapture } = await import("../dist/tests/bench/mixed-capture.js");
const { findPeers, wardtapIn } = await import("../dist/tests/bench/programs.js");
const { measure } = await import("../dist/tests/bench/measure.js");
const { machine, ratiosOf, reportText, resultOf } = await import("../dist/tests/bench/report.js");

const folder = mkdtempSync(join(tmpdir(), "wardtap-bench-"));
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => stop.abort(new Error("stopped")));
try {
  await bench();
} catch (error) {
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** In a process of its own: what a build prints must not get among the numbers on standard output. */
function setUpQuietly() {
  const program = `import { setUp } from ${JSON.stringify(import.meta.resolve("./setup.mjs"))}; setUp(["install"]);`;
  const { status } = spawnSync(process.execPath, ["--input-type=module", "-e", program], { stdio: ["ignore", 2, 2] });
  if (status !== 0) process.exit(1);
}

async function bench() {
  const peers = options.only ? { found: [], missing: [] } : findPeers();
  const compared = options.compare ? [wardtapIn(options.compare, `wardtap in ${basename(options.compare)}`)] : [];
  const programs = [wardtapIn(root, "wardtap"), ...compared, ...peers.found].map((program) => ({
    ...program,
    frames: Math.min(options.frames, program.onlyFrames ?? options.frames),
    measured: [],
  }));
  if (peers.missing.length > 0) note(`Not installed, so not compared: ${peers.missing.join(", ")}`);
  const whole = makeCapture("whole.pcap", options.frames);
  const isBusy = loadavg()[0] > 0.5;
  if (isBusy)
    note(`This machine is doing other work (load ${loadavg()[0].toFixed(1)}): numbers will be lower and vary more.`);
  const captures = new Map([[options.frames, whole.path]]);
  for (const { frames } of programs)
    if (!captures.has(frames)) captures.set(frames, makeCapture("part.pcap", frames).path);

  for (let round = 0; round <= options.rounds; round++) {
    for (const program of programs) {
      // A slow one counts once, in the last round.
      if (program.onlyFrames !== undefined && round !== 0 && round !== options.rounds) continue;
      progress(`${round === 0 ? "warm-up" : `round ${round} of ${options.rounds}`}: ${program.name}`);
      const output = join(folder, "output");
      const one = await measure(program.command(captures.get(program.frames)), folder, output, stop.signal);
      program.check?.(output, program.frames);
      if (round > 0) program.measured.push(one);
    }
  }
  progress("");
  const report = {
    measuredOn: new Date().toISOString().slice(0, 10),
    machine: machine(),
    capture: { frames: options.frames, bytes: whole.bytes, seed: options.seed },
    programs: programs.map(resultOf),
    ratios: ratiosOf(programs[0], programs.slice(1)),
    missing: peers.missing,
  };
  console.log(options.json ? JSON.stringify(report, null, 2) : reportText(report));
  if (options.write) writeInto(options.write, reportText(report));
}

function makeCapture(name, frames) {
  const needed = frames * BYTES_PER_FRAME;
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < needed) {
    throw new Error(
      `${tmpdir()} has too little room for the capture (${megabytes(needed)}); set TMPDIR to a folder that has`,
    );
  }
  note(`Making a capture of ${frames.toLocaleString("en-GB")} frames in ${folder} ...`);
  const path = join(folder, name);
  const made = writeMixedCapture(path, { frames, seed: options.seed });
  note(`It has ${megabytes(made.bytes)}, and is removed at the end.`);
  return { path, bytes: made.bytes };
}

/** Replaces what stands between the marks of a document. */
function writeInto(path, text) {
  const page = readFileSync(path, "utf8");
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${path} lacks the marks ${BEGIN} and ${END}`);
  writeFileSync(path, `${page.slice(0, begin + BEGIN.length)}\n\n${text}\n\n${page.slice(end)}`);
  note(`Written into ${path}`);
}

function readOptions() {
  const text = { type: "string" };
  const flag = { type: "boolean" };
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        frames: text,
        rounds: text,
        seed: text,
        only: text,
        compare: text,
        write: text,
        json: flag,
        help: flag,
      },
    }));
  } catch (error) {
    return refuse(error.message);
  }
  if (values.help) {
    console.log(HELP);
    process.exit(0);
  }
  if (values.only !== undefined && values.only !== "wardtap") return refuse("--only knows only wardtap");
  return {
    frames: whole("frames", values.frames ?? "1000000"),
    rounds: whole("rounds", values.rounds ?? "5"),
    seed: whole("seed", values.seed ?? String(SEED)),
    only: values.only,
    json: values.json,
    compare: values.compare && resolve(values.compare),
    write: values.write && resolve(values.write),
  };
}

function whole(name, text) {
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : refuse(`--${name} ${text}: that is no whole number above 0`);
}

function refuse(message) {
  console.error(`bench: ${message}\n\n${HELP}`);
  process.exit(2);
}

function note(line) {
  progress("");
  console.error(line);
}

/** One line that is written over on a terminal, and one line each elsewhere. */
function progress(line) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
  else if (line !== "") console.error(line);
}

function megabytes(bytes) {
  return `${Math.round(bytes / 1e6)} MB`;
}
