/** Who talks to whom: each device's services and peers, added up from conversations. */
import type { HostKey } from "../observe/observation.ts";
import type { DevicePeer, DeviceService } from "./device.ts";
import type { Conversation } from "./facts.ts";
import type { OwnerIndex } from "./owners.ts";

/** Of one device; each service and each peer once, in no order that means anything. */
export interface Traffic {
  services: DeviceService[];
  peers: DevicePeer[];
}

/** While it is added up: by numbers, since there are tens of thousands of conversations. */
interface Sums extends Traffic {
  byService: Map<number, DeviceService>;
  /** Device id or outside address → service → peer. */
  byPeer: Map<string, Map<number, DevicePeer>>;
}

const SIDES = { client: 0, server: 1, unknown: 2 } as const;

/** By device id. */
export function collectTraffic(conversations: Iterable<Conversation>, owners: OwnerIndex): Map<string, Traffic> {
  const traffic = new Map<string, Sums>();
  for (const talk of conversations) {
    const a = owners.idOf(talk.a);
    const b = owners.idOf(talk.b);
    if (a !== undefined) {
      const sums = sumsOf(traffic, a);
      // Two addresses of one device, as a router has, or loopback: nobody is their own peer.
      if (a !== b) addPeer(sums, b, talk.b, talk);
      if (talk.answered || talk.protocol !== null) addService(sums, talk, sideOf("a", talk.server));
    }
    if (b !== undefined && b !== a) {
      const sums = sumsOf(traffic, b);
      addPeer(sums, a, talk.a, talk);
      if (talk.answered) addService(sums, talk, sideOf("b", talk.server));
    }
  }
  return traffic;
}

const sideOf = (end: "a" | "b", server: Conversation["server"]): DeviceService["side"] =>
  server === "unknown" ? "unknown" : server === end ? "server" : "client";

function sumsOf(traffic: Map<string, Sums>, id: string): Sums {
  let sums = traffic.get(id);
  if (sums === undefined) {
    sums = { services: [], peers: [], byService: new Map(), byPeer: new Map() };
    traffic.set(id, sums);
  }
  return sums;
}

const serviceNumber = ({ transport, port }: Conversation) => port * 2 + (transport === "tcp" ? 1 : 0);

function addPeer(sums: Sums, deviceId: string | undefined, host: HostKey, talk: Conversation): void {
  const peerId = deviceId ?? host.ip;
  if (peerId === null) return;
  let services = sums.byPeer.get(peerId);
  if (services === undefined) {
    services = new Map();
    sums.byPeer.set(peerId, services);
  }
  const service = serviceNumber(talk);
  const known = services.get(service);
  if (known !== undefined) {
    known.frames += talk.frames;
    known.bytes += talk.bytes;
    return;
  }
  const peer: DevicePeer = {
    deviceId: deviceId ?? null,
    remote: deviceId === undefined ? host.ip : null,
    service: `${talk.transport}/${talk.port}`,
    frames: talk.frames,
    bytes: talk.bytes,
  };
  services.set(service, peer);
  sums.peers.push(peer);
}

function addService(sums: Sums, talk: Conversation, side: DeviceService["side"]): void {
  const key = serviceNumber(talk) * 4 + SIDES[side];
  const known = sums.byService.get(key);
  if (known !== undefined) {
    known.protocol ??= talk.protocol;
    return;
  }
  const service: DeviceService = { transport: talk.transport, port: talk.port, protocol: talk.protocol, side };
  sums.byService.set(key, service);
  sums.services.push(service);
}
