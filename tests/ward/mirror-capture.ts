/** Records what the mirror port hears with tcpdump, and reads such a file back frame by frame. */
import { readFileSync } from "node:fs";
import { pause } from "./hosts/wait.ts";
import type { Ward } from "./ward.ts";

const MAX_START_MS = 5_000;
/** Frames still missing after this were lost; the recording ends without them. */
const MAX_FLUSH_MS = 3_000;
const PCAP_HEADER = 24;
const RECORD_HEADER = 16;
/** Classic pcap written by tcpdump here: microseconds, this machine's byte order. */
const PCAP_MAGIC = 0xa1b2c3d4;

export interface MirrorCapture {
  /** Cuts the bridge, waits until every frame the mirror port heard is in the file, and ends the recording. */
  stop(): Promise<void>;
}

/** Starts tcpdump on the mirror port and resolves when it is listening. `-U` writes each frame at once. */
export async function recordMirror(ward: Ward, file: string, seconds: number): Promise<MirrorCapture> {
  // biome-ignore format: options and their values
  const tcpdump = ward.spawnOnTap("tcpdump", ["-i", ward.mirrorInterface, "-n", "-U", "--immediate-mode", "-s", "0", "-B", "4096",
    "-Z", "root", "-w", file], { seconds });
  const until = Date.now() + MAX_START_MS;
  while (!tcpdump.printed().includes("listening on")) {
    if (Date.now() > until) throw new Error(`tcpdump did not start: ${tcpdump.printed()}`);
    await pause(20);
  }
  return {
    stop: async () => {
      await ward.unplugAll();
      const { received } = await ward.mirrorCounters();
      const giveUp = Date.now() + MAX_FLUSH_MS;
      while (readFrames(file).length < received && Date.now() < giveUp) await pause(50);
      await tcpdump.stop();
    },
  };
}

export interface RecordedFrame {
  readonly at: number;
  readonly bytes: Buffer;
}

/** Frames of a capture that `recordMirror` made; `at` is in microseconds. A record cut short at the end is left out. */
export function readFrames(file: string): RecordedFrame[] {
  const data = readFileSync(file);
  if (data.length < PCAP_HEADER) return [];
  if (data.readUInt32LE(0) !== PCAP_MAGIC) throw new Error(`${file} is not a little-endian µs pcap`);
  const frames: RecordedFrame[] = [];
  for (let at = PCAP_HEADER; at + RECORD_HEADER <= data.length; ) {
    const length = data.readUInt32LE(at + 8);
    const start = at + RECORD_HEADER;
    if (start + length > data.length) break;
    const time = data.readUInt32LE(at) * 1_000_000 + data.readUInt32LE(at + 4);
    frames.push({ at: time, bytes: data.subarray(start, start + length) });
    at = start + length;
  }
  return frames;
}

/** Frames that come twice, byte for byte, within `windowUs`; the mirror of a sound ward gives none. */
export function repeatedFrames(frames: readonly RecordedFrame[], windowUs: number): RecordedFrame[] {
  const lastSeen = new Map<string, number>();
  const repeated: RecordedFrame[] = [];
  for (const frame of frames) {
    const key = frame.bytes.toString("latin1");
    const before = lastSeen.get(key);
    if (before !== undefined && frame.at - before <= windowUs) repeated.push(frame);
    lastSeen.set(key, frame.at);
  }
  return repeated;
}
