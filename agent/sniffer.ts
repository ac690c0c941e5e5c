/**
 * Process 1 of the tap: holds the raw-socket right and handles hostile bytes; no disk, no network, no keys.
 * It ends when its port is lost: whoever started it starts it again.
 */
import { readLinkUp, readTransmitted } from "./capture/interface.ts";
import { type LiveOptions, type LivePort, openLive } from "./capture/live.ts";
import { dissectors } from "./dissectors/index.ts";
import { learnLogins } from "./dissectors/known-logins.ts";
import { defaultLogins } from "./knowledge/default-logins.ts";
import type { CountsObservation } from "./observe/observation.ts";
import { Watch } from "./observe/watch.ts";
import { PipeWriter } from "./pipe/writer.ts";

const TICK_MS = 250;
const COUNTS_EVERY_MICROS = 1_000_000;
const MIRROR_WINDOW_MICROS = 60 * 1_000_000;
/** A frame's clock is read this often while frames flood, so that folding and writing go on. */
const FRAMES_PER_CHECK = 1024;

export interface SnifferOptions {
  interface: string;
  pipe: string;
  source?: LiveOptions["source"];
  bufferBytes?: number;
  /** One line for the log, at the start only. */
  say: (line: string) => void;
  /** Opens something else than a live port (a recording that is played). */
  open?: (options: Pick<LiveOptions, "onTick" | "tickMs">) => LivePort;
}

/** Runs until the port is lost; resolves with a plain sentence why. Rejects with CaptureError. */
export async function runSniffer(options: SnifferOptions): Promise<string> {
  const port = options.interface;
  const writer = new PipeWriter({ path: options.pipe, onConnected: () => watch.repeatFacts() });
  learnLogins(defaultLogins());
  const watch = new Watch({ dissectors, emit: (observation) => writer.write(observation) });
  const transmittedBefore = readTransmitted(port) ?? 0;
  let nextCountsAt = 0;
  let nextRotationAt = 0;
  let framesSinceCheck = 0;

  const ticking = { tickMs: TICK_MS, onTick: () => tick(nowMicros()) };
  const live =
    options.open?.(ticking) ??
    openLive({
      interface: port,
      ...ticking,
      ...(options.source === undefined ? {} : { source: options.source }),
      ...(options.bufferBytes === undefined ? {} : { bufferBytes: options.bufferBytes }),
    });
  options.say(`listening on ${port} by ${live.means}${live.because === "" ? "" : ` (${live.because})`}`);

  const tick = (now: number) => {
    framesSinceCheck = 0;
    // A clock that was set back must not silence the sign of life until it is as late again.
    if (now >= nextCountsAt || nextCountsAt - now > COUNTS_EVERY_MICROS) {
      nextCountsAt = now + COUNTS_EVERY_MICROS;
      watch.drain();
      if (now >= nextRotationAt || nextRotationAt - now > MIRROR_WINDOW_MICROS) {
        nextRotationAt = now + MIRROR_WINDOW_MICROS;
        watch.mirror.rotate();
      }
      writer.write(counts(now));
    }
    writer.flush();
  };

  const counts = (at: number): CountsObservation => {
    const totals = watch.totals();
    const transmitted = readTransmitted(port);
    return {
      kind: "counts",
      at,
      interface: port,
      frames: totals.frames,
      bytes: totals.bytes,
      framesLost: live.source.counts().framesLost,
      observationsLost: writer.observationsLost,
      duplicates: totals.duplicates,
      droppedNames: totals.droppedNames,
      malformed: totals.malformed,
      unknown: totals.unknown,
      mirror: watch.mirror.counts(readLinkUp(port)),
      // What the system sent while it set the port up is not counted against the tap.
      transmitted: transmitted === null ? null : transmitted - transmittedBefore,
      hiddenAccessPoints: totals.hiddenAccessPoints,
    };
  };

  const end = await live.source.run((frame) => {
    watch.frame(frame);
    if (++framesSinceCheck >= FRAMES_PER_CHECK) tick(nowMicros());
  });
  watch.drain();
  writer.write(counts(nowMicros()));
  writer.flush();
  writer.close();
  return "message" in end ? end.message : end.reason;
}

const nowMicros = () => Date.now() * 1000;
