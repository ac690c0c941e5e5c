/** TCP headers: ports, flags, sequence, options, and where the data is. RFC 9293. */
import type { Packet } from "./packet.ts";
import { LAYER, lie, type Peel, short, word16, word32 } from "./peel.ts";

const MIN_HEADER = 20;

export function tcp(peel: Peel, packet: Packet): number {
  const { bytes, at, end } = peel;
  if (at + MIN_HEADER > end) return short(peel, MIN_HEADER, "tcp");
  const header = (bytes[at + 12]! >> 4) << 2;
  if (header < MIN_HEADER || at + header > peel.wireEnd) return lie(peel, "tcp");
  packet.transport = 6;
  packet.sourcePort = word16(bytes, at);
  packet.destinationPort = word16(bytes, at + 2);
  packet.tcpSequence = word32(bytes, at + 4);
  packet.tcpAcknowledgement = word32(bytes, at + 8);
  packet.tcpFlags = bytes[at + 13]!;
  packet.tcpWindow = word16(bytes, at + 14);
  // Where the capture cut the options, what is there of them can still be read.
  const dataAt = Math.min(at + header, end);
  packet.tcpOptionsAt = at + MIN_HEADER;
  packet.tcpOptionsLength = dataAt - at - MIN_HEADER;
  packet.payloadAt = dataAt;
  packet.payloadLength = end - dataAt;
  packet.payloadWireLength = peel.wireEnd - at - header;
  return LAYER.done;
}
