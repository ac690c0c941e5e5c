/**
 * Which cards claim an address, by ARP and neighbour discovery, and whether two claim it in turn within a short time.
 * Asked only for packets that claim or ask. RFC 826, RFC 4861, RFC 5227.
 */
import type { Moment } from "./moment.ts";

/** Addresses watched at one time; beyond it those first claimed longest ago go. */
const MAX_CLAIMED = 8192;
/** Turns further apart than this are an address that moved, back and forth. */
const WINDOW_MICROS = 5 * 60 * 1_000_000;
/** Who is claimed away from answers at once (RFC 5227, 2.4); a host that was given the address later does not. */
const QUICK_MICROS = 10 * 1_000_000;
/** Turns after which two claim it, however slow: to another card, back, and there again. */
const MIN_TURNS = 3;
/** An answer belongs to a question heard so shortly before. */
const ANSWER_MICROS = 3 * 1_000_000;
/** Answers nobody asked for, within the window, that are no accident. */
const MIN_UNASKED = 5;

/** A card's address: upper 16 and lower 32 bits. */
interface Claimant {
  high: number;
  low: number;
  /** Last time it claimed; -Infinity while there is no such card. */
  at: number;
  unasked: number;
  unaskedFrom: number;
}

interface Entry {
  w0: number;
  w1: number;
  w2: number;
  w3: number;
  vlan: number;
  /** Who claims it now, and who did before. */
  now: Claimant;
  before: Claimant;
  /** When `now` took over from `before`. */
  turnedAt: number;
  turns: number;
  turnsFrom: number;
  askedAt: number;
}

/** What a claim proves, for whoever asked: read it before the next claim. */
export interface ClaimVerdict {
  /** Two cards claim the address in turn; `other` is the one beside the claimant. */
  contested: boolean;
  /** The claimant keeps telling others, unasked, that an address is its own that another card claimed shortly before. */
  forced: boolean;
  otherHigh: number;
  otherLow: number;
}

export class AddressClaims {
  readonly #entries = new Map<number, Entry>();
  readonly #verdict: ClaimVerdict = { contested: false, forced: false, otherHigh: 0, otherLow: 0 };

  /** A host asks whose address this is (IPv4 in the last word). */
  asked(vlan: number, w0: number, w1: number, w2: number, w3: number, moment: Moment): void {
    const entry = this.#entries.get(keyOf(vlan, w0, w1, w2, w3));
    if (entry !== undefined && isFor(entry, vlan, w0, w1, w2, w3)) entry.askedAt = moment.at;
  }

  /**
   * A card says the address is its own. `told` when that was an answer to one host and no announcement to all: such
   * answers follow a question. undefined: nothing new.
   */
  claim(
    vlan: number,
    w0: number,
    w1: number,
    w2: number,
    w3: number,
    high: number,
    low: number,
    told: boolean,
    moment: Moment,
  ): ClaimVerdict | undefined {
    const { at } = moment;
    const key = keyOf(vlan, w0, w1, w2, w3);
    let entry = this.#entries.get(key);
    if (entry === undefined || !isFor(entry, vlan, w0, w1, w2, w3)) {
      if (entry === undefined && this.#entries.size >= MAX_CLAIMED) this.#forgetOldest();
      entry = newEntry(vlan, w0, w1, w2, w3, high, low, at);
      this.#entries.set(key, entry);
      return undefined;
    }
    const contested = entry.now.high === high && entry.now.low === low ? false : turn(entry, high, low, at);
    const { now, before } = entry;
    now.at = at;
    const forced =
      told && at - entry.askedAt > ANSWER_MICROS && at - before.at <= WINDOW_MICROS && countUnasked(now, at);
    if (!contested && !forced) return undefined;
    const verdict = this.#verdict;
    verdict.contested = contested;
    verdict.forced = forced;
    verdict.otherHigh = before.high;
    verdict.otherLow = before.low;
    return verdict;
  }

  #forgetOldest(): void {
    for (const key of this.#entries.keys()) {
      this.#entries.delete(key);
      return;
    }
  }
}

/** Another card than the last one claims the address. True when the two do so in turn. */
function turn(entry: Entry, high: number, low: number, at: number): boolean {
  const { now, before } = entry;
  const isBack = before.high === high && before.low === low && before.at !== Number.NEGATIVE_INFINITY;
  const isQuick = at - entry.turnedAt <= QUICK_MICROS;
  if (!isBack) {
    before.high = high;
    before.low = low;
    before.unasked = 0;
  }
  entry.now = before;
  entry.before = now;
  entry.turnedAt = at;
  if (!isBack || at - entry.turnsFrom > WINDOW_MICROS || at < entry.turnsFrom) {
    entry.turns = 1;
    entry.turnsFrom = at;
    return isBack && isQuick;
  }
  return ++entry.turns >= MIN_TURNS || isQuick;
}

/** True each time another round of unasked answers is full. */
function countUnasked(claimant: Claimant, at: number): boolean {
  if (claimant.unasked === 0 || at - claimant.unaskedFrom > WINDOW_MICROS || at < claimant.unaskedFrom) {
    claimant.unasked = 0;
    claimant.unaskedFrom = at;
  }
  if (++claimant.unasked < MIN_UNASKED) return false;
  claimant.unasked = 0;
  return true;
}

const newEntry = (
  vlan: number,
  w0: number,
  w1: number,
  w2: number,
  w3: number,
  high: number,
  low: number,
  at: number,
): Entry => ({
  vlan,
  w0,
  w1,
  w2,
  w3,
  now: { high, low, at, unasked: 0, unaskedFrom: at },
  before: { high: -1, low: 0, at: Number.NEGATIVE_INFINITY, unasked: 0, unaskedFrom: at },
  turnedAt: Number.NEGATIVE_INFINITY,
  turns: 0,
  turnsFrom: at,
  askedAt: Number.NEGATIVE_INFINITY,
});

const isFor = (entry: Entry, vlan: number, w0: number, w1: number, w2: number, w3: number) =>
  entry.w3 === w3 && entry.w2 === w2 && entry.w1 === w1 && entry.w0 === w0 && entry.vlan === vlan;

/**
 * Entries that meet in one key take each other's place; that is rare, and costs only the memory of claims. 32 bits, so
 * that no number is boxed; two IPv4 addresses of one VLAN never meet.
 */
const keyOf = (vlan: number, w0: number, w1: number, w2: number, w3: number): number =>
  w3 ^ Math.imul(w0 ^ Math.imul(w1, 0x85ebca6b) ^ vlan, 0x9e3779b1) ^ Math.imul(w2, 0xc2b2ae35);
