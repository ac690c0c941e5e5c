/** What the layers share while one frame is peeled: where we are, and where this layer's bytes end. */
import type { AddressSet } from "./address-set.ts";
import type { DecodeCounts } from "./counts.ts";
import type { Fragments } from "./fragments.ts";

/** What the next layer is. Each layer function returns one of these; `done` ends the peeling. */
export const LAYER = {
  done: 0,
  ethernet: 1,
  /** By packet.etherType, at the bytes after the link header. */
  etherType: 2,
  llc: 3,
  ipv4: 4,
  ipv6: 5,
  /** By packet.ipProtocol, at the bytes after the IP header. */
  ipProtocol: 6,
  tcp: 7,
  udp: 8,
  gre: 9,
  vxlan: 10,
  capwap: 11,
  ieee80211: 12,
  mpls: 13,
  pppoe: 14,
  pbb: 15,
  fabricPath: 16,
} as const;

/** Tunnels inside tunnels beyond this are not opened; counted as malformed "tunnel". */
export const MAX_TUNNEL_DEPTH = 8;

/** How far a frame may go on where the capture or a mirror cut it and nothing says by how much. */
export const UNKNOWN_REST = 65_535;

export interface Peel {
  bytes: Buffer;
  /** First byte of the layer at hand. */
  at: number;
  /** One past its last captured byte: no layer reads at or beyond it. */
  end: number;
  /** One past its last byte on the wire; more than `end` where the capture cut the frame. */
  wireEnd: number;
  /** Tunnels opened so far. */
  depth: number;
  readonly counts: DecodeCounts;
  readonly fragments: Fragments;
  /** Access points whose data is encrypted. */
  readonly hidden: AddressSet;
}

/**
 * The layer's header needs `need` bytes and they are not there. Malformed only if the wire had no more:
 * a frame that the capture cut is no lie.
 */
export function short(peel: Peel, need: number, layer: string): number {
  if (peel.at + need > peel.wireEnd) peel.counts.addMalformed(layer);
  return LAYER.done;
}

/** The layer's header says something impossible: peeling ends here. */
export function lie(peel: Peel, layer: string): number {
  peel.counts.addMalformed(layer);
  return LAYER.done;
}

export const word16 = (bytes: Buffer, at: number): number => (bytes[at]! << 8) | bytes[at + 1]!;

/** Big-endian signed 32-bit word. */
export const word32 = (bytes: Buffer, at: number): number =>
  (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
