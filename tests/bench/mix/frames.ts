/** Lays out frames of the mixed capture in a buffer: Ethernet, 802.1Q, IPv4, IPv6, UDP and TCP with right checksums. */
import type { Host } from "./hosts.ts";

/** Where a frame goes on the link: the neighbour's address, or a group's. */
export interface Link {
  source: Buffer;
  destination: Buffer;
  vlan: number;
}

export interface Segment {
  fromClient: boolean;
  flags: number;
  sequence: number;
  acknowledgement: number;
  payload: Buffer;
}

export const FLAG = { fin: 1, syn: 2, push: 8, ack: 16 } as const;
/** Longer than any frame laid out here. */
export const MAX_FRAME = 2048;

/** Between two hosts as the ward's uplink shows it: a host beyond the router carries the router's address. */
export function linkBetween(from: Host, to: Host, router: Host): Link {
  const far = from.beyondRouter || to.beyondRouter || from.vlan !== to.vlan;
  const near = from.beyondRouter ? to : from;
  return {
    source: from.beyondRouter ? router.mac : from.mac,
    destination: far && !from.beyondRouter ? router.mac : to.mac,
    vlan: near.vlan,
  };
}

/** Returns where the payload begins. */
export function ethernet(frame: Buffer, { destination, source, vlan }: Link, type: number): number {
  destination.copy(frame, 0);
  source.copy(frame, 6);
  if (vlan === 0) {
    frame.writeUInt16BE(type, 12);
    return 14;
  }
  frame.writeUInt16BE(0x8100, 12);
  frame.writeUInt16BE(vlan, 14);
  frame.writeUInt16BE(type, 16);
  return 18;
}

/** RFC 791: a header without options, never fragmented. Returns where the payload begins. */
function ipv4(
  frame: Buffer,
  at: number,
  from: Host,
  destination: number,
  source: number,
  protocol: number,
  length: number,
): number {
  from.ipId = (from.ipId + 1) & 0xffff || 1;
  frame.writeUInt16BE(0x4500, at);
  frame.writeUInt16BE(20 + length, at + 2);
  frame.writeUInt16BE(from.ipId, at + 4);
  frame.writeUInt16BE(0x4000, at + 6);
  frame[at + 8] = from.ttl;
  frame[at + 9] = protocol;
  frame.writeUInt16BE(0, at + 10);
  frame.writeInt32BE(source, at + 12);
  frame.writeInt32BE(destination, at + 16);
  frame.writeUInt16BE(checksum(sum(frame, at, 20)), at + 10);
  return at + 20;
}

/** RFC 8200, without extension headers. */
export function ipv6(
  frame: Buffer,
  at: number,
  source: Buffer,
  destination: Buffer,
  next: number,
  hops: number,
  length: number,
): number {
  frame.writeUInt32BE(0x60000000, at);
  frame.writeUInt16BE(length, at + 4);
  frame[at + 6] = next;
  frame[at + 7] = hops;
  source.copy(frame, at + 8);
  destination.copy(frame, at + 24);
  return at + 40;
}

/** `to` is a host, or an IPv4 address (a group, everybody). Returns the frame's length. */
export function udpFrame(
  frame: Buffer,
  link: Link,
  from: Host,
  to: Host | number,
  sourcePort: number,
  destinationPort: number,
  payload: Buffer,
  source = from.ip,
): number {
  const at = ipv4(
    frame,
    ethernet(frame, link, 0x0800),
    from,
    typeof to === "number" ? to : to.ip,
    source,
    17,
    8 + payload.length,
  );
  frame.writeUInt16BE(sourcePort, at);
  frame.writeUInt16BE(destinationPort, at + 2);
  frame.writeUInt16BE(8 + payload.length, at + 4);
  frame.writeUInt16BE(0, at + 6);
  payload.copy(frame, at + 8);
  writeChecksum(frame, at, at + 6, 17, 8 + payload.length, 4);
  return at + 8 + payload.length;
}

/** Returns the frame's length. */
export function tcpFrame(
  frame: Buffer,
  link: Link,
  from: Host,
  to: Host,
  ports: readonly [source: number, destination: number],
  segment: Segment,
  isIpv6: boolean,
  ticks: number,
): number {
  const { flags, payload } = segment;
  const isSyn = (flags & FLAG.syn) !== 0;
  const header = 20 + (isSyn ? 12 : 0) + (from.timestamps ? 12 : 0);
  const length = header + payload.length;
  const network = ethernet(frame, link, isIpv6 ? 0x86dd : 0x0800);
  const at = isIpv6
    ? ipv6(frame, network, from.ip6, to.ip6, 6, from.ttl, length)
    : ipv4(frame, network, from, to.ip, from.ip, 6, length);
  frame.writeUInt16BE(ports[0], at);
  frame.writeUInt16BE(ports[1], at + 2);
  frame.writeUInt32BE(segment.sequence, at + 4);
  frame.writeUInt32BE((flags & FLAG.ack) === 0 ? 0 : segment.acknowledgement, at + 8);
  frame[at + 12] = (header / 4) << 4;
  frame[at + 13] = flags;
  frame.writeUInt16BE(64_240, at + 14);
  frame.writeUInt32BE(0, at + 16);
  let option = at + 20;
  if (isSyn) {
    // Maximum segment size 1460, selective acknowledgement, window scale 7 (RFC 9293, 2018, 7323).
    frame.writeUInt32BE(0x020405b4, option);
    frame.writeUInt32BE(0x01010402, option + 4);
    frame.writeUInt32BE(0x01030307, option + 8);
    option += 12;
  }
  if (from.timestamps) {
    frame.writeUInt32BE(0x0101080a, option);
    frame.writeUInt32BE(ticks >>> 0, option + 4);
    frame.writeUInt32BE((flags & FLAG.ack) === 0 ? 0 : (ticks - 3) >>> 0, option + 8);
  }
  payload.copy(frame, at + header);
  writeChecksum(frame, at, at + 16, 6, length, isIpv6 ? 16 : 4);
  return at + header + payload.length;
}

/** The checksum of UDP, TCP or ICMPv6 over the addresses, which lie just before `at` (RFC 1071, RFC 8200 8.1). */
export function writeChecksum(
  frame: Buffer,
  at: number,
  field: number,
  protocol: number,
  length: number,
  addressBytes: 4 | 16,
): void {
  const value = checksum(
    sum(frame, at - 2 * addressBytes, 2 * addressBytes) + protocol + length + sum(frame, at, length),
  );
  frame.writeUInt16BE(value === 0 && protocol === 17 ? 0xffff : value, field);
}

function sum(bytes: Buffer, at: number, length: number): number {
  let total = 0;
  const end = at + (length & ~1);
  for (let i = at; i < end; i += 2) total += (bytes[i]! << 8) | bytes[i + 1]!;
  return (length & 1) === 0 ? total : total + (bytes[end]! << 8);
}

function checksum(total: number): number {
  let folded = total;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x10000);
  return ~folded & 0xffff;
}
