/** 802.11 data frames inside CAPWAP: which station speaks to whom. IEEE 802.11-2020, 9.2 and 9.3.2. */
import { stopAtLink } from "./ethernet.ts";
import type { Packet } from "./packet.ts";
import { LAYER, lie, type Peel, short, word16, word32 } from "./peel.ts";

const HEADER = 24;
/** Sequence control: the fragment's number is in the low bits of its first byte. */
const SEQUENCE = 22;
const FOURTH_ADDRESS = 6;
const QOS_CONTROL = 2;
const HT_CONTROL = 4;

const VERSION = 0x03;
const DATA = 2;
const QOS = 0x80;
const NULL_DATA = 0x40;

const TO_DS = 0x01;
const FROM_DS = 0x02;
const PROTECTED = 0x40;
const ORDER = 0x80;
/** Bit of the QoS control's first byte: several frames in one. */
const AGGREGATE = 0x80;

/** How LLC with SNAP begins. */
const SNAP_SAPS = 0xaaaa;

/**
 * Management and control frames give no addresses: a station that only looks for a network is not on it.
 */
export function ieee80211(peel: Peel, packet: Packet): number {
  const { bytes, at } = peel;
  if (at + 2 > peel.end) return short(peel, 2, "ieee80211");
  let control = bytes[at]!;
  let flags = bytes[at + 1]!;
  const swapped = isSwapped(control, flags);
  if (swapped) {
    control = bytes[at + 1]!;
    flags = bytes[at]!;
  }
  if ((control & VERSION) !== 0) return lie(peel, "ieee80211");
  if (((control >> 2) & 3) !== DATA) return LAYER.done;

  const direction = flags & (TO_DS | FROM_DS);
  const qosAt = direction === (TO_DS | FROM_DS) ? HEADER + FOURTH_ADDRESS : HEADER;
  const hasQos = (control & QOS) !== 0;
  const header = qosAt + (hasQos ? QOS_CONTROL + ((flags & ORDER) !== 0 ? HT_CONTROL : 0) : 0);
  if (at + header > peel.end) return short(peel, header, "ieee80211");
  // Addresses 1, 2, 3 and 4 stand at 4, 10, 16 and 24.
  const destinationAt = at + ((direction & TO_DS) !== 0 ? 16 : 4);
  const sourceAt = at + (direction === FROM_DS ? 16 : direction === (TO_DS | FROM_DS) ? 24 : 10);
  packet.hasSourceMac = true;
  packet.hasDestinationMac = true;
  packet.sourceMacHigh = word16(bytes, sourceAt);
  packet.sourceMacLow = word32(bytes, sourceAt + 2);
  packet.destinationMacHigh = word16(bytes, destinationAt);
  packet.destinationMacLow = word32(bytes, destinationAt + 2);
  peel.at = at + header;
  stopAtLink(peel, packet, 0);
  if ((control & NULL_DATA) !== 0) return LAYER.done;
  const clear = peel.at + 2 <= peel.end && word16(bytes, peel.at) === SNAP_SAPS;
  // Access points may leave the flag set on what they have decrypted.
  if ((flags & PROTECTED) !== 0 && !clear) return unread(peel, "ieee80211:protected");
  if ((bytes[at + SEQUENCE + (swapped ? 1 : 0)]! & 0x0f) !== 0) return unread(peel, "ieee80211:fragment");
  if (hasQos && (bytes[at + qosAt + (swapped ? 1 : 0)]! & AGGREGATE) !== 0) return unread(peel, "ieee80211:aggregate");
  return LAYER.llc;
}

/**
 * Some controllers send the two-byte fields (frame, sequence and QoS control) in the other order. The version is always 0, so
 * a direction bit in its place gives it away; so do flags alone where a frame type should be.
 */
const isSwapped = (first: number, second: number): boolean =>
  (first & VERSION) !== 0 || (first === 0 && second !== 0 && (second & VERSION) === 0);

function unread(peel: Peel, what: string): number {
  peel.counts.addUnknownKey(what);
  return LAYER.done;
}
