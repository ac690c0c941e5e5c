/** Whom devices talk to, in which role and since when: conversations as one device sees them. */
import { ipv4Text, ipv6Text, parseIp } from "../decode/addresses.ts";
import type { HostKey } from "../observe/observation.ts";
import type { Conversation } from "./facts.ts";
import { isDeviceAddress, type Networks } from "./networks.ts";

/** Conversations of one device with one other over one service. */
export interface Contact {
  deviceId: string;
  /** The device's own part; unknown when neither content nor handshake told who serves. */
  side: "client" | "server" | "unknown";
  transport: "tcp" | "udp";
  /** The server's port. */
  port: number;
  /** By content; null when no dissector knew it. */
  protocol: string | null;
  /** group: multicast and broadcast, which speak to nobody in particular. */
  kind: "inside" | "outside" | "group";
  /** The other device, when it is one. */
  peerId: string | null;
  /** Its address; null for a peer without one. */
  address: string | null;
  /** Both were heard. */
  answered: boolean;
  /** Microseconds. */
  firstAt: number;
  lastAt: number;
}

/** Each conversation once per device in it that `wanted` names; in no particular order. */
export function contactsOf(
  conversations: Iterable<Conversation>,
  ownerOf: (host: HostKey) => string | undefined,
  networks: Networks,
  wanted: ReadonlySet<string>,
): Contact[] {
  const contacts: Contact[] = [];
  for (const talk of conversations) {
    const a = ownerOf(talk.a);
    const b = ownerOf(talk.b);
    if (a === b) continue;
    if (a !== undefined && wanted.has(a)) contacts.push(contact(talk, a, "a", b, talk.b, networks));
    // Who was only spoken to has not answered yet: that is no contact of theirs.
    if (b !== undefined && wanted.has(b) && talk.answered) contacts.push(contact(talk, b, "b", a, talk.a, networks));
  }
  return contacts;
}

function contact(
  talk: Conversation,
  deviceId: string,
  part: "a" | "b",
  peerId: string | undefined,
  { ip }: HostKey,
  networks: Networks,
): Contact {
  const { transport, port, protocol, server, answered, firstAt, lastAt } = talk;
  const side = server === "unknown" ? "unknown" : server === part ? "server" : "client";
  const kind = peerId === undefined && ip !== null ? kindOf(ip, networks) : "inside";
  return {
    deviceId,
    side,
    transport,
    port,
    protocol,
    kind,
    peerId: peerId ?? null,
    address: ip,
    answered,
    firstAt,
    lastAt,
  };
}

function kindOf(ip: string, networks: Networks): Contact["kind"] {
  // A silent address that ends in 255 is, nearly always, the broadcast address of a subnet.
  if (!isDeviceAddress(ip) || ip === "255.255.255.255" || ip.endsWith(".255")) return "group";
  return networks.isInside(ip) ? "inside" : "outside";
}

/** The network that stands for an outside address: one service's servers change theirs within it. */
export function outsideNetwork(ip: string): string {
  const address = parseIp(ip);
  if (address === undefined) return ip;
  const [w0, w1, , w3] = address.words as [number, number, number, number];
  if (address.version === 4) return `${ipv4Text(w3 & 0xffffff00)}/24`;
  return `${ipv6Text(w0, w1 & 0xffff0000, 0, 0)}/48`;
}
