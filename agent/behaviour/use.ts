/** One thing a device does: which service it offers or uses, and with whom, in the words that habits are kept in. */
import { type Contact, outsideNetwork } from "../identify/contacts.ts";

export type Side = Contact["side"];

/** Services from here on are given out anew at every start (Linux from 32768, RFC 6335 from 49152): all are one. */
export const DYNAMIC_PORTS = 32_768;
const NTP = 123;
/** Stands for every port: what a profile with too many services keeps of them. */
export const ANY_PORT = -1;

/** Where a peer is; `ANY_PEER` of it stands for all of them once a service has too many to name. */
export type Place = Contact["kind"];
export const ANY_PEER: Record<Place, string> = { inside: "any inside", outside: "any outside", group: "any group" };

export interface Use {
  side: Side;
  transport: "tcp" | "udp";
  /** The service's port; `DYNAMIC_PORTS` for all from there on. */
  port: number;
  protocol: string | null;
  place: Place;
  /** A device id, an inside address, an outside network (203.0.113.0/24) or a group's address. */
  peer: string;
  /** Another name the peer may be known by: its address, from before it was known as a device. */
  alsoPeer: string | null;
}

/** `deviceAt`: which device an inside address belongs to, from what is remembered. Null when there is no one to name. */
export function useOf(contact: Contact, deviceAt: (address: string) => string | undefined): Use | null {
  const { side, transport, port, protocol, kind: place, address } = contact;
  const known = contact.peerId ?? (place === "inside" && address !== null ? deviceAt(address) : undefined);
  const peer = known ?? (place === "outside" && address !== null ? outsidePeer(address, port) : address);
  if (peer === null || peer === contact.deviceId) return null;
  const alsoPeer = peer === address || place === "outside" ? null : address;
  return { side, transport, port: Math.min(port, DYNAMIC_PORTS), protocol, place, peer, alsoPeer };
}

/** Time servers outside are drawn by lot from large pools: one is as good as another. RFC 8633, "Using Pool Servers". */
const outsidePeer = (address: string, port: number) => (port === NTP ? ANY_PEER.outside : outsideNetwork(address));

/** The same service always has the same text. */
export const serviceKey = ({ side, transport, port }: Pick<Use, "side" | "transport" | "port">): string =>
  `${side} ${transport}/${port}`;
