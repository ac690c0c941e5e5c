/** Plays a recorded capture at its own pace, again and again, as if it came from a mirror port: a demo without root. */
import { setTimeout as sleep } from "node:timers/promises";
import { openCaptureFiles } from "../../agent/capture/pcap-file.ts";
import type { Frame, FrameHandler, FrameSource, SourceEnd } from "../../agent/capture/source.ts";
import { runSniffer } from "../../agent/sniffer.ts";

/** A pause in the recording is not waited for longer than this. */
const MAX_PAUSE_MS = 2000;
const TICK_MS = 250;

class Player implements FrameSource {
  readonly interfaces = ["recording"];
  #framesRead = 0;
  #bytesRead = 0;
  #closed = false;
  readonly #path: string;
  readonly #onTick: () => void;

  constructor(path: string, onTick: () => void) {
    this.#path = path;
    this.#onTick = onTick;
  }

  async run(handler: FrameHandler): Promise<SourceEnd> {
    const frames = await readAll(this.#path);
    const timer = setInterval(this.#onTick, TICK_MS);
    while (!this.#closed && frames.length > 0) {
      let before = frames[0]!.at;
      for (const frame of frames) {
        const pause = Math.min(MAX_PAUSE_MS, (frame.at - before) / 1000);
        before = frame.at;
        if (pause >= 1) await sleep(pause);
        if (this.#closed) break;
        this.#framesRead++;
        this.#bytesRead += frame.wireLength;
        handler({ ...frame, at: Date.now() * 1000 });
      }
    }
    clearInterval(timer);
    return { reason: "closed" };
  }

  counts = () => ({ framesRead: this.#framesRead, bytesRead: this.#bytesRead, framesLost: 0 });
  close(): void {
    this.#closed = true;
  }
}

async function readAll(path: string): Promise<Frame[]> {
  const frames: Frame[] = [];
  const source = await openCaptureFiles([path]);
  await source.run((frame) => {
    const bytes = Buffer.from(frame.bytes.subarray(frame.offset, frame.offset + frame.length));
    frames.push({ ...frame, bytes, offset: 0 });
  });
  return frames;
}

const [path, pipe] = process.argv.slice(2);
if (path === undefined || pipe === undefined) {
  process.stderr.write("usage: play.js CAPTURE PIPE\n");
  process.exit(2);
}
process.once("SIGTERM", () => process.exit(0));
await runSniffer({
  interface: "recording",
  pipe,
  say: () => undefined,
  open: ({ onTick }) => ({
    source: new Player(path, onTick ?? (() => undefined)),
    means: "tcpdump",
    because: "a recording",
  }),
});
