/** Frames for tests: hex laid out like the standards, and a decoder called once. */
import type { Frame } from "../../../agent/capture/source.ts";
import { createDecoder, type Decoder } from "../../../agent/decode/decode.ts";
import { emptyPacket, type Packet } from "../../../agent/decode/packet.ts";

/** Bytes from hex; blanks and line ends between are for the reader. */
export const hex = (...parts: string[]): Buffer => Buffer.from(parts.join("").replace(/\s+/g, ""), "hex");

/** A frame of these bytes, standing somewhere inside a larger buffer as captures have it. */
export function frameOf(bytes: Buffer, more: Partial<Frame> = {}): Frame {
  const around = Buffer.alloc(bytes.length + 32, 0xee);
  bytes.copy(around, 16);
  return {
    bytes: around,
    offset: 16,
    length: bytes.length,
    wireLength: bytes.length,
    at: 1_000_000,
    linkType: 1,
    interface: 0,
    file: 0,
    number: 1,
    ...more,
  };
}

export interface Decoded {
  packet: Packet;
  decoder: Decoder;
  malformed: Record<string, number>;
  unknown: Record<string, number>;
}

export function decodeFrame(frame: Frame, decoder: Decoder = createDecoder()): Decoded {
  const packet = emptyPacket();
  decoder.decode(frame, packet);
  return {
    packet,
    decoder,
    malformed: Object.fromEntries(decoder.counters.malformed),
    unknown: Object.fromEntries(decoder.counters.unknown),
  };
}

export const decodeBytes = (bytes: Buffer, more: Partial<Frame> = {}, decoder?: Decoder): Decoded =>
  decodeFrame(frameOf(bytes, more), decoder);

export const payloadOf = (packet: Packet): Buffer =>
  packet.bytes.subarray(packet.payloadAt, packet.payloadAt + packet.payloadLength);

/** Why these offsets can't be right; "" when they are. */
export function offsetsWrong(packet: Packet): string {
  const size = packet.bytes.length;
  const ranges: [string, number, number][] = [
    ["link payload", packet.linkPayloadAt, packet.linkPayloadLength],
    ["payload", packet.payloadAt, packet.payloadLength],
    ["options", packet.tcpOptionsAt, packet.tcpOptionsLength],
  ];
  for (const [name, at, length] of ranges) {
    if (at < 0 || length < 0 || at + length > size) return `${name}: ${at} + ${length} of ${size}`;
    if (!Number.isInteger(at) || !Number.isInteger(length)) return `${name}: no integer`;
  }
  if (packet.payloadWireLength < packet.payloadLength) return "payload longer than on the wire";
  return "";
}
