/** What the observations said, held per host and per conversation, within named bounds. */
import type {
  EvidenceObservation,
  FanOutObservation,
  FlowObservation,
  HostKey,
  Observation,
  PresenceObservation,
} from "../observe/observation.ts";
import type { DeviceEvidence } from "./device.ts";
import { isDeviceAddress, isLoopback, type Networks } from "./networks.ts";

/** Hosts held; beyond it those heard longest ago go (the ledger remembers their devices) and are counted in `overflow`. */
export const MAX_HOST_FACTS = 65_536;
/** Outside hosts told apart per MAC; the rest only count for the MAC. */
export const MAX_OUTSIDE_PER_MAC = 4;
/** Outside hosts without room of their own whose words are kept, for findings. */
const MAX_OUTSIDERS = 4096;
const MAX_FAN_OUTS = 4096;
/** Windows of attempts held per host, kind and port; beyond it the one with the fewest unanswered attempts goes. */
const MAX_FAN_OUT_WINDOWS = 8;
/** An older window of attempts goes once a newer one was told. */
const FAN_OUT_KEPT_MICROS = 24 * 3600 * 1_000_000;
/** Different attributes and values held per host. */
const MAX_EVIDENCE_PER_HOST = 300;
/** Conversations (two hosts and a service) held; beyond it the longest silent go. */
const MAX_CONVERSATIONS = 131_072;
/** When nobody at all was heard for this long, the port was deaf: no device was silent because of it. */
const DEAF_MICROS = 2 * 3600 * 1_000_000;
const DAY_MICROS = 24 * 3600 * 1_000_000;
/** Days held on which anybody was heard: more than the longest learning time; later ones aren't added. */
const MAX_DAYS = 100;

export interface HostFact {
  key: string;
  mac: string | null;
  vlan: number;
  ip: string | null;
  sentFrames: number;
  sentBytes: number;
  receivedFrames: number;
  receivedBytes: number;
  ttl: number;
  firstAt: number;
  lastAt: number;
  /** When its traffic was last told of, and the longest it was silent meanwhile while others were heard. */
  presentAt: number;
  longestPause: number;
  /** First and last time it sent. */
  evidence: Map<string, DeviceEvidence>;
}

export interface ReportedFact {
  reported: string;
  by: HostKey;
  firstAt: number;
  lastAt: number;
  evidence: Map<string, DeviceEvidence>;
}

/** Two hosts and one service, both directions added up. */
export interface Conversation {
  a: HostKey;
  b: HostKey;
  transport: "tcp" | "udp";
  /** The server's port; when neither side is known to serve, the lower of the two ports. */
  port: number;
  server: "a" | "b" | "unknown";
  byContent: boolean;
  protocol: string | null;
  answered: boolean;
  frames: number;
  bytes: number;
  firstAt: number;
  lastAt: number;
}

/** Observations of one host share their key object, so its text is built once. */
const texts = new WeakMap<HostKey, string>();

export function hostKeyText(host: HostKey): string {
  let text = texts.get(host);
  if (text === undefined) {
    text = `${host.mac ?? ""}|${host.vlan}|${host.ip ?? ""}`;
    texts.set(host, text);
  }
  return text;
}

export class Facts {
  readonly hosts = new Map<string, HostFact>();
  readonly reported = new Map<string, ReportedFact>();
  readonly conversations = new Map<string, Conversation>();
  /** MAC|VLAN → outside addresses heard from it: the sign of a router. */
  readonly outside = new Map<string, Set<string>>();
  /** What outside hosts said for which there is no room of their own: address → evidence. */
  readonly outsiders = new Map<string, Map<string, DeviceEvidence>>();
  /** Attempts per host, kind and port: the windows of the last day. */
  readonly fanOuts = new Map<string, FanOutObservation[]>();
  /** Rises whenever devices may have to be told apart anew. */
  shape = 0;
  overflow = 0;
  /** Since when the port has been heard without a break; Infinity before the first traffic. */
  listeningSince = Number.POSITIVE_INFINITY;
  /** Days since 1970 on which anybody was heard. */
  readonly days = new Set<number>();
  #presentAt = Number.NEGATIVE_INFINITY;
  readonly #networks: Networks;

  constructor(networks: Networks) {
    this.#networks = networks;
  }

  take(observation: Observation): void {
    if (observation.kind === "presence") this.#presence(observation);
    else if (observation.kind === "evidence") this.#evidence(observation);
    else if (observation.kind === "flow") this.#flow(observation);
    else if (observation.kind === "fan-out") this.#fanOut(observation);
  }

  /** The port heard nothing of what goes on until now: silence counts from here. */
  wasDeaf(until: number): void {
    this.listeningSince = until;
  }

  #presence(said: PresenceObservation): void {
    const { host } = said;
    if (said.firstAt - this.#presentAt > DEAF_MICROS) this.listeningSince = said.firstAt;
    this.#presentAt = Math.max(this.#presentAt, said.lastAt);
    if (this.days.size < MAX_DAYS) this.days.add(Math.floor(said.lastAt / DAY_MICROS));
    // What only ever received is no proof that anybody is there.
    if (said.sentFrames === 0 && !this.hosts.has(hostKeyText(host))) return;
    const fact = this.#host(host, said.firstAt);
    if (fact === undefined) return;
    if (fact.sentFrames === 0 && said.sentFrames > 0) this.shape++;
    fact.sentFrames += said.sentFrames;
    fact.sentBytes += said.sentBytes;
    fact.receivedFrames += said.receivedFrames;
    fact.receivedBytes += said.receivedBytes;
    fact.ttl = Math.max(fact.ttl, said.ttl);
    fact.longestPause = Math.max(fact.longestPause, said.firstAt - Math.max(fact.presentAt, this.listeningSince));
    fact.presentAt = Math.max(fact.presentAt, said.lastAt);
    fact.firstAt = Math.min(fact.firstAt, said.firstAt);
    fact.lastAt = Math.max(fact.lastAt, said.lastAt);
  }

  #evidence(said: EvidenceObservation): void {
    if ("reported" in said.about) {
      const { reported, by } = said.about;
      let fact = this.reported.get(reported);
      if (fact === undefined) {
        if (this.reported.size >= MAX_HOST_FACTS) {
          this.overflow++;
          return;
        }
        fact = { reported, by, firstAt: said.firstAt, lastAt: said.lastAt, evidence: new Map() };
        this.reported.set(reported, fact);
        this.shape++;
      }
      fact.lastAt = Math.max(fact.lastAt, said.lastAt);
      addEvidence(fact.evidence, said);
      return;
    }
    const { ip } = said.about;
    const fact = ip !== null && isLoopback(ip) ? undefined : this.#host(said.about, said.firstAt);
    if (ip !== null && (isLoopback(ip) || (fact?.ip === null && isDeviceAddress(ip)))) {
      // What an outside host says must not be taken for its router's words.
      this.#outsider(ip, said);
      return;
    }
    if (fact === undefined) return;
    fact.lastAt = Math.max(fact.lastAt, said.lastAt);
    if (addEvidence(fact.evidence, said)) this.shape++;
  }

  #host(host: HostKey, at: number): HostFact | undefined {
    if (host.mac === null && host.ip === null) return undefined;
    if (host.ip !== null && !isDeviceAddress(host.ip)) return this.#host({ ...host, ip: null }, at);
    const key = hostKeyText(host);
    const known = this.hosts.get(key);
    if (known !== undefined) return known;
    if (host.ip !== null && !this.#networks.isInside(host.ip) && !this.#roomForOutside(host)) {
      // One outside host more behind this MAC: its traffic counts for the MAC.
      return this.#host({ ...host, ip: null }, at);
    }
    if (this.hosts.size >= MAX_HOST_FACTS) this.overflow += forgetIdle(this.hosts);
    const fact: HostFact = {
      key,
      mac: host.mac,
      vlan: host.vlan,
      ip: host.ip,
      sentFrames: 0,
      sentBytes: 0,
      receivedFrames: 0,
      receivedBytes: 0,
      ttl: 0,
      firstAt: at,
      lastAt: at,
      presentAt: at,
      longestPause: 0,
      evidence: new Map(),
    };
    this.hosts.set(key, fact);
    this.shape++;
    return fact;
  }

  #roomForOutside(host: HostKey): boolean {
    const key = `${host.mac ?? ""}|${host.vlan}`;
    let heard = this.outside.get(key);
    if (heard === undefined) {
      // Invented senders must not fill the memory: past the bound outside hosts count for their MAC only.
      if (this.outside.size >= MAX_HOST_FACTS) return false;
      heard = new Set();
      this.outside.set(key, heard);
    }
    if (heard.has(host.ip!)) return true;
    if (heard.size >= MAX_OUTSIDE_PER_MAC) return false;
    heard.add(host.ip!);
    return true;
  }

  #outsider(ip: string, said: EvidenceObservation): void {
    let held = this.outsiders.get(ip);
    if (held === undefined) {
      if (this.outsiders.size >= MAX_OUTSIDERS) {
        this.overflow++;
        return;
      }
      held = new Map();
      this.outsiders.set(ip, held);
    }
    addEvidence(held, said);
  }

  #fanOut(said: FanOutObservation): void {
    const key = `${hostKeyText(said.by)} ${said.what} ${said.port}`;
    let windows = this.fanOuts.get(key);
    if (windows === undefined) {
      if (this.fanOuts.size >= MAX_FAN_OUTS) {
        this.overflow++;
        return;
      }
      windows = [];
      this.fanOuts.set(key, windows);
    }
    // The same window told again may have more answers: that is what tells a busy server from a sweep.
    const same = windows.findIndex(({ firstAt }) => firstAt === said.firstAt);
    if (same >= 0) {
      if (windows[same]!.tried > said.tried) return;
      windows[same] = said;
      this.shape++;
      return;
    }
    this.shape++;
    windows.push(said);
    const kept = windows.filter(({ lastAt }) => said.lastAt - lastAt <= FAN_OUT_KEPT_MICROS);
    if (kept.length > MAX_FAN_OUT_WINDOWS) {
      const unanswered = kept.map(({ tried, answered }) => tried - answered);
      kept.splice(unanswered.indexOf(Math.min(...unanswered)), 1);
    }
    this.fanOuts.set(key, kept);
  }

  #flow(said: FlowObservation): void {
    const { port } = said;
    const key = `${hostKeyText(said.a)} ${hostKeyText(said.b)} ${said.transport} ${port} ${said.server}`;
    const known = this.conversations.get(key);
    if (known !== undefined) {
      known.frames += said.frames;
      known.bytes += said.bytes;
      known.lastAt = Math.max(known.lastAt, said.lastAt);
      known.protocol ??= said.protocol;
      known.answered ||= said.answered;
      known.byContent ||= said.serverBy === "content";
      return;
    }
    if (this.conversations.size >= MAX_CONVERSATIONS) this.overflow += forgetIdle(this.conversations);
    this.conversations.set(key, {
      a: said.a,
      b: said.b,
      transport: said.transport,
      port,
      server: said.server,
      byContent: said.serverBy === "content",
      protocol: said.protocol,
      answered: said.answered,
      frames: said.frames,
      bytes: said.bytes,
      firstAt: said.firstAt,
      lastAt: said.lastAt,
    });
  }
}

/** True when the attribute and value are new. */
function addEvidence(held: Map<string, DeviceEvidence>, said: EvidenceObservation): boolean {
  const key = `${said.protocol}\0${said.attribute}\0${said.value}`;
  const known = held.get(key);
  if (known !== undefined) {
    known.count += said.count;
    known.firstSeenAt = Math.min(known.firstSeenAt, said.firstAt);
    known.lastSeenAt = Math.max(known.lastSeenAt, said.lastAt);
    return false;
  }
  if (held.size >= MAX_EVIDENCE_PER_HOST) return false;
  held.set(key, {
    attribute: said.attribute,
    value: said.value,
    protocol: said.protocol,
    count: said.count,
    firstSeenAt: said.firstAt,
    lastSeenAt: said.lastAt,
    firstFrame: said.firstFrame ?? null,
  });
  return true;
}

/** Makes room in one go: the eighth that was heard longest ago goes. Returns how many went. */
function forgetIdle(held: Map<string, { lastAt: number }>): number {
  const times = Float64Array.from([...held.values()], ({ lastAt }) => lastAt).sort();
  const limit = times[times.length >> 3] ?? Number.POSITIVE_INFINITY;
  let gone = 0;
  for (const [key, { lastAt }] of held) {
    if (lastAt > limit || gone > times.length >> 3) continue;
    held.delete(key);
    gone++;
  }
  return gone;
}
