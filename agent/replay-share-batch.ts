/** Observations of one window, packed into columns of numbers and a list of words: cheap to hand to another thread. */
import type { EvidenceObservation, FlowObservation, HostKey, Observation } from "./observe/observation.ts";

/**
 * Observations that a share may tell in one window; a capture that brings more was made to fill memories. The rest is
 * dropped and counted.
 */
export const MAX_TOLD = 262_144;

const HOST = 3;
const PRESENCE = 9;
const EVIDENCE = 12;
const FLOW = 15;
/** In a word's place: there is none. */
const NONE = -1;

const SERVERS = ["a", "b", "unknown"] as const;
const SERVERS_BY = [null, "port", "handshake", "content"] as const;

/** One record after the other in each column; words by their place in `words`, hosts by their place in `hosts`. */
export interface Batch {
  words: string[];
  hosts: Float64Array<ArrayBuffer>;
  presences: Float64Array<ArrayBuffer>;
  evidence: Float64Array<ArrayBuffer>;
  flows: Float64Array<ArrayBuffer>;
  /** The rarer kinds, as they are. */
  others: Observation[];
  /** Observations that found no room. */
  dropped: number;
}

/** The memory that can move to another thread. */
export const movable = ({ hosts, presences, evidence, flows }: Batch): ArrayBuffer[] =>
  [hosts, presences, evidence, flows].map(({ buffer }) => buffer);

export class BatchWriter {
  #words = new Map<string, number>();
  #hostPlaces = new Map<HostKey, number>();
  #hosts: number[] = [];
  #presences: number[] = [];
  #evidence: number[] = [];
  #flows: number[] = [];
  #others: Observation[] = [];
  #told = 0;

  /** As a watch emits it (see WatchOptions). */
  take(said: Observation, order: number, more: number): void {
    if (++this.#told > MAX_TOLD) return;
    if (said.kind === "presence") {
      const { sentFrames, sentBytes, receivedFrames, receivedBytes, ttl, firstAt, lastAt } = said;
      const host = this.#host(said.host);
      this.#presences.push(order, host, sentFrames, sentBytes, receivedFrames, receivedBytes, ttl, firstAt, lastAt);
    } else if (said.kind === "evidence") this.#addEvidence(said, order, more);
    else if (said.kind === "flow") this.#addFlow(said, order, more);
    else this.#others.push(said);
  }

  /** What was taken since the last call. */
  finish(): Batch {
    const batch = {
      words: [...this.#words.keys()],
      hosts: Float64Array.from(this.#hosts),
      presences: Float64Array.from(this.#presences),
      evidence: Float64Array.from(this.#evidence),
      flows: Float64Array.from(this.#flows),
      others: this.#others,
      dropped: Math.max(0, this.#told - MAX_TOLD),
    };
    this.#words = new Map();
    this.#hostPlaces = new Map();
    this.#hosts = [];
    this.#presences = [];
    this.#evidence = [];
    this.#flows = [];
    this.#others = [];
    this.#told = 0;
    return batch;
  }

  #addEvidence(said: EvidenceObservation, order: number, atMost: number): void {
    const { about, firstFrame } = said;
    const isReported = "reported" in about;
    this.#evidence.push(
      order,
      atMost,
      isReported ? this.#word(about.reported) : NONE,
      this.#host(isReported ? about.by : about),
      this.#word(said.protocol),
      this.#word(said.attribute),
      this.#word(said.value),
      said.count,
      said.firstAt,
      said.lastAt,
      firstFrame === undefined ? NONE : this.#word(firstFrame.file),
      firstFrame?.number ?? 0,
    );
  }

  #addFlow(said: FlowObservation, order: number, namedAt: number): void {
    this.#flows.push(
      order,
      namedAt,
      said.transport === "tcp" ? 6 : 17,
      this.#host(said.a),
      this.#host(said.b),
      said.port,
      said.flows,
      SERVERS.indexOf(said.server),
      SERVERS_BY.indexOf(said.serverBy),
      this.#word(said.protocol),
      said.answered ? 1 : 0,
      said.frames,
      said.bytes,
      said.firstAt,
      said.lastAt,
    );
  }

  #word(word: string | null): number {
    if (word === null) return NONE;
    let place = this.#words.get(word);
    if (place === undefined) {
      place = this.#words.size;
      this.#words.set(word, place);
    }
    return place;
  }

  #host(host: HostKey): number {
    let place = this.#hostPlaces.get(host);
    if (place === undefined) {
      place = this.#hosts.length / HOST;
      this.#hosts.push(this.#word(host.mac), host.vlan, this.#word(host.ip));
      this.#hostPlaces.set(host, place);
    }
    return place;
  }
}

/** Gives back what a writer took, kind by kind, each kind in its order. */
export function readBatch(batch: Batch, take: (said: Observation, order: number, more: number) => void): void {
  const { words, presences, evidence, flows } = batch;
  const word = (place: number) => words[place] ?? null;
  const hosts: HostKey[] = [];
  for (let at = 0; at < batch.hosts.length; at += HOST) {
    const [mac, vlan, ip] = batch.hosts.subarray(at, at + HOST) as unknown as [number, number, number];
    hosts.push({ mac: word(mac), vlan, ip: word(ip) });
  }
  for (let at = 0; at < presences.length; at += PRESENCE) {
    const said: Observation = {
      kind: "presence",
      host: hosts[presences[at + 1]!]!,
      sentFrames: presences[at + 2]!,
      sentBytes: presences[at + 3]!,
      receivedFrames: presences[at + 4]!,
      receivedBytes: presences[at + 5]!,
      ttl: presences[at + 6]!,
      firstAt: presences[at + 7]!,
      lastAt: presences[at + 8]!,
    };
    take(said, presences[at]!, 0);
  }
  for (let at = 0; at < evidence.length; at += EVIDENCE) {
    const reported = word(evidence[at + 2]!);
    const host = hosts[evidence[at + 3]!]!;
    const file = word(evidence[at + 10]!);
    const said: EvidenceObservation = {
      kind: "evidence",
      about: reported === null ? host : { reported, by: host },
      protocol: words[evidence[at + 4]!]!,
      attribute: words[evidence[at + 5]!]!,
      value: words[evidence[at + 6]!]!,
      count: evidence[at + 7]!,
      firstAt: evidence[at + 8]!,
      lastAt: evidence[at + 9]!,
    };
    if (file !== null) said.firstFrame = { file, number: evidence[at + 11]! };
    take(said, evidence[at]!, evidence[at + 1]!);
  }
  for (let at = 0; at < flows.length; at += FLOW) {
    const said: FlowObservation = {
      kind: "flow",
      transport: flows[at + 2] === 6 ? "tcp" : "udp",
      a: hosts[flows[at + 3]!]!,
      b: hosts[flows[at + 4]!]!,
      port: flows[at + 5]!,
      flows: flows[at + 6]!,
      server: SERVERS[flows[at + 7]!]!,
      serverBy: SERVERS_BY[flows[at + 8]!]!,
      protocol: word(flows[at + 9]!),
      answered: flows[at + 10] === 1,
      frames: flows[at + 11]!,
      bytes: flows[at + 12]!,
      firstAt: flows[at + 13]!,
      lastAt: flows[at + 14]!,
    };
    take(said, flows[at]!, flows[at + 1]!);
  }
  for (const said of batch.others) take(said, 0, 0);
}
