/** A thread that reads capture files and follows one share of their flows; windows go to the thread that joins shares. */
import { parentPort, workerData } from "node:worker_threads";
import { openCaptureFiles } from "./capture/pcap-file.ts";
import { CaptureError } from "./capture/source.ts";
import { compileLess, WARM_FRAMES } from "./compile-less.ts";
import { BatchWriter, movable } from "./replay-share-batch.ts";
import { CONTROL, MAX_AHEAD, type ShareData, type ShareMessage } from "./replay-share-messages.ts";
import { replayWatch } from "./replay-watch.ts";

/** So often it is asked whether to stop, in frames. */
const FRAMES_BETWEEN_LOOKS = 4096;
/** A wait for the join is looked after this often, should nobody wake it. */
const WAIT_MS = 1000;

const { paths, share, control, bytesRead } = workerData as ShareData;
const port = parentPort!;
const writer = new BatchWriter();
let windows = 0;

const tell = (message: ShareMessage) => port.postMessage(message, "batch" in message ? movable(message.batch) : []);
const mustStop = () => Atomics.load(control, CONTROL.stop) === 1;

try {
  const source = await openCaptureFiles(paths);
  const watch = replayWatch(paths, {
    share,
    emit: (said, order, more) => writer.take(said, order, more),
    windowEnded: () => {
      windows++;
      tell({ kind: "window", batch: writer.finish() });
      waitForJoin();
    },
  });
  let untilLook = FRAMES_BETWEEN_LOOKS;
  const end = await source.run((frame) => {
    watch.frame(frame);
    if (--untilLook > 0) return;
    untilLook = FRAMES_BETWEEN_LOOKS;
    if (source.counts().framesRead === WARM_FRAMES) compileLess();
    bytesRead[share] = source.progress().bytesRead;
    if (mustStop()) source.close();
  });
  watch.drain();
  tell({
    kind: "end",
    batch: writer.finish(),
    end,
    firstAt: watch.firstAt,
    lastAt: watch.lastAt,
    framesRead: source.counts().framesRead,
    totals: watch.totals(),
    interfaces: [...source.interfaces],
  });
} catch (error) {
  if (!(error instanceof CaptureError)) throw error;
  tell({ kind: "refused", message: error.message });
}

/** Whoever is far ahead waits, so that what is told and not yet joined stays small. */
function waitForJoin(): void {
  for (;;) {
    const joined = Atomics.load(control, CONTROL.joined);
    if (windows - joined <= MAX_AHEAD || mustStop()) return;
    Atomics.wait(control, CONTROL.joined, joined, WAIT_MS);
  }
}
