/** Brings payloads to dissectors: recognises a flow's protocol, rejoins TCP, folds what is learnt. */

import type { Packet } from "../decode/packet.ts";
import { Stream } from "../decode/stream.ts";
import { type DissectorDefinition, type Flow, isMalformed, type Malformed } from "../dissectors/dissector.ts";
import { hashOf } from "../dissectors/print.ts";
import type { Recogniser } from "../dissectors/recogniser.ts";
import { droppedNames } from "../dissectors/self-given.ts";
import type { EvidenceFold, FoldedEvidence, Place } from "./evidence-fold.ts";
import type { Moment } from "./moment.ts";
import type { Repeats } from "./repeats.ts";

/** A flow that no dissector knew after this many payload bytes of one direction, or packets, is given up. */
const MAX_UNKNOWN_BYTES = 4096;
const MAX_UNKNOWN_PACKETS = 12;
/** Segments that a first message may take to arrive. */
const MAX_WAIT_PACKETS = 256;
/** Messages in a row that a chosen dissector could not read before the flow is recognised anew, and then given up. */
const MAX_STRAYS = 16;
/** The same for the segments of a connection: after a loss the rest of a long message passes by before the next begins. */
const MAX_STRAY_SEGMENTS = 1024;
/** A message longer than this is dissected cut, the rest skipped. */
const MAX_MESSAGE_BYTES = 65_536;

/**
 * Bytes of unfinished messages that all flows may hold together. Past it, what the flow at hand holds is let go and
 * counted: a flood of beginnings must not take the memory of the machine.
 */
const MAX_HELD_BYTES = 64 * 1024 * 1024;

/** Protocols that may follow each other in one flow. */
const MAX_HAND_OVERS = 3;
const FIN_RST = 0x05;

/** Different messages remembered per side of a flow, for senders that alternate between some. */
const MAX_READS = 4;

/** A message read before: the hash it is known by again, and what it taught. */
interface Read {
  print: number;
  learnt: readonly FoldedEvidence[];
}

/** What is kept for a flow while it is analysed. */
export interface Analysis {
  /** Chosen dissector, -1 none yet. */
  dissector: number;
  streams: [Stream | undefined, Stream | undefined];
  /** Bytes that its streams hold, as counted in the sum over all flows. */
  held: number;
  seenBytes: [number, number];
  packets: number;
  strays: number;
  /** Times that one protocol made way for the next. */
  handOvers: number;
  state: unknown;
  /** What was read last per side, for repeats. */
  reads: [Read[] | undefined, Read[] | undefined];
}

/** Nothing to remember for a datagram flow but how many nobody understood (see `unknown`). */
export const isForgettable = (analysis: Analysis): boolean => analysis.state === undefined && analysis.strays === 0;

/** Both directions heard of a connection have ended. */
export const isOver = ({ streams: [one, other] }: Analysis): boolean =>
  (one !== undefined || other !== undefined) && (one?.closed ?? true) && (other?.closed ?? true);

/** Makes a used analysis as good as new, for a flow of this dissector (-1 none) and so many unknown packets. */
export function renew(analysis: Analysis, dissector: number, packets: number): void {
  analysis.dissector = dissector;
  analysis.packets = packets;
  analysis.strays = 0;
  analysis.state = undefined;
  analysis.reads[0] = undefined;
  analysis.reads[1] = undefined;
}

export const emptyAnalysis = (): Analysis => ({
  dissector: -1,
  streams: [undefined, undefined],
  held: 0,
  seenBytes: [0, 0],
  packets: 0,
  strays: 0,
  handOvers: 0,
  state: undefined,
  reads: [undefined, undefined],
});

/** What became of a payload. */
export const VERDICT = { goOn: 0, finished: 1, recognised: 2 } as const;

export interface AnalyserHooks {
  /** A message proved which side answers. */
  serverIs(side: "sender" | "receiver"): void;
  /** Names and hosts of the packet at hand; only asked when evidence was found. */
  place(protocol: string): Place;
}

export class Analyser {
  readonly malformed = new Map<string, number>();
  /** Times that a flow's unfinished message was let go for want of room. */
  overflow = 0;
  #held = 0;
  /** The message just read said that another protocol follows. */
  #handedOver = false;
  readonly #recogniser: Recogniser;
  readonly #fold: EvidenceFold;
  readonly #hooks: AnalyserHooks;
  readonly #candidates: number[] = [];
  readonly #repeats: Repeats;
  /** Of the message just read: 0 nothing of who serves, 1 the sender, 2 the receiver, -1 malformed. */
  #said = 0;
  /** The message by which a connection's protocol was just recognised, and its whole length (0 not known). */
  #trial: object | Malformed | undefined;
  #trialLength = 0;

  constructor(recogniser: Recogniser, fold: EvidenceFold, repeats: Repeats, hooks: AnalyserHooks) {
    this.#recogniser = recogniser;
    this.#fold = fold;
    this.#repeats = repeats;
    this.#hooks = hooks;
  }

  /**
   * One UDP payload. `flow.state` is the analysis' state; `from` and `to` are the hosts' indexes, by which what
   * they said in other flows is known again.
   */
  datagram(analysis: Analysis, flow: Flow, packet: Packet, side: 0 | 1, from: number, to: number): number {
    const { bytes, payloadAt, payloadLength } = packet;
    let whole = 0;
    if (analysis.state !== undefined) {
      whole = hashOf(bytes, payloadAt, payloadLength);
      const learnt = learntBefore(analysis.reads[side], whole);
      if (learnt !== undefined) {
        this.repeat(learnt, packet);
        return VERDICT.goOn;
      }
    }
    const chosen = analysis.dissector;
    const candidates = this.#candidates;
    let byPattern = 1;
    if (chosen >= 0) {
      candidates.length = 1;
      candidates[0] = chosen;
    } else {
      byPattern = this.#recogniser.candidates(
        17,
        bytes,
        payloadAt,
        payloadLength,
        packet.sourcePort,
        packet.destinationPort,
        candidates,
      );
      if (candidates.length === 0) return ++analysis.packets >= MAX_UNKNOWN_PACKETS ? VERDICT.finished : VERDICT.goOn;
    }
    flow.cut = packet.payloadWireLength > payloadLength;
    flow.state = analysis.state;
    // What a dissector with a memory of the flow makes of a message may differ each time.
    const isMemorable = from >= 0 && !flow.cut && analysis.state === undefined;
    const context = isMemorable ? contextOf(flow, to) : 0;
    let payload: Buffer | undefined;
    for (let i = 0; i < candidates.length; i++) {
      const index = candidates[i]!;
      let print = 0;
      if (isMemorable) {
        const same = this.#recogniser.definition(index).sameDatagram;
        if (same !== undefined) print = same(bytes, payloadAt, payloadLength, flow);
        if (print === 0) {
          if (whole === 0) whole = hashOf(bytes, payloadAt, payloadLength);
          print = whole;
        }
        const slot = this.#repeats.find(print, from, context + index);
        if (slot >= 0) {
          analysis.dissector = index;
          const server = this.#repeats.note(slot);
          if (server !== 0) this.#hooks.serverIs(server === 1 ? "sender" : "receiver");
          this.repeat(this.#repeats.learnt(slot), packet);
          return VERDICT.goOn;
        }
      }
      payload ??= bytes.subarray(payloadAt, payloadAt + payloadLength);
      if (chosen < 0) flow.state = undefined;
      const droppedBefore = droppedNames.count;
      this.#said = 0;
      const learnt = this.#dissect(index, payload, flow, i >= byPattern);
      if (learnt === undefined) continue;
      analysis.dissector = index;
      analysis.state = flow.state;
      if (learnt === "done") return VERDICT.finished;
      if (flow.state !== undefined) {
        if (whole === 0) whole = hashOf(bytes, payloadAt, payloadLength);
        analysis.reads[side] = [{ print: whole, learnt }];
      }
      // Malformed ones and dropped names are counted each time, so each is read.
      if (isMemorable && flow.state === undefined && this.#said >= 0 && droppedNames.count === droppedBefore)
        this.#repeats.keep(print, from, context + index, learnt, this.#said);
      return chosen < 0 ? VERDICT.recognised : VERDICT.goOn;
    }
    if (chosen >= 0) {
      analysis.state = flow.state;
      return ++analysis.strays > MAX_STRAYS ? VERDICT.finished : VERDICT.goOn;
    }
    flow.state = undefined;
    return ++analysis.packets >= MAX_UNKNOWN_PACKETS ? VERDICT.finished : VERDICT.goOn;
  }

  /** One TCP segment with payload. */
  segment(analysis: Analysis, flow: Flow, packet: Packet, side: 0 | 1): number {
    analysis.streams[side] ??= new Stream();
    const stream = analysis.streams[side];
    stream.push(
      packet.tcpSequence,
      packet.bytes,
      packet.payloadAt,
      packet.payloadLength,
      packet.payloadWireLength,
      packet.tcpFlags & FIN_RST,
    );
    // The rest of this segment was cut off by the capture: no use in waiting for it.
    const isCut = packet.payloadWireLength > packet.payloadLength;
    flow.state = analysis.state;
    let verdict: number = VERDICT.goOn;
    // Each turn consumes bytes or leaves, so the loop ends.
    while (verdict !== VERDICT.finished) {
      const payload = stream.available();
      if (payload.length === 0) break;
      const before = analysis.dissector;
      if (analysis.dissector < 0) {
        const found = this.#recogniseStream(analysis, flow, payload, packet, side, isCut);
        if (found === VERDICT.finished) verdict = found;
        if (analysis.dissector < 0) break;
        verdict = VERDICT.recognised;
      }
      const trial = this.#trial;
      this.#trial = undefined;
      const consumed =
        trial === undefined
          ? this.#readMessage(analysis, flow, payload, stream, packet, isCut, side)
          : this.#learnTrial(analysis, flow, payload, stream, trial, side);
      if (consumed < 0) verdict = this.#goesOn(analysis, flow) ? VERDICT.goOn : VERDICT.finished;
      if (consumed === 0 && analysis.dissector === before) break;
    }
    stream.release();
    analysis.state = flow.state;
    this.#account(analysis);
    return verdict;
  }

  /** True when another protocol follows in this flow (TLS after STARTTLS): it is recognised anew. */
  #goesOn(analysis: Analysis, flow: Flow): boolean {
    if (!this.#handedOver || ++analysis.handOvers > MAX_HAND_OVERS) return false;
    this.#handedOver = false;
    analysis.dissector = -1;
    analysis.packets = 0;
    analysis.strays = 0;
    analysis.seenBytes[0] = 0;
    analysis.seenBytes[1] = 0;
    analysis.reads[0] = undefined;
    analysis.reads[1] = undefined;
    flow.state = undefined;
    return true;
  }

  /** Call when a flow's analysis is dropped: what it held is free again. */
  forget(analysis: Analysis): void {
    this.#held -= analysis.held;
    analysis.held = 0;
  }

  #account(analysis: Analysis): void {
    const { streams } = analysis;
    const held = (streams[0]?.heldBytes ?? 0) + (streams[1]?.heldBytes ?? 0);
    this.#held += held - analysis.held;
    analysis.held = held;
    if (held === 0 || this.#held <= MAX_HELD_BYTES) return;
    this.overflow++;
    streams[0] = undefined;
    streams[1] = undefined;
    this.forget(analysis);
  }

  /** A link frame or an IP protocol's payload, for the dissectors listed. Returns what it taught. */
  direct(dissectors: readonly number[], payload: Buffer, flow: Flow): readonly FoldedEvidence[] | undefined {
    for (let i = 0; i < dissectors.length; i++) {
      const learnt = this.#dissect(dissectors[i]!, payload, flow);
      if (learnt !== undefined) return learnt === "done" ? [] : learnt;
    }
    return undefined;
  }

  /** Counts once more what was learnt before. */
  repeat(learnt: readonly FoldedEvidence[], moment: Moment): void {
    for (let i = 0; i < learnt.length; i++) this.#fold.repeat(learnt[i]!, moment);
  }

  #recogniseStream(
    analysis: Analysis,
    flow: Flow,
    payload: Buffer,
    packet: Packet,
    side: 0 | 1,
    isCut: boolean,
  ): number {
    const candidates = this.#candidates;
    const byPattern = this.#recogniser.candidates(
      6,
      payload,
      0,
      payload.length,
      packet.sourcePort,
      packet.destinationPort,
      candidates,
    );
    let wantsMore = false;
    for (let i = 0; i < candidates.length; i++) {
      const definition = this.#recogniser.definition(candidates[i]!);
      flow.state = undefined;
      const length = definition.messageLength?.(payload, flow) ?? payload.length;
      if (length < 0) continue;
      const needed = length === 0 ? 0 : Math.min(length, definition.needs?.(payload, flow) ?? length);
      if (!isCut && (length === 0 || (needed > payload.length && payload.length < MAX_MESSAGE_BYTES))) {
        // It may be this one, and its message is still arriving: wait for the rest before judging.
        wantsMore = true;
        continue;
      }
      flow.cut = isCut || length > payload.length || needed < length;
      const droppedBefore = droppedNames.count;
      const message = payload.subarray(0, length === 0 ? payload.length : Math.min(needed, payload.length));
      const trial = definition.dissect(message, flow);
      if (trial === undefined || (isMalformed(trial) && i >= byPattern)) {
        droppedNames.count = droppedBefore;
        continue;
      }
      analysis.dissector = candidates[i]!;
      this.#trial = trial;
      this.#trialLength = length;
      return VERDICT.recognised;
    }
    flow.state = undefined;
    analysis.packets++;
    if (wantsMore && payload.length < MAX_MESSAGE_BYTES && analysis.packets < MAX_WAIT_PACKETS) return VERDICT.goOn;
    const stream = analysis.streams[side]!;
    analysis.seenBytes[side] += payload.length;
    stream.consume(payload.length);
    return analysis.seenBytes[side] > MAX_UNKNOWN_BYTES || analysis.packets >= MAX_UNKNOWN_PACKETS
      ? VERDICT.finished
      : VERDICT.goOn;
  }

  /** The message by which a protocol was recognised is read already. Returns as #readMessage does. */
  #learnTrial(
    analysis: Analysis,
    flow: Flow,
    payload: Buffer,
    stream: Stream,
    trial: object | Malformed,
    side: 0 | 1,
  ): number {
    const length = this.#trialLength;
    const definition = this.#recogniser.definition(analysis.dissector);
    const wanted = length === 0 ? payload.length : length;
    let print = 0;
    if (length !== 0 && definition.sameAs !== undefined)
      print = definition.sameAs(wanted < payload.length ? payload.subarray(0, wanted) : payload, flow);
    const learnt = this.#learnMessage(definition, trial, flow);
    analysis.strays = 0;
    if (learnt !== "done") keepRead(analysis, side, print, learnt);
    pass(stream, wanted, payload.length);
    return learnt === "done" ? -1 : wanted;
  }

  /** Bytes consumed; 0 when more are needed; -1 when the flow has nothing more to teach. */
  #readMessage(
    analysis: Analysis,
    flow: Flow,
    payload: Buffer,
    stream: Stream,
    moment: Moment,
    isCut: boolean,
    side: 0 | 1,
  ): number {
    const definition = this.#recogniser.definition(analysis.dissector);
    const length = definition.messageLength?.(payload, flow) ?? payload.length;
    if (length < 0) return this.#stray(analysis, stream, payload);
    const wanted = length === 0 ? payload.length : length;
    let message = wanted < payload.length ? payload.subarray(0, wanted) : payload;
    const print = length !== 0 && definition.sameAs !== undefined ? definition.sameAs(message, flow) : 0;
    if (print !== 0) {
      const learnt = learntBefore(analysis.reads[side], print);
      if (learnt !== undefined) {
        this.repeat(learnt, moment);
        pass(stream, wanted, payload.length);
        return wanted;
      }
    }
    const needed =
      length !== 0 && definition.needs !== undefined ? Math.min(wanted, definition.needs(message, flow)) : wanted;
    if ((length === 0 || needed > payload.length) && !isCut && payload.length < MAX_MESSAGE_BYTES) return 0;
    if (needed < message.length) message = message.subarray(0, needed);
    flow.cut = length === 0 || message.length < wanted;
    const learnt = this.#dissect(analysis.dissector, message, flow);
    if (learnt === undefined) return this.#stray(analysis, stream, payload);
    analysis.strays = 0;
    if (learnt !== "done") keepRead(analysis, side, print, learnt);
    pass(stream, wanted, payload.length);
    return learnt === "done" ? -1 : wanted;
  }

  /** Bytes that the chosen dissector does not know: after a loss the next segment may begin a message again. */
  #stray(analysis: Analysis, stream: Stream, payload: Buffer): number {
    stream.consume(payload.length);
    return ++analysis.strays > MAX_STRAY_SEGMENTS ? -1 : payload.length;
  }

  #dissect(index: number, payload: Buffer, flow: Flow, quiet = false): readonly FoldedEvidence[] | "done" | undefined {
    const definition = this.#recogniser.definition(index);
    const message = definition.dissect(payload, flow);
    // A port alone is no reason to call somebody else's bytes malformed.
    if (message === undefined || (quiet && isMalformed(message))) return undefined;
    return this.#learnMessage(definition, message, flow);
  }

  #learnMessage(
    definition: DissectorDefinition<object>,
    read: object | Malformed,
    flow: Flow,
  ): readonly FoldedEvidence[] | "done" {
    let message = read;
    if (isMalformed(message)) {
      this.#said = -1;
      this.malformed.set(definition.protocol, (this.malformed.get(definition.protocol) ?? 0) + 1);
      if (message.partial === undefined) return NOTHING;
      message = message.partial;
    }
    const side = definition.server?.(message, flow);
    if (side !== undefined) {
      if (this.#said === 0) this.#said = side === "sender" ? 1 : 2;
      this.#hooks.serverIs(side);
    }
    const learnt = this.#learn(definition, message, flow);
    const done = definition.done?.(message, flow) ?? false;
    this.#handedOver = done === "next";
    return done === false ? learnt : "done";
  }

  #learn(definition: DissectorDefinition<object>, message: object, flow: Flow): readonly FoldedEvidence[] {
    const evidence = definition.evidence(message, flow);
    if (evidence.length === 0) return NOTHING;
    const place = this.#hooks.place(definition.protocol);
    const folded: FoldedEvidence[] = [];
    for (const piece of evidence) {
      const kept = this.#fold.add(piece, place);
      if (kept !== undefined) folded.push(kept);
    }
    return folded;
  }
}

const NOTHING: readonly FoldedEvidence[] = [];

function learntBefore(reads: readonly Read[] | undefined, print: number): readonly FoldedEvidence[] | undefined {
  if (reads === undefined) return undefined;
  for (let i = 0; i < reads.length; i++) if (reads[i]!.print === print) return reads[i]!.learnt;
  return undefined;
}

function keepRead(analysis: Analysis, side: 0 | 1, print: number, learnt: readonly FoldedEvidence[]): void {
  if (print === 0) {
    analysis.reads[side] = undefined;
    return;
  }
  const reads = analysis.reads[side] ?? [];
  analysis.reads[side] = reads;
  if (reads.length >= MAX_READS) reads.shift();
  reads.push({ print, learnt });
}

/** Ports from here on are mostly a client's own, which mean nothing. */
const FIRST_OWN_PORT = 32_768;

/** What a datagram's evidence may depend on beside its bytes and its sender: whom it goes to, and by which service. */
function contextOf({ sourcePort, destinationPort, server }: Flow, to: number): number {
  const low = Math.min(sourcePort, destinationPort);
  const high = Math.max(sourcePort, destinationPort);
  const ends = (sourcePort < destinationPort ? 1 : 0) | (server === "sender" ? 2 : server === "receiver" ? 4 : 0);
  const ports = Math.imul(low, 0x9e3779b1) ^ (high < FIRST_OWN_PORT ? Math.imul(high, 0x85ebca6b) : 0);
  return ports ^ Math.imul(to + 1, 0xc2b2ae35) ^ (ends << 16);
}

/** Leaves a message behind, also what of it is still to come. */
function pass(stream: Stream, length: number, arrived: number): void {
  stream.consume(Math.min(length, arrived));
  if (length > arrived) stream.skip(length - arrived);
}
