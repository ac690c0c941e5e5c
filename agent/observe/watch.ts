/** The road from frame to observation: decode, count, recognise, dissect, fold. The same live and in replay. */
import type { Frame } from "../capture/source.ts";
import { ipText, macText } from "../decode/addresses.ts";
import { createDecoder, type Decoder } from "../decode/decode.ts";
import { type DecodeCounters, emptyPacket, type Packet } from "../decode/packet.ts";
import type { Dissector, Flow } from "../dissectors/dissector.ts";
import { hashOf } from "../dissectors/print.ts";
import { createRecogniser, type Recogniser } from "../dissectors/recogniser.ts";
import { droppedNames } from "../dissectors/self-given.ts";
import { Analyser, type Analysis, emptyAnalysis, isForgettable, isOver, renew, VERDICT } from "./analyser.ts";
import { ClaimWatch } from "./claim-watch.ts";
import { DuplicateFilter } from "./duplicates.ts";
import { EvidenceFold, type Place } from "./evidence-fold.ts";
import { ARP, FanOutWatch } from "./fan-out.ts";
import { FLOW, FlowTable, HEARD_MASK, SERVER, SERVER_BY, STATE, UNKNOWN_SHIFT } from "./flow-table.ts";
import { HostTable, MAX_HOSTS } from "./host-table.ts";
import { MirrorWatch } from "./mirror.ts";
import { NameTunnels } from "./name-tunnels.ts";
import type { FlowObservation, HostKey, Observation } from "./observation.ts";
import { Openings } from "./openings.ts";
import { Repeats } from "./repeats.ts";
import { isForAll, LOOK_CLOSER, peekShare, shareOf } from "./share.ts";

/** Flows analysed at one time; beyond it new flows are counted but not read. */
const MAX_ANALYSES = 16_384;
/** Evidence waiting to be told: past it nothing waits for the clock, which may stand still in a hostile file. */
const MAX_WAITING = 16_384;

/** A window of the fold ends after this many frames too, so that it holds a bounded number of things to tell. */
const MAX_WINDOW_FRAMES = 1 << 20;

/** Past so many hosts room is made for more. */
const ENOUGH_HOSTS = (MAX_HOSTS * 3) / 4;

/** So often at most analyses are searched for ones that can be dropped. */
const DROP_MICROS = 1_000_000;

const ETHERTYPE_ARP = 0x0806;
const ARP_LENGTH = 28;
const ARP_REQUEST = 1;
const ARP_REPLY = 2;

const ICMPV6 = 58;
const DNS = 53;
/** Domains told of one host that look like tunnels. */
const MAX_TUNNELS = 8;

const TCP_SYN = 0x02;
const TCP_ACK = 0x10;
const TCP_RST = 0x04;
const TCP_FIN = 0x01;
const TCP_HEADER = 20;

export interface WatchOptions {
  dissectors: readonly Dissector[];
  /**
   * `order` is the place of the frame that made it worth telling among those of its window, from 1. `more` is for
   * shares that are joined again: of evidence, the values its attribute may have at most (0 any number); of a flow,
   * the order of the connection that named its protocol.
   */
  emit: (observation: Observation, order: number, more: number) => void;
  /** File names by index, for `firstFrame`; live capture has none. */
  fileName?: (file: number) => string;
  /** Observations are folded for this long, in microseconds of the capture's clock. */
  foldMicros?: number;
  /**
   * Follow only the flows of this share (see share.ts); the first share also does all that is no flow's alone. Windows
   * are the same in all shares, totals add up.
   */
  share?: number;
  /** A window ended, and all it held was told. */
  windowEnded?: () => void;
}

export interface WatchTotals {
  frames: number;
  bytes: number;
  duplicates: number;
  droppedNames: number;
  malformed: Record<string, number>;
  unknown: Record<string, number>;
  hiddenAccessPoints: number;
  overflow: { hosts: number; evidence: number; flows: number };
}

export class Watch {
  readonly packet: Packet = emptyPacket();
  readonly mirror = new MirrorWatch();
  /** Times of the earliest and latest frame, microseconds; infinite before the first. */
  firstAt = Number.POSITIVE_INFINITY;
  lastAt = Number.NEGATIVE_INFINITY;
  readonly #options: WatchOptions;
  readonly #foldMicros: number;
  /** -1: this watch follows everything. */
  readonly #share: number;
  readonly #decoder: Decoder;
  /** In a share, for frames that no other share decodes; `#decoder` then for those that all do. */
  readonly #ownDecoder: Decoder;
  readonly #recogniser: Recogniser;
  readonly #hosts = new HostTable();
  readonly #flows = new FlowTable<Analysis>();
  readonly #fold: EvidenceFold;
  readonly #duplicates = new DuplicateFilter();
  readonly #analyser: Analyser;
  readonly #flow = new PacketFlow();
  readonly #conversations = new Map<number, Conversation>();
  readonly #repeats = new Repeats();
  readonly #openings = new Openings();
  readonly #fanOut = new FanOutWatch();
  readonly #nameTunnels = new NameTunnels();
  readonly #claims = new ClaimWatch((evidence, protocol) => this.#fold.add(evidence, this.#place(protocol)));
  #analyses = 0;
  #scratch = emptyAnalysis();
  #unreadFlows = 0;
  #duplicateFrames = 0;
  #nextDrainAt = 0;
  #windowFrames = 0;
  #nextDropAt = 0;
  #flowIndex = -1;
  #sourceHost = -1;
  #destinationHost = -1;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#foldMicros = options.foldMicros ?? 1_000_000;
    this.#share = options.share ?? -1;
    this.#fold = new EvidenceFold(this.#share >= 0);
    this.#recogniser = createRecogniser(options.dissectors);
    const knownEtherTypes = options.dissectors.flatMap(({ definition }) => definition.etherTypes ?? []);
    this.#decoder = createDecoder({ knownEtherTypes });
    this.#ownDecoder = this.#share < 0 ? this.#decoder : createDecoder({ knownEtherTypes });
    this.#analyser = new Analyser(this.#recogniser, this.#fold, this.#repeats, {
      serverIs: (side) => this.#serverIs(side),
      place: (protocol) => this.#place(protocol),
    });
  }

  /** Takes one frame. Allocates nothing when it teaches nothing new. */
  frame(frame: Frame): void {
    const packet = this.packet;
    const { at } = frame;
    if (at < this.firstAt) this.firstAt = at;
    if (at > this.lastAt) this.lastAt = at;
    const share = this.#share;
    const peeked = share < 0 ? LOOK_CLOSER : peekShare(frame);
    if (peeked === LOOK_CLOSER) this.#decoder.decode(frame, packet);
    else if (peeked === share) this.#ownDecoder.decode(frame, packet);
    else packet.at = at;
    if (at >= this.#nextDrainAt || this.#windowFrames >= MAX_WINDOW_FRAMES) this.#endWindow(at);
    else if (this.#fold.waiting > MAX_WAITING) this.drain();
    packet.ordinal = ++this.#windowFrames;
    if (share >= 0 && peeked !== share) {
      if (peeked !== LOOK_CLOSER) return;
      const owner = packet.transport === 0 ? 0 : shareOf(packet);
      if (owner !== share) {
        if (share === 0) this.#strange(packet);
        return;
      }
    }
    if (this.#duplicates.isDuplicate(packet)) {
      this.#duplicateFrames++;
      return;
    }
    if (share <= 0) {
      if (packet.hasDestinationMac) this.mirror.frame(packet);
      if (packet.tunnels !== 0) this.#carriers(packet);
    }
    if (packet.transport !== 0) this.#transport(packet);
    else this.#other(packet);
  }

  /** Tells everything folded so far. Call at the end, and on a timer when no frames come. */
  drain(): void {
    const { emit } = this.#options;
    const hosts = this.#hosts;
    hosts.drain((index) =>
      emit(
        {
          kind: "presence",
          host: hosts.hostKey(index),
          sentFrames: hosts.sentFrames[index]!,
          sentBytes: hosts.sentBytes[index]!,
          receivedFrames: hosts.receivedFrames[index]!,
          receivedBytes: hosts.receivedBytes[index]!,
          ttl: hosts.ttl[index]!,
          firstAt: hosts.firstAt[index]!,
          lastAt: hosts.lastAt[index]!,
        },
        hosts.order[index]!,
        0,
      ),
    );
    this.#fold.drain(emit);
    this.#tellFlows();
    this.#fanOut.drain(this.packet.at, ({ host, ...count }) =>
      emit({ kind: "fan-out", by: hosts.hostKey(host), ...count }, 0, 0),
    );
  }

  #tellFlows(): void {
    const { emit } = this.#options;
    const conversations = this.#conversations;
    this.#flows.drain((index) => this.#addConversation(index));
    for (const { said, order, namedAt } of conversations.values()) emit(said, order, namedAt);
    conversations.clear();
  }

  /** Says all known facts once more (the agent came back). */
  repeatFacts(): void {
    this.#fold.repeatAll();
  }

  totals(): WatchTotals {
    const decoders = new Set(this.#share > 0 ? [this.#ownDecoder] : [this.#decoder, this.#ownDecoder]);
    const counters = [...decoders].map((decoder) => decoder.counters);
    const sum = (pick: (counts: DecodeCounters) => number) => counters.reduce((total, each) => total + pick(each), 0);
    return {
      frames: sum(({ frames }) => frames),
      bytes: sum(({ bytes }) => bytes),
      duplicates: this.#duplicateFrames,
      droppedNames: droppedNames.count,
      malformed: addUp([...counters.map(({ malformed }) => malformed), this.#analyser.malformed]),
      unknown: addUp(counters.map(({ unknown }) => unknown)),
      hiddenAccessPoints: this.#decoder.hiddenAccessPoints(),
      overflow: {
        hosts: this.#hosts.overflow,
        evidence: this.#fold.overflow,
        flows: this.#unreadFlows + this.#analyser.overflow,
      },
    };
  }

  #endWindow(now: number): void {
    if (this.#windowFrames !== 0) {
      this.drain();
      this.#options.windowEnded?.();
    }
    this.#windowFrames = 0;
    this.#nextDrainAt = now + this.#foldMicros;
    if (this.#hosts.count > ENOUGH_HOSTS) this.#makeRoom(now);
  }

  #makeRoom(now: number): void {
    if (this.#hosts.count > ENOUGH_HOSTS) {
      this.drain();
      this.#fanOut.clear();
      this.#nameTunnels.clear();
      this.#hosts.compact(now);
      // These were remembered by indexes that are somebody else's now.
      this.#repeats.forget();
    }
    // A flood of flows from few hosts makes nobody forget whom those hosts tried to reach.
    this.#tellFlows();
    this.#flows.compact(now, this.#dropped);
  }

  #transport(packet: Packet): void {
    const flows = this.#flows;
    if (flows.isFull || this.#hosts.isFull) this.#makeRoom(packet.at);
    const index = flows.find(packet);
    const side = flows.side;
    this.#flowIndex = index;
    this.#findHosts(packet, index * FlowTable.stride, side);
    const { wireLength } = packet;
    this.#hosts.sent(this.#sourceHost, wireLength, packet);
    this.#hosts.received(this.#destinationHost, wireLength, packet);
    // After a pause a message may begin anew: a connection heard from its middle gets another chance.
    if (flows.tally(index, wireLength, packet)) this.#retry(index);
    if (packet.transport === 6) this.#tcp(packet, index, side);
    else this.#udp(packet, index, side);
  }

  #tcp(packet: Packet, index: number, side: 0 | 1): void {
    const { words } = this.#flows;
    const w = index * FlowTable.stride;
    const flags = packet.tcpFlags;
    if ((flags & TCP_SYN) !== 0) {
      const server = (flags & TCP_ACK) !== 0 ? side : 1 - side;
      if ((flags & TCP_ACK) !== 0) words[w + FLOW.heard]! |= 4;
      if (words[w + FLOW.serverBy]! <= SERVER_BY.handshake) {
        words[w + FLOW.server] = server;
        words[w + FLOW.serverBy] = SERVER_BY.handshake;
      }
      if ((flags & TCP_ACK) === 0) this.#newConnection(index);
      if (this.#share <= 0) this.#opens(packet);
    } else if (
      packet.payloadLength > 0 ||
      ((flags & (TCP_RST | TCP_FIN)) === 0 && words[w + FLOW.heard] === 1 << (1 - side))
    ) {
      words[w + FLOW.heard]! |= (words[w + FLOW.heard]! & (1 << (1 - side))) !== 0 ? 4 : 0;
    }
    words[w + FLOW.heard]! |= 1 << side;
    if (packet.payloadLength === 0 || words[w + FLOW.state] === STATE.finished) return;
    const analysis = this.#analysisOf(index);
    if (analysis === undefined) return;
    this.#flow.set(packet, "tcp", this.#serverAsSaid(index, side));
    this.#judge(index, analysis, this.#analyser.segment(analysis, this.#flow, packet, side));
  }

  /** Another share's flow: of it, only whom hosts try to reach, how they open connections and what names they ask for. */
  #strange(packet: Packet): void {
    if (!isForAll(packet) || this.#duplicates.isDuplicate(packet)) return;
    if (packet.tunnels !== 0) this.#carriers(packet);
    const isQuestion = packet.transport === 17 && packet.destinationPort === DNS;
    if (!isQuestion && (packet.transport !== 6 || (packet.tcpFlags & TCP_SYN) === 0)) return;
    if (this.#hosts.isFull) this.#makeRoom(packet.at);
    this.#flowIndex = -1;
    this.#sourceHost = this.#findSource(packet, packet.ipVersion);
    this.#destinationHost = this.#findDestination(packet, packet.ipVersion);
    if (isQuestion) this.#asksNames(packet);
    else this.#opens(packet);
  }

  /** A host asks for a name: this is counted per host, over all its flows. */
  #asksNames(packet: Packet): void {
    const domain = this.#nameTunnels.question(packet, this.#sourceHost);
    if (domain === undefined) return;
    const evidence = { about: "sender" as const, attribute: "wardtap.dns.tunnel", value: domain, atMost: MAX_TUNNELS };
    this.#fold.add(evidence, this.#place("dns"));
  }

  /** A host begins or accepts a connection: this is counted per host, over all its flows. */
  #opens(packet: Packet): void {
    const flags = packet.tcpFlags;
    if ((flags & TCP_ACK) === 0)
      this.#fanOut.attempt(this.#sourceHost, packet.destination3 ^ packet.destination2, packet.destinationPort, packet);
    else this.#fanOut.answer(this.#destinationHost, packet.source3 ^ packet.source2, packet.sourcePort);
    if ((flags & (TCP_RST | TCP_FIN)) === 0) this.#opening(packet);
  }

  /** How a host's TCP opens or accepts connections tells its system; mostly it has told before. */
  #opening(packet: Packet): void {
    const { forSyn } = this.#recogniser;
    if (forSyn.length === 0 || this.#sourceHost < 0) return;
    const known = this.#openings.find(packet, this.#sourceHost, this.#hosts.generation);
    if (known !== undefined) {
      this.#analyser.repeat(known, packet);
      return;
    }
    const flow = this.#flow;
    flow.set(packet, "tcp", "unknown");
    flow.state = undefined;
    const from = packet.tcpOptionsAt - TCP_HEADER;
    const header = packet.bytes.subarray(from, packet.tcpOptionsAt + packet.tcpOptionsLength);
    this.#openings.keep(this.#analyser.direct(forSyn, header, flow) ?? []);
  }

  #udp(packet: Packet, index: number, side: 0 | 1): void {
    if (packet.destinationPort === DNS && this.#share <= 0) this.#asksNames(packet);
    const { words } = this.#flows;
    const w = index * FlowTable.stride;
    const flows = this.#flows;
    words[w + FLOW.heard]! |= (words[w + FLOW.heard]! & (1 << (1 - side))) !== 0 ? 4 | (1 << side) : 1 << side;
    if (packet.payloadLength === 0 || words[w + FLOW.state] === STATE.finished) return;
    // Most datagram flows are one question and one answer: they are read with a borrowed analysis.
    const known = flows.analysis[index];
    const analysis = known ?? this.#scratch;
    if (known === undefined) renew(analysis, words[w + FLOW.protocol]!, words[w + FLOW.heard]! >>> UNKNOWN_SHIFT);
    this.#flow.set(packet, "udp", this.#serverAsSaid(index, side));
    const verdict = this.#analyser.datagram(
      analysis,
      this.#flow,
      packet,
      side,
      this.#sourceHost,
      this.#destinationHost,
    );
    if (known === undefined)
      words[w + FLOW.heard] = (words[w + FLOW.heard]! & HEARD_MASK) | (analysis.packets << UNKNOWN_SHIFT);
    if (known === undefined && verdict !== VERDICT.finished && !isForgettable(analysis)) this.#keepScratch(index);
    this.#judge(index, analysis, verdict);
  }

  #keepScratch(index: number): void {
    const { words } = this.#flows;
    const w = index * FlowTable.stride;
    if (this.#analyses >= MAX_ANALYSES && !this.#dropAnalyses()) {
      this.#unreadFlows++;
      return;
    }
    this.#analyses++;
    this.#flows.analysis[index] = this.#scratch;
    words[w + FLOW.state] = STATE.analysed;
    this.#scratch = emptyAnalysis();
  }

  readonly #dropped = (analysis: Analysis): void => {
    this.#analyser.forget(analysis);
    this.#analyses--;
  };

  /** Makes room by forgetting connections that ended; looks at most once a second, so that it costs little. */
  #dropAnalyses(): boolean {
    const { at } = this.packet;
    if (at < this.#nextDropAt) return false;
    this.#nextDropAt = at + DROP_MICROS;
    this.#flows.dropAnalyses(at, isOver, this.#dropped);
    return this.#analyses < MAX_ANALYSES;
  }

  #analysisOf(index: number): Analysis | undefined {
    const { words } = this.#flows;
    const w = index * FlowTable.stride;
    const flows = this.#flows;
    const known = flows.analysis[index];
    if (known !== undefined) return known;
    if (this.#analyses >= MAX_ANALYSES && !this.#dropAnalyses()) {
      this.#unreadFlows++;
      words[w + FLOW.state] = STATE.finished;
      return undefined;
    }
    this.#analyses++;
    const analysis = emptyAnalysis();
    flows.analysis[index] = analysis;
    words[w + FLOW.state] = STATE.analysed;
    return analysis;
  }

  /** A flow given up as unknown is recognised anew. */
  #retry(index: number): void {
    const { words } = this.#flows;
    const w = index * FlowTable.stride;
    if (words[w + FLOW.state] !== STATE.finished || words[w + FLOW.protocol]! >= 0) return;
    words[w + FLOW.state] = STATE.fresh;
    words[w + FLOW.heard]! &= HEARD_MASK;
  }

  /** The same ports connect once more: what was rejoined before has nothing to do with it. */
  #newConnection(index: number): void {
    const { words } = this.#flows;
    const w = index * FlowTable.stride;
    const flows = this.#flows;
    const before = flows.analysis[index];
    if (before !== undefined) {
      this.#analyser.forget(before);
      this.#analyses--;
    }
    flows.analysis[index] = undefined;
    words[w + FLOW.state] = STATE.fresh;
  }

  #judge(index: number, analysis: Analysis, verdict: number): void {
    const { words } = this.#flows;
    const w = index * FlowTable.stride;
    const flows = this.#flows;
    // The first protocol names the service: TLS inside a mail or remote desktop session does not.
    if (words[w + FLOW.protocol]! < 0) words[w + FLOW.protocol] = analysis.dissector;
    if (verdict !== VERDICT.finished) return;
    words[w + FLOW.state] = STATE.finished;
    if (flows.analysis[index] === undefined) return;
    flows.analysis[index] = undefined;
    this.#analyser.forget(analysis);
    this.#analyses--;
  }

  /** IP without a transport we follow, fragments, and link frames. */
  #other(packet: Packet): void {
    if (this.#hosts.isFull) this.#makeRoom(packet.at);
    const version = packet.ipVersion;
    this.#flowIndex = -1;
    this.#sourceHost = this.#findSource(packet, version);
    this.#destinationHost = version === 0 ? -1 : this.#findDestination(packet, version);
    this.#hosts.sent(this.#sourceHost, packet.wireLength, packet);
    this.#hosts.received(this.#destinationHost, packet.wireLength, packet);
    if (packet.isFragment) return;
    if (version === 0) {
      if (packet.etherType === ETHERTYPE_ARP) this.#arpAttempt(packet);
      const wanted = this.#recogniser.forLink(packet.etherType, packet.llcDsap, packet.snapOui, packet.snapProtocol);
      if (wanted.length > 0) this.#direct(packet, wanted, packet.linkPayloadAt, packet.linkPayloadLength, "link");
      return;
    }
    if (version === 6 && packet.ipProtocol === ICMPV6) this.#claims.neighbour(packet);
    const wanted = this.#recogniser.forIpProtocol(packet.ipProtocol);
    if (wanted.length > 0) this.#direct(packet, wanted, packet.payloadAt, packet.payloadLength, "ip");
  }

  /** Who asks for whom; an announcement asks for itself and counts for nothing. RFC 826. */
  #arpAttempt(packet: Packet): void {
    const { bytes, linkPayloadAt: at, linkPayloadLength } = packet;
    if (linkPayloadLength < ARP_LENGTH || bytes[at + 4] !== 6 || bytes[at + 5] !== 4) return;
    const sender = bytes.readInt32BE(at + 14);
    const target = bytes.readInt32BE(at + 24);
    this.#claims.arp(packet);
    if (bytes[at + 7] === ARP_REQUEST && sender !== target) this.#fanOut.attempt(this.#sourceHost, target, ARP, packet);
    else if (bytes[at + 7] === ARP_REPLY) {
      const asker = this.#hosts.find(
        packet.destinationMacHigh,
        packet.destinationMacLow,
        packet.vlan,
        0,
        0,
        0,
        0,
        0,
        packet,
      );
      this.#fanOut.answer(asker, sender, ARP);
    }
  }

  #direct(packet: Packet, wanted: readonly number[], at: number, length: number, transport: "link" | "ip"): void {
    const print = this.#print(wanted[0]!, packet.bytes, at, length);
    const context = transport === "link" ? wanted[0]! : -1 - wanted[0]!;
    const slot = this.#repeats.find(print, this.#sourceHost, context);
    if (slot >= 0) {
      this.#analyser.repeat(this.#repeats.learnt(slot), packet);
      return;
    }
    const flow = this.#flow;
    flow.set(packet, transport, "unknown");
    flow.cut = packet.payloadWireLength > packet.payloadLength;
    flow.state = undefined;
    const learnt = this.#analyser.direct(wanted, packet.bytes.subarray(at, at + length), flow);
    if (learnt !== undefined) this.#repeats.keep(print, this.#sourceHost, context, learnt, 0);
  }

  #print(dissector: number, bytes: Buffer, at: number, length: number): number {
    const { sameWhen, sameDatagram } = this.#recogniser.definition(dissector);
    if (sameWhen !== undefined) return hashOf(bytes, at + sameWhen.at, Math.min(sameWhen.length, length - sameWhen.at));
    return sameDatagram?.(bytes, at, length, this.#flow) || hashOf(bytes, at, length);
  }

  /** The endpoints that carry a tunnel are hosts of the ward's network too. */
  #carriers(packet: Packet): void {
    const { outer, wireLength } = packet;
    if (outer.ipVersion === 0) return;
    const high = outer.hasMac ? outer.sourceMacHigh : -1;
    const source = this.#hosts.find(
      high,
      outer.hasMac ? outer.sourceMacLow : 0,
      outer.vlan,
      outer.ipVersion,
      outer.source0,
      outer.source1,
      outer.source2,
      outer.source3,
      packet,
    );
    this.#hosts.sent(source, wireLength, packet);
  }

  #findHosts(packet: Packet, w: number, side: 0 | 1): void {
    const { words } = this.#flows;
    const sender = w + FLOW.sendHost + side;
    const receiver = w + FLOW.receiveHost + 1 - side;
    const link = w + FLOW.link + side * 4;
    if (words[w + FLOW.hostGeneration] !== this.#hosts.generation) {
      words[w + FLOW.hostGeneration] = this.#hosts.generation;
      words.fill(-2, w + FLOW.sendHost, w + FLOW.link);
    } else if (
      words[sender] !== -2 &&
      words[receiver] !== -2 &&
      words[link] === packet.sourceMacHigh &&
      words[link + 1] === packet.sourceMacLow &&
      words[link + 2] === packet.destinationMacHigh &&
      words[link + 3] === packet.destinationMacLow
    ) {
      this.#sourceHost = words[sender]!;
      this.#destinationHost = words[receiver]!;
      return;
    }
    words[link] = packet.sourceMacHigh;
    words[link + 1] = packet.sourceMacLow;
    words[link + 2] = packet.destinationMacHigh;
    words[link + 3] = packet.destinationMacLow;
    this.#sourceHost = this.#findSource(packet, packet.ipVersion);
    this.#destinationHost = this.#findDestination(packet, packet.ipVersion);
    words[sender] = this.#sourceHost;
    words[receiver] = this.#destinationHost;
  }

  #findSource(packet: Packet, ipVersion: number): number {
    if (ipVersion === 0 && !packet.hasSourceMac) return -1;
    const index = this.#hosts.find(
      packet.hasSourceMac ? packet.sourceMacHigh : -1,
      packet.hasSourceMac ? packet.sourceMacLow : 0,
      packet.vlan,
      ipVersion,
      packet.source0,
      packet.source1,
      packet.source2,
      packet.source3,
      packet,
    );
    if (index >= 0 && ipVersion !== 0 && packet.ttl > this.#hosts.ttl[index]! && !isToMany(packet))
      this.#hosts.ttl[index] = packet.ttl;
    return index;
  }

  #findDestination(packet: Packet, ipVersion: number): number {
    return this.#hosts.find(
      packet.hasDestinationMac ? packet.destinationMacHigh : -1,
      packet.hasDestinationMac ? packet.destinationMacLow : 0,
      packet.vlan,
      ipVersion,
      packet.destination0,
      packet.destination1,
      packet.destination2,
      packet.destination3,
      packet,
    );
  }

  #serverAsSaid(index: number, side: 0 | 1): Flow["server"] {
    const { words } = this.#flows;
    const w = index * FlowTable.stride;
    const server = words[w + FLOW.server];
    if (server === SERVER.unknown) return "unknown";
    return server === side ? "sender" : "receiver";
  }

  #serverIs(said: "sender" | "receiver"): void {
    const index = this.#flowIndex;
    if (index < 0) return;
    const { words, side } = this.#flows;
    const w = index * FlowTable.stride;
    words[w + FLOW.server] = said === "sender" ? side : 1 - side;
    words[w + FLOW.serverBy] = SERVER_BY.content;
  }

  #place(protocol: string): Place {
    const { packet } = this;
    const name = this.#options.fileName?.(packet.file);
    return {
      sender: this.#sourceHost >= 0 ? this.#hosts.hostKey(this.#sourceHost) : NOBODY,
      receiver: this.#destinationHost >= 0 ? this.#hosts.hostKey(this.#destinationHost) : NOBODY,
      protocol,
      at: packet.at,
      ordinal: packet.ordinal,
      frame: name === undefined ? undefined : { file: name, number: packet.number },
    };
  }

  /** Flows of the same two hosts and service are told as one: a client's ports mean nothing to anybody. */
  #addConversation(index: number): void {
    const { words } = this.#flows;
    const w = index * FlowTable.stride;
    const flows = this.#flows;
    const first = words[w + FLOW.firstSide]!;
    const a = this.#sideHost(index, first);
    const b = this.#sideHost(index, 1 - first);
    if (a < 0 || b < 0) return;
    const serverSide = words[w + FLOW.server]!;
    const server = serverSide === SERVER.unknown ? 2 : serverSide === first ? 0 : 1;
    const [aPort, bPort] = [flows.port(index, first), flows.port(index, 1 - first)];
    const port = server === 0 ? aPort : server === 1 ? bPort : Math.min(aPort, bPort);
    const isTcp = flows.transport(index) === 6;
    const protocol = words[w + FLOW.protocol]!;
    // 15 and 15 bits of hosts, 16 of port, 3 more: below 2^53, so the key is exact.
    const key = ((a * MAX_HOSTS + b) * 65_536 + port) * 8 + server * 2 + (isTcp ? 1 : 0);
    const answered = (words[w + FLOW.heard]! & 4) !== 0;
    const order = words[w + FLOW.touched]!;
    const conversation = this.#conversations.get(key);
    if (conversation !== undefined) {
      const known = conversation.said;
      known.flows++;
      known.frames += flows.frames(index);
      known.bytes += flows.bytes(index);
      known.answered ||= answered;
      if (protocol >= 0) {
        known.protocol = this.#recogniser.definition(protocol).protocol;
        conversation.namedAt = order;
      }
      if (words[w + FLOW.serverBy] === SERVER_BY.content) known.serverBy = "content";
      known.firstAt = Math.min(known.firstAt, flows.firstAt(index));
      known.lastAt = Math.max(known.lastAt, flows.lastAt(index));
      return;
    }
    const by = words[w + FLOW.serverBy]!;
    const said: FlowObservation = {
      kind: "flow",
      transport: isTcp ? "tcp" : "udp",
      a: this.#hosts.hostKey(a),
      b: this.#hosts.hostKey(b),
      port,
      server: server === 2 ? "unknown" : server === 0 ? "a" : "b",
      serverBy: by === SERVER_BY.content ? "content" : by === SERVER_BY.handshake ? "handshake" : null,
      protocol: protocol < 0 ? null : this.#recogniser.definition(protocol).protocol,
      answered,
      flows: 1,
      frames: flows.frames(index),
      bytes: flows.bytes(index),
      firstAt: flows.firstAt(index),
      lastAt: flows.lastAt(index),
    };
    this.#conversations.set(key, { said, order, namedAt: protocol < 0 ? 0 : order });
  }

  #sideHost(index: number, side: number): number {
    const { words } = this.#flows;
    const w = index * FlowTable.stride;
    if (words[w + FLOW.hostGeneration] !== this.#hosts.generation) return -1;
    const asSender = words[w + FLOW.sendHost + side]!;
    return asSender >= 0 ? asSender : words[w + FLOW.receiveHost + side]!;
  }
}

function addUp(counts: readonly ReadonlyMap<string, number>[]): Record<string, number> {
  const sums = new Map<string, number>();
  for (const one of counts) for (const [key, count] of one) sums.set(key, (sums.get(key) ?? 0) + count);
  return Object.fromEntries(sums);
}

interface Conversation {
  said: FlowObservation;
  /** Of its first connection, and of the one that named the protocol last (0 none did). */
  order: number;
  namedAt: number;
}

const NOBODY: HostKey = { mac: null, vlan: 0, ip: null };

/** The packet at hand, as dissectors may see it; addresses become text only when read. */
class PacketFlow implements Flow {
  transport: Flow["transport"] = "udp";
  sourcePort = 0;
  destinationPort = 0;
  server: Flow["server"] = "unknown";
  toMany = false;
  cut = false;
  state: unknown = undefined;
  #packet: Packet = emptyPacket();

  set(packet: Packet, transport: Flow["transport"], server: Flow["server"]): void {
    this.#packet = packet;
    this.transport = transport;
    this.sourcePort = packet.sourcePort;
    this.destinationPort = packet.destinationPort;
    this.server = server;
    this.toMany = isToMany(packet);
    this.cut = false;
  }

  get ttl(): number {
    return this.#packet.ttl;
  }
  get ipDontFragment(): boolean {
    return this.#packet.ipDontFragment;
  }
  get isSynAck(): boolean {
    return (this.#packet.tcpFlags & (TCP_SYN | TCP_ACK)) === (TCP_SYN | TCP_ACK);
  }
  get vlan(): number {
    return this.#packet.vlan;
  }
  get sourceMac(): string {
    const packet = this.#packet;
    return packet.hasSourceMac ? macText(packet.sourceMacHigh, packet.sourceMacLow) : "";
  }
  get destinationMac(): string {
    const packet = this.#packet;
    return packet.hasDestinationMac ? macText(packet.destinationMacHigh, packet.destinationMacLow) : "";
  }
  get sourceIp(): string {
    const p = this.#packet;
    return p.ipVersion === 0 ? "" : ipText(p.ipVersion, p.source0, p.source1, p.source2, p.source3);
  }
  get destinationIp(): string {
    const p = this.#packet;
    return p.ipVersion === 0 ? "" : ipText(p.ipVersion, p.destination0, p.destination1, p.destination2, p.destination3);
  }
}

function isToMany(packet: Packet): boolean {
  if (packet.hasDestinationMac && (packet.destinationMacHigh & 0x0100) !== 0) return true;
  if (packet.ipVersion === 4) return packet.destination3 >>> 28 === 0xe || packet.destination3 === -1;
  return packet.ipVersion === 6 && packet.destination0 >>> 24 === 0xff;
}
