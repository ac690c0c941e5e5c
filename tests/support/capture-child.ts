/**
 * A process that captures a live port and reports on its standard output, one JSON object a line. Arguments: the
 * means ("cap", "tcpdump", "dumpcap"), the interface, and options as JSON. It ends when its standard input closes.
 */
import { writeSync } from "node:fs";
import { readLinkUp, readTransmitted } from "../../agent/capture/interface.ts";
import { type LiveMeans, openLive } from "../../agent/capture/live.ts";
import { CaptureError } from "../../agent/capture/source.ts";

export interface ChildOptions {
  bufferBytes?: number;
  tickMs?: number;
  /** Spend so long in the handler of every frame. */
  busyUs?: number;
  /** Collect garbage in every handler; needs --expose-gc. */
  collect?: boolean;
}

/** Where the sender's number stands: behind Ethernet, IPv4 and UDP headers. */
const NUMBER_AT = 42;
const MAX_KEPT_NUMBERS = 1_000;

const [means = "cap", name = "", text = "{}"] = process.argv.slice(2);
const { busyUs = 0, collect = false, ...options } = JSON.parse(text) as ChildOptions;
const report = (what: object) => writeSync(1, `${JSON.stringify(what)}\n`);

const numbers: number[] = [];
let ticks = 0;
let turns = 0;
let ticksThisTurn = 0;
let mostTicksInOneTurn = 0;
let timesRanBackwards = 0;
let lastAt = 0;
let wholeTimes = true;

/** Moves on only when the event loop gets to run. */
setInterval(() => {
  turns++;
  ticksThisTurn = 0;
}, 1).unref();

const onTick = () => {
  ticks++;
  mostTicksInOneTurn = Math.max(mostTicksInOneTurn, ++ticksThisTurn);
  // A program needs a moment to open its capture; cap has opened it when there is a source.
  const { capturing = true } = (port?.source ?? {}) as { capturing?: boolean };
  report({ tick: ticks, ...(capturing ? { capturing } : {}), ...counts() });
};
const counts = () => port?.source.counts() ?? {};

let port: ReturnType<typeof openLive> | undefined;
try {
  port = openLive({ interface: name, source: means as LiveMeans, onTick, ...options });
} catch (error) {
  if (!(error instanceof CaptureError)) throw error;
  report({ refused: error.message });
  process.exit(3);
}

const { source } = port;
process.stdin.on("end", () => source.close()).resume();
report({ ready: port.means });
try {
  const end = await source.run((frame) => {
    if (frame.at < lastAt) timesRanBackwards++;
    if (!Number.isSafeInteger(frame.at)) wholeTimes = false;
    lastAt = frame.at;
    const isNumbered = frame.length >= NUMBER_AT + 4 && numbers.length < MAX_KEPT_NUMBERS;
    if (isNumbered) numbers.push(frame.bytes.readUInt32BE(frame.offset + NUMBER_AT));
    if (collect) (globalThis as { gc?: () => void }).gc?.();
    const until = performance.now() + busyUs / 1000;
    while (busyUs > 0 && performance.now() < until);
  });
  report({
    end,
    ...source.counts(),
    numbers,
    ticks,
    turns,
    mostTicksInOneTurn,
    timesRanBackwards,
    wholeTimes,
    lastAt,
    transmitted: readTransmitted(name),
    linkUp: readLinkUp(name),
  });
} catch (error) {
  if (!(error instanceof CaptureError)) throw error;
  report({ refused: error.message });
  process.exitCode = 3;
}
