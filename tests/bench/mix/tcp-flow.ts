/** One TCP connection of the mixed capture: handshake, segments, acknowledgements, end; sometimes lost or out of order. */
import type { Turn } from "./conversations.ts";
import { FLAG, type Link, linkBetween, type Segment, tcpFrame } from "./frames.ts";
import type { Host } from "./hosts.ts";
import type { Random } from "./random.ts";

/** One data segment in so many is sent again, and one in so many comes after its successor. */
const RESENT = 400;
const OVERTAKEN = 400;
const SEGMENT = 1448;
const EMPTY: Buffer = Buffer.alloc(0);

export interface Ends {
  client: Host;
  server: Host;
  clientPort: number;
  serverPort: number;
  isIpv6: boolean;
}

export class TcpFlow {
  readonly #ends: Ends;
  readonly #links: readonly [Link, Link];
  readonly #random: Random;
  readonly #segments: Generator<Segment>;
  #held: Segment | undefined;

  constructor(random: Random, ends: Ends, router: Host, conversation: Iterable<Turn>) {
    this.#random = random;
    this.#ends = ends;
    this.#links = [linkBetween(ends.client, ends.server, router), linkBetween(ends.server, ends.client, router)];
    this.#segments = segments(random, conversation);
  }

  /** Drops up to `count` segments, as for a tap that is plugged in while others talk. */
  startLater(count: number): void {
    for (let i = 0; i < count; i++) this.#segments.next();
  }

  /** The next frame's length, 0 when the connection is over. */
  writeNext(frame: Buffer, ticks: number): number {
    const segment = this.#next();
    if (segment === undefined) return 0;
    const { client, server, clientPort, serverPort, isIpv6 } = this.#ends;
    return segment.fromClient
      ? tcpFrame(frame, this.#links[0], client, server, [clientPort, serverPort], segment, isIpv6, ticks)
      : tcpFrame(frame, this.#links[1], server, client, [serverPort, clientPort], segment, isIpv6, ticks);
  }

  #next(): Segment | undefined {
    const held = this.#held;
    if (held !== undefined) {
      this.#held = undefined;
      return held;
    }
    const first = this.#pull();
    if (first === undefined || first.payload.length === 0) return first;
    if (this.#random.below(RESENT) === 0) this.#held = first;
    else if (this.#random.below(OVERTAKEN) === 0) {
      const second = this.#pull();
      if (second === undefined) return first;
      // Only segments of one direction overtake each other.
      this.#held = second.fromClient === first.fromClient ? first : second;
      return second.fromClient === first.fromClient ? second : first;
    }
    return first;
  }

  #pull(): Segment | undefined {
    const { done, value } = this.#segments.next();
    return done ? undefined : value;
  }
}

/** Every second data segment is acknowledged by a frame of its own, as receivers do (RFC 9293, 3.8.6.3). */
function* segments(random: Random, conversation: Iterable<Turn>): Generator<Segment> {
  const sequences = [random.below(0x1_0000_0000), random.below(0x1_0000_0000)] as [number, number];
  const segment = (fromClient: boolean, flags: number, payload = EMPTY): Segment => {
    const side = fromClient ? 0 : 1;
    const [sequence, acknowledgement] = fromClient ? sequences : [sequences[1], sequences[0]];
    sequences[side] = (sequence + payload.length + ((flags & (FLAG.syn | FLAG.fin)) === 0 ? 0 : 1)) >>> 0;
    return { fromClient, flags, sequence, acknowledgement, payload };
  };
  yield segment(true, FLAG.syn);
  yield segment(false, FLAG.syn | FLAG.ack);
  yield segment(true, FLAG.ack);
  for (const { fromClient, bytes } of conversation) {
    let unacknowledged = 0;
    for (let at = 0; at < bytes.length; at += SEGMENT) {
      const isLast = at + SEGMENT >= bytes.length;
      yield segment(fromClient, isLast ? FLAG.ack | FLAG.push : FLAG.ack, bytes.subarray(at, at + SEGMENT));
      if (++unacknowledged % 2 === 0) yield segment(!fromClient, FLAG.ack);
    }
  }
  yield segment(true, FLAG.fin | FLAG.ack);
  yield segment(false, FLAG.fin | FLAG.ack);
  yield segment(true, FLAG.ack);
}
