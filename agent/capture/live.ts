/** Opens a live port by the means asked for, or by the best this machine has, and says which that is. */
import { openCap } from "./cap.ts";
import { loadCap } from "./cap-module.ts";
import { openProgram } from "./dumpcap.ts";
import type { Program } from "./program-args.ts";
import { CaptureError, type FrameSource } from "./source.ts";

export type LiveMeans = "cap" | Program;

export interface LiveOptions {
  interface: string;
  /** Default "auto": cap where it can be loaded, else dumpcap or tcpdump. */
  source?: LiveMeans | "auto";
  /** The kernel's buffer for frames that wait. Default 32 MiB. */
  bufferBytes?: number;
  /** Bytes kept of each frame; cap always takes 65,535. */
  snapLength?: number;
  /** Called about every `tickMs` milliseconds while running, also when frames flood. */
  onTick?: () => void;
  tickMs?: number;
}

export interface LivePort {
  source: FrameSource;
  means: LiveMeans;
  /** Why not the first choice, for people; "" when it is. */
  because: string;
}

/** Throws CaptureError when the port can't be captured, with what to do about it. */
export const openLive = ({ source: wanted = "auto", ...options }: LiveOptions): LivePort => {
  if (wanted === "cap") return { source: openCap(options), means: "cap", because: "" };
  if (wanted !== "auto") return { source: openProgram({ ...options, program: wanted }), means: wanted, because: "" };
  const because = whyNoCap();
  if (because === "") return { source: openCap(options), means: "cap", because };
  try {
    const source = openProgram(options);
    return { source, means: source.program, because };
  } catch (error) {
    throw error instanceof CaptureError ? new CaptureError(`${error.message}; ${because}`) : error;
  }
};

const whyNoCap = (): string => {
  try {
    loadCap();
    return "";
  } catch (error) {
    return (error as Error).message;
  }
};
