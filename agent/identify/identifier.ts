/** Observations in, devices out: holds the facts, tells devices apart, judges them, keeps their ids. */
import { createHash } from "node:crypto";
import type { Observation } from "../observe/observation.ts";
import { type Contact, contactsOf } from "./contacts.ts";
import {
  criticalityOf,
  type Device,
  type DeviceEvidence,
  type DevicePeer,
  type DeviceService,
  isMedical,
} from "./device.ts";
import { Facts } from "./facts.ts";
import type { Group } from "./groups.ts";
import type { KeptApart } from "./join.ts";
import { type Judgement, judge } from "./judge.ts";
import { namesOf } from "./names.ts";
import { createNetworks, type Networks } from "./networks.ts";
import { OwnerIndex } from "./owners.ts";
import { resolve } from "./resolve.ts";
import { type Rhythm, rhythmOf } from "./rhythm.ts";
import type { IdentifyRule } from "./rule.ts";
import { identifyRules } from "./rules/index.ts";
import { collectTraffic, type Traffic } from "./traffic.ts";
import { DeviceView } from "./view.ts";
import { weakSigns } from "./weak-signs.ts";
import { whyOf } from "./why.ts";

/** Peers listed per device; the busiest are kept. */
const MAX_PEERS = 256;
const MAX_SERVICES = 256;

/** A host that is no device: outside, or on a link without MAC addresses. */
export interface Stranger {
  ip: string;
  evidence: readonly DeviceEvidence[];
}

/** How many others one host tried to reach within five minutes; told only past a floor, once per window of time. */
export interface FanOut {
  /** null when the host is no device. */
  deviceId: string | null;
  ip: string | null;
  /** hosts: one port at many addresses (port 0: by ARP); ports: many ports of one address. */
  kind: "hosts" | "ports";
  port: number;
  /** Different addresses or ports tried, and how many of them answered. */
  tried: number;
  answered: number;
  firstSeenAt: number;
  lastSeenAt: number;
}

export interface IdentifierOptions {
  networks?: Networks;
  /** Devices as the ledger remembers them: ids and what they said outlive a restart. */
  remembered?: Iterable<Device>;
  /** Pairs of MACs that are not one device, whatever speaks for it. */
  keptApart?: KeptApart;
}

/** A device and, in plain words, why it is taken for what it is. */
export interface JudgedDevice {
  device: Device;
  why: string;
  anchors: string[];
}

interface Judged {
  view: DeviceView;
  /** What it was judged by; undefined until that is compared with anything, as it never is in a replay. */
  basis: string | undefined;
  judgement: Judgement;
}

export class Identifier {
  readonly facts: Facts;
  readonly #networks: Networks;
  readonly #keptApart: KeptApart;
  readonly #rules: IdentifyRule[] = identifyRules();
  /** Anchor → id first given. */
  readonly #ids = new Map<string, string>();
  readonly #idsByAddress = new Map<string, string>();
  #owners: OwnerIndex | undefined;
  #rhythms: ReadonlyMap<string, Rhythm> = new Map();
  /** Judgements of the last `devices()`, by id, and those of the one under way. */
  #judged = new Map<string, Judged>();
  #judgedNow = new Map<string, Judged>();
  /** By id: devices of before the start, until they are heard again (and what they said then, for ever). */
  readonly #remembered = new Map<string, Device>();

  constructor(options: IdentifierOptions = {}) {
    this.#networks = options.networks ?? createNetworks();
    this.#keptApart = options.keptApart ?? [];
    this.facts = new Facts(this.#networks);
    for (const device of options.remembered ?? []) this.#remember(device);
  }

  take(observation: Observation): void {
    this.facts.take(observation);
  }

  /** All devices as known now, sorted by id. */
  devices(): JudgedDevice[] {
    const groups = resolve(this.facts, this.#networks, this.#keptApart);
    const identities = groups.map((group) => this.#identity(group));
    const owners = new OwnerIndex(
      groups,
      identities.map(({ id }) => id),
    );
    this.#owners = owners;
    this.#rhythms = new Map(
      groups.flatMap((group, index) => {
        const rhythm = rhythmOf(group);
        return rhythm === null ? [] : [[identities[index]!.id, rhythm] as const];
      }),
    );
    const traffic = collectTraffic(this.facts.conversations.values(), owners);
    const judged = groups.map((group, index) =>
      this.#device(group, identities[index]!, traffic.get(identities[index]!.id), owners),
    );
    this.#judged = this.#judgedNow;
    this.#judgedNow = new Map();
    const heard = new Set(identities.flatMap(({ id, aliases }) => [id, ...aliases]));
    for (const device of this.#remembered.values()) {
      if (!heard.has(device.id))
        judged.push({
          device,
          why: whyOf(
            device,
            device.claims.map((claim) => ({ ...claim, words: [] })),
          ),
          anchors: [],
        });
    }
    return judged.sort((a, b) => (a.device.id < b.device.id ? -1 : 1));
  }

  /** Hosts that are no device and what they said, as of the last `devices()`; sorted by address. */
  strangers(): Stranger[] {
    const found = new Map<string, DeviceEvidence[]>();
    for (const host of this.facts.hosts.values()) {
      if (host.ip === null || host.evidence.size === 0 || this.#owners?.idOf(host) !== undefined) continue;
      const said = found.get(host.ip);
      if (said === undefined) found.set(host.ip, [...host.evidence.values()]);
      else for (const piece of host.evidence.values()) said.push(piece);
    }
    for (const [ip, evidence] of this.facts.outsiders) {
      if (!found.has(ip)) found.set(ip, [...evidence.values()]);
    }
    return [...found].map(([ip, evidence]) => ({ ip, evidence })).sort((a, b) => (a.ip < b.ip ? -1 : 1));
  }

  /** Whom these devices talk to, as of the last `devices()`. */
  contacts(wanted: ReadonlySet<string>): Contact[] {
    const owners = this.#owners;
    if (owners === undefined) return [];
    return contactsOf(this.facts.conversations.values(), (host) => owners.idOf(host), this.#networks, wanted);
  }

  /** How steadily each device was heard since the start, as of the last `devices()`. */
  rhythms(): ReadonlyMap<string, Rhythm> {
    return this.#rhythms;
  }

  /** Who tried to reach many, as of the last `devices()`: the windows of the last day, in order of time. */
  fanOuts(): FanOut[] {
    return [...this.facts.fanOuts.values()]
      .flat()
      .map(({ by, what, port, tried, answered, firstAt, lastAt }) => ({
        deviceId: this.#owners?.idOf(by) ?? null,
        ip: by.ip,
        kind: what,
        port,
        tried,
        answered,
        firstSeenAt: firstAt,
        lastSeenAt: lastAt,
      }))
      .sort((a, b) => a.firstSeenAt - b.firstSeenAt || a.port - b.port || (fanOutKey(a) < fanOutKey(b) ? -1 : 1));
  }

  /** Judged anew only when the device said or did something new: most say the same for years. */
  #judgement(id: string, view: DeviceView): Judgement {
    const known = this.#judged.get(id);
    const basis = known === undefined ? undefined : basisOf(view);
    const isSame = known !== undefined && (known.basis ?? basisOf(known.view)) === basis;
    const judgement = isSame ? known.judgement : judge(view, this.#rules);
    this.#judgedNow.set(id, { view, basis, judgement });
    return judgement;
  }

  /** The earliest id any of the group's anchors ever had; the others become aliases. */
  #identity(group: Group): { id: string; aliases: string[] } {
    const found = new Set<string>();
    for (const anchor of group.anchors) {
      const known = this.#ids.get(anchor) ?? this.#addressId(group);
      if (known !== undefined) found.add(known);
    }
    const ids = [...found];
    const id = ids[0] ?? idOf(group.anchor);
    for (const anchor of group.anchors) if (!this.#ids.has(anchor)) this.#ids.set(anchor, id);
    return { id, aliases: ids.slice(1).sort() };
  }

  #addressId(group: Group): string | undefined {
    return group.macs.length === 0 && group.ips.length === 1 ? this.#idsByAddress.get(group.ips[0]!) : undefined;
  }

  /** A card's MAC names the device in every VLAN it was heard in; without a card its address does. */
  #remember(device: Device): void {
    this.#remembered.set(device.id, device);
    for (const mac of device.macs) {
      for (const vlan of [0, ...device.vlans]) this.#ids.set(`mac ${mac} ${vlan}`, device.id);
    }
    if (device.macs.length === 0) for (const ip of device.ips) this.#idsByAddress.set(ip, device.id);
  }

  #device(
    group: Group,
    { id, aliases }: { id: string; aliases: string[] },
    traffic: Traffic | undefined,
    owners: OwnerIndex,
  ): JudgedDevice {
    const before = [id, ...aliases].map((one) => this.#remembered.get(one)).filter((device) => device !== undefined);
    const services = mergeByKey(
      before.flatMap((device) => device.services),
      traffic?.services ?? [],
      serviceKey,
    ).slice(0, MAX_SERVICES);
    const peers = busiest(
      mergeByKey(
        before
          .flatMap((device) => device.peers)
          .filter((peer) => peer.deviceId !== id && !aliases.includes(peer.deviceId ?? "")),
        traffic?.peers ?? [],
        peerKey,
      ),
    );
    const lastSeenAt = Math.max(group.firstAt, group.reported?.lastAt ?? 0, ...group.hosts.map((host) => host.lastAt));
    const evidence = mergeEvidence(group, before, weakSigns(services, peers, group.firstAt, lastSeenAt));
    const view = new DeviceView(group, evidence, services, peers);
    const judgement = this.#judgement(id, view);
    const sum = (pick: (host: Group["hosts"][number]) => number) =>
      group.hosts.reduce((total, host) => total + pick(host), 0);
    const device: Device = {
      id,
      aliases,
      macs: group.macs,
      ips: group.ips,
      vlans: [...new Set(group.vlans.filter((vlan) => vlan !== 0).map((vlan) => vlan % 4096))].sort((a, b) => a - b),
      names: namesOf(evidence),
      class: judgement.class,
      medical: isMedical(judgement.class),
      criticality: criticalityOf(judgement.class),
      maker: judgement.maker,
      model: judgement.model,
      version: judgement.version,
      serial: judgement.serial,
      os: judgement.os,
      confidence: judgement.confidence,
      roles: rolesOf(view),
      randomisedMac: view.hasRandomisedMac,
      reportedBy: group.reported === null ? null : (owners.idOf(group.reported.by) ?? null),
      firstSeenAt: Math.min(group.firstAt, ...before.map((device) => device.firstSeenAt)),
      lastSeenAt,
      frames: sum((host) => host.sentFrames + host.receivedFrames) + total(before, (device) => device.frames),
      bytes: sum((host) => host.sentBytes + host.receivedBytes) + total(before, (device) => device.bytes),
      services,
      peers,
      evidence,
      claims: judgement.claims.map(({ words: _, ...claim }) => claim),
      contradictions: judgement.contradictions,
    };
    return { device, why: whyOf(device, judgement.claims), anchors: group.anchors };
  }
}

const basisOf = ({ group, evidence, services }: DeviceView): string =>
  [
    group.isRouter,
    ...group.macs,
    ...evidence.map(evidenceKey),
    ...services.map((service) => `${serviceKey(service)} ${service.protocol}`),
  ].join("\n");

const fanOutKey = ({ deviceId, ip, kind }: FanOut) => `${deviceId ?? ""} ${ip} ${kind}`;

const idOf = (anchor: string) => `dev-${createHash("sha256").update(anchor).digest("hex").slice(0, 16)}`;

function rolesOf(view: DeviceView): string[] {
  const roles = new Set(view.values("wardtap.role").filter((role) => role !== "router"));
  if (view.group.isRouter || view.has("wardtap.role", "router")) roles.add("gateway");
  return [...roles].sort();
}

const total = (devices: readonly Device[], pick: (device: Device) => number) =>
  devices.reduce((sum, device) => sum + pick(device), 0);

/** What was known before, replaced by what is known now (each key once); sorted by key. */
function mergeByKey<T>(before: readonly T[], now: readonly T[], key: (item: T) => string): T[] {
  if (before.length === 0) return sortedByKey(now, key);
  const merged = new Map(before.map((item) => [key(item), item]));
  for (const item of now) merged.set(key(item), item);
  return sortedByKey(merged.values(), key);
}

function mergeEvidence(group: Group, before: readonly Device[], signs: readonly DeviceEvidence[]): DeviceEvidence[] {
  const heard = group.hosts.filter((host) => host.evidence.size > 0).map((host) => host.evidence.values());
  if (group.reported !== null) heard.push(group.reported.evidence.values());
  const merged = new Map<string, DeviceEvidence>();
  for (const evidence of [...before.map((device) => device.evidence), ...heard, signs]) {
    for (const piece of evidence) {
      const key = evidenceKey(piece);
      const known = merged.get(key);
      if (known === undefined) {
        merged.set(key, { ...piece });
        continue;
      }
      known.count += piece.count;
      known.lastSeenAt = Math.max(known.lastSeenAt, piece.lastSeenAt);
      if (piece.firstSeenAt < known.firstSeenAt) {
        known.firstSeenAt = piece.firstSeenAt;
        known.firstFrame = piece.firstFrame;
      }
    }
  }
  return sortedByKey(merged.entries(), ([key]) => key).map(([, piece]) => piece);
}

const evidenceKey = (piece: DeviceEvidence) => `${piece.attribute}\0${piece.value}\0${piece.protocol}`;
const serviceKey = (service: DeviceService) =>
  `${service.transport} ${String(service.port).padStart(5, "0")} ${service.side}`;
const peerKey = (peer: DevicePeer) => `${peer.deviceId ?? ""} ${peer.remote ?? ""} ${peer.service}`;

/** Sorted by code unit of a key that is built once per item. */
const sortedByKey = <T>(items: Iterable<T>, key: (item: T) => string): T[] =>
  [...items]
    .map((item) => ({ item, key: key(item) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ item }) => item);

const busiest = (peers: DevicePeer[]): DevicePeer[] =>
  peers.length <= MAX_PEERS ? peers : sortedByKey(peers.sort((a, b) => b.bytes - a.bytes).slice(0, MAX_PEERS), peerKey);
