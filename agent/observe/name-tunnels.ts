/**
 * Hosts that carry data inside the names they ask for: many long names, no two alike, below one domain. Only counts and
 * the domain are kept; what stands left of it is hashed and forgotten. RFC 1035; asked only for questions by DNS.
 */
import type { Packet } from "../decode/packet.ts";
import type { Moment } from "./moment.ts";

const HEADER = 12;
/** Shorter left parts carry next to nothing; ordinary names are shorter. */
const MIN_LEFT = 30;
const MIN_LEFT_PLAIN = 40;
/** Different long names within the window: few suffice for types that nobody's browser asks for. */
const MIN_ODD = 30;
const MIN_PLAIN = 100;
/** Of the questions, so many must be for a name not asked for before: a tunnel never repeats itself. */
const MIN_NEW_SHARE = 0.7;
const WINDOW_MICROS = 5 * 60 * 1_000_000;
/** Pairs of host and domain counted at one time; beyond it the one begun longest ago goes. */
const MAX_PAIRS = 512;
/** Questions counted of a pair in one window; who repeats names so often is no tunnel. */
const MAX_ASKED = 500;
const MAX_LABELS = 127;
const MAX_NAME = 255;
/** A, PTR, AAAA, SRV, SVCB and HTTPS: what ordinary programs ask for, so that only many and long ones are told. */
const PLAIN_TYPES: ReadonlySet<number> = new Set([1, 12, 28, 33, 64, 65]);
/** Below top-level domains of two letters, second-level names this short are no owner's: co.uk, nhs.uk, com.au. */
const MAX_SECOND_LEVEL = 3;

interface Counted {
  from: number;
  asked: number;
  /** Hashes of left parts. */
  odd: Set<number>;
  plain: Set<number>;
  /** Told, or given up, for this window. */
  done: boolean;
}

export class NameTunnels {
  readonly #pairs = new Map<number, Counted>();
  readonly #starts = new Int32Array(MAX_LABELS + 1);

  /** Takes a packet to the DNS port. The domain, in lower case, once per window in which it looks like a tunnel. */
  question(packet: Packet, host: number): string | undefined {
    const { bytes, payloadAt: at, payloadLength } = packet;
    // A plain question: one name, no answer.
    if (host < 0 || payloadLength < HEADER + MIN_LEFT || (bytes[at + 2]! & 0xf8) !== 0) return undefined;
    if (bytes.readUInt16BE(at + 4) !== 1 || bytes.readUInt16BE(at + 6) !== 0) return undefined;
    const starts = this.#starts;
    const end = Math.min(at + payloadLength, at + HEADER + MAX_NAME);
    let labels = 0;
    let next = at + HEADER;
    while (next < end && bytes[next] !== 0) {
      if (bytes[next]! > 63 || labels >= MAX_LABELS) return undefined;
      starts[labels++] = next;
      next += 1 + bytes[next]!;
    }
    if (next + 5 > at + payloadLength || bytes[next] !== 0) return undefined;
    const domain = labels - (isShared(bytes, starts, labels) ? 3 : 2);
    if (domain <= 0) return undefined;
    const domainAt = starts[domain]!;
    const left = domainAt - starts[0]! - domain;
    const isPlain = PLAIN_TYPES.has(bytes.readUInt16BE(next + 1));
    if (left < (isPlain ? MIN_LEFT_PLAIN : MIN_LEFT) || isReverse(bytes, starts, labels)) return undefined;
    const counted = this.#countedOf(host, hash(bytes, domainAt, next), packet);
    if (counted.done) return undefined;
    if (++counted.asked > MAX_ASKED) return finish(counted);
    (isPlain ? counted.plain : counted.odd).add(hash(bytes, starts[0]!, domainAt));
    const { odd, plain } = counted;
    if (odd.size < MIN_ODD && plain.size < MIN_PLAIN) return undefined;
    if (odd.size + plain.size < counted.asked * MIN_NEW_SHARE) return undefined;
    finish(counted);
    return textOf(bytes, domainAt, next);
  }

  /** Host indexes changed. */
  clear(): void {
    this.#pairs.clear();
  }

  #countedOf(host: number, domain: number, { at }: Moment): Counted {
    const key = host * 0x1_0000_0000 + domain;
    const known = this.#pairs.get(key);
    if (known !== undefined && at - known.from <= WINDOW_MICROS && at >= known.from) return known;
    if (known === undefined && this.#pairs.size >= MAX_PAIRS) {
      for (const oldest of this.#pairs.keys()) {
        this.#pairs.delete(oldest);
        break;
      }
    }
    const counted = { from: at, asked: 0, odd: new Set<number>(), plain: new Set<number>(), done: false };
    this.#pairs.set(key, counted);
    return counted;
  }
}

function finish(counted: Counted): undefined {
  counted.done = true;
  counted.odd.clear();
  counted.plain.clear();
}

function isShared(bytes: Buffer, starts: Int32Array, labels: number): boolean {
  if (labels < 3) return false;
  return bytes[starts[labels - 1]!] === 2 && bytes[starts[labels - 2]!]! <= MAX_SECOND_LEVEL;
}

/** Names of addresses (in-addr.arpa, ip6.arpa) are long and many by design. */
const isReverse = (bytes: Buffer, starts: Int32Array, labels: number) =>
  bytes[starts[labels - 1]!] === 4 && (bytes.readInt32BE(starts[labels - 1]! + 1) | 0x20202020) === 0x61727061;

/** Upper and lower case alike: some resolvers mix them on purpose. */
function hash(bytes: Buffer, from: number, to: number): number {
  let value = 0x811c9dc5;
  for (let at = from; at < to; at++) value = Math.imul(value ^ (bytes[at]! | 0x20), 0x01000193);
  return value >>> 0;
}

/** undefined where the domain has letters that no owner's may have. */
function textOf(bytes: Buffer, from: number, to: number): string | undefined {
  const parts: string[] = [];
  for (let at = from; at < to; at += 1 + bytes[at]!) parts.push(bytes.toString("latin1", at + 1, at + 1 + bytes[at]!));
  const text = parts.join(".").toLowerCase();
  return /^[a-z0-9_.-]+$/.test(text) ? text : undefined;
}
