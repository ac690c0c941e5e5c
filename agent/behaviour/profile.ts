/** What a device, or all devices of a model, usually do: services and peers, learnt within named bounds. */
import { ANY_PEER, ANY_PORT, type Place, type Side, serviceKey, type Use } from "./use.ts";

/** Services told apart per profile; beyond it those of one side and transport become one with every port. */
const MAX_SERVICES = 128;
/** Peers told apart per service; beyond it any of that place belongs to the habit. */
const MAX_PEERS: Record<Place, number> = { inside: 32, outside: 8, group: 16 };
/** Who serves so many serves whoever asks. */
const MANY_CLIENTS = 8;
/** Peers named in a whole profile; beyond it the service that gets one more names none of that place. */
const MAX_PEERS_NAMED = 512;

export interface ServiceHabit {
  side: Side;
  transport: "tcp" | "udp";
  port: number;
  protocol: string | null;
  peers: HabitPeer[];
}

export interface HabitPeer {
  place: Place;
  /** As `Use.peer`. */
  peer: string;
  /** Where a device was met: whoever has a partner's address is taken for that partner. */
  address: string | null;
}

export class Profile {
  readonly #services = new Map<string, ServiceHabit>();
  #named = 0;
  /** Named peers and services that bounds made into broader ones. */
  merged = 0;

  constructor(services: Iterable<ServiceHabit> = [], merged = 0) {
    for (const service of services) this.#take(service);
    this.merged = merged;
  }

  /** Sorted by service, peers by name. */
  services(): ServiceHabit[] {
    return [...this.#services]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, service]) => ({ ...service, peers: [...service.peers].sort((a, b) => (a.peer < b.peer ? -1 : 1)) }));
  }

  covers(use: Use): boolean {
    return this.#habitsOf(use).some(({ peers }) => peers.some((peer) => isNamed(use, peer)));
  }

  /** Whether it does this at all, with whomever. */
  hasService(use: Use): boolean {
    return this.#habitsOf(use).length > 0;
  }

  /** Whether it serves so many of this place that one more is nothing special. */
  isShared(use: Use): boolean {
    const inPlace = this.#habitsOf(use).flatMap(({ peers }) => peers.filter(({ place }) => place === use.place));
    return use.side === "server" && inPlace.length >= MANY_CLIENTS;
  }

  /** Whether it speaks with this peer at all, over whatever. */
  hasPeer(use: Use): boolean {
    return [...this.#services.values()].some(({ peers }) => peers.some((peer) => isNamed(use, peer)));
  }

  /** True when that was new. */
  learn(use: Use): boolean {
    if (this.covers(use)) return false;
    const { side, transport, port, protocol, place, peer, alsoPeer } = use;
    this.#take({ side, transport, port, protocol, peers: [{ place, peer, address: alsoPeer }] });
    return true;
  }

  /** Takes over what another profile holds. True when anything was new. */
  include(other: Profile): boolean {
    const before = JSON.stringify(this.services());
    for (const service of other.services()) this.#take(service);
    return JSON.stringify(this.services()) !== before;
  }

  /** Peers known by another id now: two devices turned out to be one. True when one of them was named here. */
  rename(nowNamed: ReadonlyMap<string, string>): boolean {
    let renamed = false;
    for (const service of this.#services.values()) {
      if (!service.peers.some(({ peer }) => nowNamed.has(peer))) continue;
      renamed = true;
      const peers = service.peers.map((one) => ({ ...one, peer: nowNamed.get(one.peer) ?? one.peer }));
      service.peers = peers.filter(({ peer }, at) => peers.findIndex((one) => one.peer === peer) === at);
      this.#named -= peers.length - service.peers.length;
    }
    return renamed;
  }

  /** What was heard without knowing who serves stands for either side. */
  #habitsOf({ side, transport, port }: Use): ServiceHabit[] {
    const sides: Side[] = side === "unknown" ? ["client", "server", "unknown"] : [side, "unknown"];
    return sides
      .flatMap((one) =>
        [port, ANY_PORT].map((at) => this.#services.get(serviceKey({ side: one, transport, port: at }))),
      )
      .filter((habit) => habit !== undefined);
  }

  #take(service: ServiceHabit): void {
    const { side, transport, protocol } = service;
    const every = serviceKey({ side, transport, port: ANY_PORT });
    const key = this.#services.has(every) ? every : serviceKey(service);
    let habit = this.#services.get(key);
    if (habit === undefined) {
      habit = { ...service, peers: [] };
      this.#services.set(key, habit);
    }
    habit.protocol ??= protocol;
    for (const peer of service.peers) this.#addPeer(habit, peer);
    if (this.#services.size > MAX_SERVICES) this.#broaden();
  }

  #addPeer(habit: ServiceHabit, { place, peer, address }: HabitPeer): void {
    const same = habit.peers.filter((one) => one.place === place);
    if (same.some((one) => one.peer === peer || one.peer === ANY_PEER[place])) return;
    if (same.length < MAX_PEERS[place] && this.#named < MAX_PEERS_NAMED && peer !== ANY_PEER[place]) {
      habit.peers.push({ place, peer, address });
      this.#named++;
      return;
    }
    this.merged += same.length;
    this.#named -= same.length;
    habit.peers = [
      ...habit.peers.filter((one) => one.place !== place),
      { place, peer: ANY_PEER[place], address: null },
    ];
  }

  /** The side and transport with the most services keeps one that stands for all of them. */
  #broaden(): void {
    const kinds = new Map<string, ServiceHabit[]>();
    for (const service of this.#services.values()) {
      const kind = `${service.side} ${service.transport}`;
      kinds.set(kind, [...(kinds.get(kind) ?? []), service]);
    }
    const [widest] = [...kinds.values()].sort((a, b) => b.length - a.length);
    if (widest?.[0] === undefined) return;
    const { side, transport } = widest[0];
    for (const service of widest) {
      this.#services.delete(serviceKey(service));
      this.#named -= namedIn(service.peers);
    }
    this.merged += widest.length;
    const all: ServiceHabit = { side, transport, port: ANY_PORT, protocol: null, peers: [] };
    this.#services.set(serviceKey(all), all);
    for (const peer of widest.flatMap(({ peers }) => peers)) this.#addPeer(all, peer);
  }
}

const namedIn = (peers: readonly HabitPeer[]) => peers.filter(({ place, peer }) => peer !== ANY_PEER[place]).length;

function isNamed(use: Use, { peer, address }: HabitPeer): boolean {
  if (peer === use.peer || peer === use.alsoPeer || peer === ANY_PEER[use.place]) return true;
  return address !== null && (address === use.alsoPeer || address === use.peer);
}
