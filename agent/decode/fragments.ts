/** Joins fragments of IP datagrams. RFC 791; RFC 8200, 4.5; overlaps are never joined, RFC 5722. */
import type { DecodeCounts } from "./counts.ts";
import type { Packet } from "./packet.ts";
import type { Peel } from "./peel.ts";

/** Datagrams waiting for fragments; a further one pushes the oldest out. */
export const MAX_FRAGMENTED_DATAGRAMS = 128;
/** Bytes of one datagram, which is all that IP allows; so all of them together hold 8 MiB at most. */
export const MAX_FRAGMENT_BYTES = 65_536;
/** Pieces of one datagram; one in more pieces is dropped. 64 KiB in pieces of 576 bytes is 119. */
export const MAX_FRAGMENTS_PER_DATAGRAM = 128;
/** A datagram whose first heard piece is older than this is begun anew. Linux waits as long for IPv4. */
const TIMEOUT_MICROS = 30_000_000;
const FIRST_BUFFER_BYTES = 4096;

interface Datagram {
  used: boolean;
  /** Number of the frame that completed it: until the next frame its bytes are in use. */
  completedIn: number;
  /** Order of arrival; the smallest is the oldest. */
  order: number;
  startedAt: number;
  id: number;
  version: number;
  protocol: number;
  vlan: number;
  interface: number;
  readonly addresses: Int32Array;
  buffer: Buffer;
  /** Received ranges, sorted, apart from each other. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  pieces: number;
  received: number;
  /** -1 until the last fragment is heard. */
  total: number;
}

/** All datagrams that wait. The buffers are kept and used again. */
export class Fragments {
  readonly datagrams: Datagram[] = [];
  order = 0;
}

/**
 * Adds the fragment that `peel` stands at. Returns the protocol of the datagram when it is whole: `peel`
 * and `packet` then point into the joined bytes. Otherwise -1, and the packet says isFragment.
 * `protocol` is what follows by this fragment's header; for IPv6 the first fragment's counts.
 */
export function addFragment(peel: Peel, packet: Packet, offset: number, more: boolean, protocol: number): number {
  const length = peel.wireEnd - peel.at;
  packet.isFragment = true;
  packet.payloadAt = peel.at;
  packet.payloadLength = 0;
  packet.payloadWireLength = 0;
  if (length === 0 || (more && (length & 7) !== 0) || offset + length > MAX_FRAGMENT_BYTES - 1) {
    peel.counts.addMalformed("fragment");
    return -1;
  }
  if (peel.end < peel.wireEnd) {
    // The capture cut this fragment: the datagram will never be whole.
    peel.counts.fragmentsDropped++;
    return -1;
  }
  const datagram = find(peel.fragments, packet, protocol) ?? start(peel, packet, protocol);
  if (!insert(datagram, peel.bytes, peel.at, offset, length, more)) {
    peel.counts.addMalformed("fragment");
    drop(datagram, peel.counts);
    return -1;
  }
  if (offset === 0) datagram.protocol = protocol;
  if (datagram.received !== datagram.total) return -1;

  datagram.used = false;
  datagram.completedIn = peel.counts.frames;
  packet.isFragment = false;
  packet.ipProtocol = datagram.protocol;
  packet.bytes = datagram.buffer;
  packet.linkPayloadAt = 0;
  packet.linkPayloadLength = 0;
  packet.payloadAt = 0;
  packet.payloadLength = datagram.total;
  packet.payloadWireLength = datagram.total;
  peel.bytes = datagram.buffer;
  peel.at = 0;
  peel.end = datagram.total;
  peel.wireEnd = datagram.total;
  return datagram.protocol;
}

function find(fragments: Fragments, packet: Packet, protocol: number): Datagram | undefined {
  const { datagrams } = fragments;
  for (let i = 0; i < datagrams.length; i++) {
    const datagram = datagrams[i]!;
    if (!datagram.used || datagram.id !== packet.ipId || !same(datagram, packet, protocol)) continue;
    const age = packet.at - datagram.startedAt;
    if (age >= 0 && age <= TIMEOUT_MICROS) return datagram;
    // Too old, or the clock went back: the same key now means another datagram.
    datagram.used = false;
    return undefined;
  }
  return undefined;
}

function same(datagram: Datagram, packet: Packet, protocol: number): boolean {
  const words = datagram.addresses;
  return (
    datagram.version === packet.ipVersion &&
    (datagram.version === 6 || datagram.protocol === protocol) &&
    datagram.vlan === packet.vlan &&
    datagram.interface === packet.interface &&
    words[3] === packet.source3 &&
    words[7] === packet.destination3 &&
    words[0] === packet.source0 &&
    words[1] === packet.source1 &&
    words[2] === packet.source2 &&
    words[4] === packet.destination0 &&
    words[5] === packet.destination1 &&
    words[6] === packet.destination2
  );
}

function start(peel: Peel, packet: Packet, protocol: number): Datagram {
  const datagram = slot(peel.fragments, peel.counts);
  datagram.used = true;
  datagram.order = ++peel.fragments.order;
  datagram.startedAt = packet.at;
  datagram.id = packet.ipId;
  datagram.version = packet.ipVersion;
  datagram.protocol = protocol;
  datagram.vlan = packet.vlan;
  datagram.interface = packet.interface;
  datagram.pieces = 0;
  datagram.received = 0;
  datagram.total = -1;
  const words = datagram.addresses;
  words[0] = packet.source0;
  words[1] = packet.source1;
  words[2] = packet.source2;
  words[3] = packet.source3;
  words[4] = packet.destination0;
  words[5] = packet.destination1;
  words[6] = packet.destination2;
  words[7] = packet.destination3;
  return datagram;
}

/** A free place, a new one, or the oldest one's. Never one whose bytes this very frame still reads. */
function slot(fragments: Fragments, counts: DecodeCounts): Datagram {
  const { datagrams } = fragments;
  let oldest: Datagram | undefined;
  for (let i = 0; i < datagrams.length; i++) {
    const datagram = datagrams[i]!;
    if (datagram.used) {
      if (oldest === undefined || datagram.order < oldest.order) oldest = datagram;
    } else if (datagram.completedIn !== counts.frames) return datagram;
  }
  if (datagrams.length < MAX_FRAGMENTED_DATAGRAMS || oldest === undefined) {
    const fresh = emptyDatagram();
    datagrams.push(fresh);
    return fresh;
  }
  drop(oldest, counts);
  return oldest;
}

function drop(datagram: Datagram, counts: DecodeCounts): void {
  counts.fragmentsDropped += datagram.pieces;
  datagram.used = false;
}

/** False when the piece contradicts what is known: overlap, two ends, too many pieces. A repeat is fine. */
function insert(datagram: Datagram, bytes: Buffer, at: number, offset: number, length: number, more: boolean): boolean {
  const { starts, ends } = datagram;
  const end = offset + length;
  if (datagram.total >= 0 ? end > datagram.total || (!more && end !== datagram.total) : false) return false;
  let place = datagram.pieces;
  while (place > 0 && starts[place - 1]! >= offset) place--;
  if (place < datagram.pieces && starts[place] === offset && ends[place] === end) {
    return datagram.buffer.compare(bytes, at, at + length, offset, end) === 0;
  }
  if (place > 0 && ends[place - 1]! > offset) return false;
  if (place < datagram.pieces && (starts[place]! < end || !more)) return false;
  if (datagram.pieces === MAX_FRAGMENTS_PER_DATAGRAM) return false;
  if (!more) datagram.total = end;
  starts.copyWithin(place + 1, place, datagram.pieces);
  ends.copyWithin(place + 1, place, datagram.pieces);
  starts[place] = offset;
  ends[place] = end;
  datagram.pieces++;
  datagram.received += length;
  if (datagram.buffer.length < end) grow(datagram, end);
  bytes.copy(datagram.buffer, offset, at, at + length);
  return true;
}

function grow(datagram: Datagram, needed: number): void {
  let size = datagram.buffer.length * 2;
  while (size < needed) size *= 2;
  const buffer = Buffer.alloc(Math.min(size, MAX_FRAGMENT_BYTES));
  datagram.buffer.copy(buffer);
  datagram.buffer = buffer;
}

const emptyDatagram = (): Datagram => ({
  used: false,
  completedIn: -1,
  order: 0,
  startedAt: 0,
  id: 0,
  version: 0,
  protocol: 0,
  vlan: 0,
  interface: 0,
  addresses: new Int32Array(8),
  buffer: Buffer.alloc(FIRST_BUFFER_BYTES),
  starts: new Int32Array(MAX_FRAGMENTS_PER_DATAGRAM + 1),
  ends: new Int32Array(MAX_FRAGMENTS_PER_DATAGRAM + 1),
  pieces: 0,
  received: 0,
  total: -1,
});
