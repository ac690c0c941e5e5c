/**
 * Live capture in this process through libpcap. It belongs in a process of its own: the binding aborts its process
 * (SIGABRT, nothing can catch it) when the interface is switched off or removed, and while frames arrive faster than
 * they are handled no timer, socket or signal handler runs. Whoever starts that process restarts it.
 */
import { type Cap, loadCap } from "./cap-module.ts";
import { FrameClock } from "./frame-clock.ts";
import { checkInterface, readMtu } from "./interface.ts";
import { LossMeter } from "./loss.ts";
import {
  CaptureError,
  emptyFrame,
  type FrameHandler,
  type FrameSource,
  LINK_TYPE,
  type SourceCounts,
  type SourceEnd,
} from "./source.ts";
import { Ticker } from "./ticker.ts";

/** The binding asks for 65,535 bytes of a frame; longer ones are cut, and how long they were is not known. */
const PACKET_BYTES = 65_536;
const ETHERNET_MTU = 1_500;
export const DEFAULT_BUFFER_BYTES = 32 << 20;
/** libpcap takes the size as a signed 32-bit number. */
const MAX_BUFFER_BYTES = 1 << 30;
export const DEFAULT_TICK_MS = 250;

const LINK_TYPES: Readonly<Record<string, number>> = {
  NULL: LINK_TYPE.null,
  ETHERNET: LINK_TYPE.ethernet,
  LINKTYPE_LINUX_SLL: LINK_TYPE.linuxSll,
  RAW: LINK_TYPE.raw,
};

/**
 * Everything the binding points into, for the life of the process: it keeps no reference to the packet buffer, and a
 * closed Cap that is collected can crash in its destructor.
 */
const kept: { cap: Cap; packet: Buffer }[] = [];
let inUse = false;

export interface CapOptions {
  interface: string;
  /**
   * The kernel's ring. Default DEFAULT_BUFFER_BYTES, which holds about 20,000 frames of a port whose offloads are off
   * (`ethtool -K IF gro off lro off gso off tso off`), but only about 500 of one where they are on: libpcap then makes
   * every slot 64 KiB large.
   */
  bufferBytes?: number;
  /** Called about every `tickMs` (default DEFAULT_TICK_MS) while running, during a flood too. Must be short. */
  onTick?: () => void;
  tickMs?: number;
}

/** Throws CaptureError when the module, the interface or the right to capture is missing. One per process, ever. */
export const openCap = (options: CapOptions): FrameSource => {
  if (inUse) throw new CaptureError("this process has had its capture: cap can open only one safely");
  const { interface: name, bufferBytes = DEFAULT_BUFFER_BYTES } = options;
  if (!Number.isInteger(bufferBytes) || bufferBytes < PACKET_BYTES || bufferBytes > MAX_BUFFER_BYTES) {
    throw new CaptureError(`a capture buffer has ${PACKET_BYTES} to ${MAX_BUFFER_BYTES} bytes, not ${bufferBytes}`);
  }
  const { Cap } = loadCap();
  checkInterface(name);
  const packet = Buffer.alloc(PACKET_BYTES);
  const cap = new Cap();
  kept.push({ cap, packet });
  let link: string;
  try {
    // No filter: loss is counted as what the interface had less what was read.
    link = cap.open(name, "", bufferBytes, packet);
  } catch (error) {
    throw new CaptureError(`can't capture on ${name}: ${explain((error as Error).message)}`);
  }
  inUse = true;
  return new CapSource(cap, packet, linkTypeOf(link), options);
};

class CapSource implements FrameSource {
  readonly interfaces: readonly string[];
  readonly #cap: Cap;
  readonly #frame = emptyFrame();
  readonly #loss: LossMeter;
  readonly #ticker: Ticker;
  readonly #clock = new FrameClock();
  readonly #mayWait: number;
  #bytesRead = 0;
  #closed = false;
  #ended: (() => void) | undefined;

  constructor(cap: Cap, packet: Buffer, linkType: number, options: CapOptions) {
    const { interface: name, bufferBytes = DEFAULT_BUFFER_BYTES, onTick, tickMs } = options;
    this.#loss = new LossMeter(name);
    this.interfaces = [name];
    this.#cap = cap;
    this.#frame.bytes = packet;
    this.#frame.linkType = linkType;
    // Each waiting frame takes a slot of the ring that is larger than the longest packet.
    this.#mayWait = Math.ceil(bufferBytes / (readMtu(name) ?? ETHERNET_MTU));
    this.#ticker = new Ticker(tickMs ?? DEFAULT_TICK_MS, (fromTimer) => {
      this.#clock.correct();
      // The binding leaves its loop only when no frame waits, and immediates run right behind that loop.
      if (fromTimer) setImmediate(() => this.#countLoss(0));
      else this.#countLoss(this.#mayWait);
      onTick?.();
    });
  }

  /** A frame's time is that of its handing over: the binding gives none. During a burst it is late by the wait. */
  async run(handler: FrameHandler): Promise<SourceEnd> {
    if (!this.#closed) {
      const frame = this.#frame;
      const clock = this.#clock;
      const ticker = this.#ticker;
      this.#cap.on("packet", (length) => {
        if (this.#closed) return;
        const nowMs = performance.now();
        frame.length = length;
        frame.wireLength = length;
        frame.at = clock.at(nowMs);
        frame.number++;
        this.#bytesRead += length;
        handler(frame);
        ticker.check(nowMs);
      });
      ticker.start();
      await new Promise<void>((resolve) => {
        this.#ended = resolve;
      });
    }
    return { reason: "closed" };
  }

  counts(): SourceCounts {
    return { framesRead: this.#frame.number, bytesRead: this.#bytesRead, framesLost: this.#loss.lost };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#ticker.stop();
    this.#cap.close();
    this.#ended?.();
  }

  #countLoss(mayWait: number): void {
    const arrived = this.#loss.arrived();
    if (arrived === null || this.#closed) return;
    if (mayWait === 0) this.#loss.settle(arrived, this.#frame.number);
    else this.#loss.atLeast(arrived, this.#frame.number, mayWait);
  }
}

const linkTypeOf = (name: string): number => {
  const known = LINK_TYPES[name];
  if (known !== undefined) return known;
  // "Unknown linktype 113": the number is still libpcap's own.
  const number = /(\d+)$/.exec(name)?.[1];
  if (name.startsWith("IEEE802_11")) return LINK_TYPE_802_11_RADIO;
  return number === undefined ? LINK_TYPE.ethernet : Number(number);
};
const LINK_TYPE_802_11_RADIO = 127;

const explain = (message: string): string =>
  /permission|not permitted/i.test(message)
    ? "the right to capture is missing; run as root or give the process CAP_NET_RAW"
    : message.split("\n", 1)[0] || "libpcap gave no reason";
