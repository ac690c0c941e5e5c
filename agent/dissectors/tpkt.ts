/** TPKT and the ISO connection request inside it, which RDP shares with other protocols. RFC 1006 6, ITU-T X.224 13.3. */

export const TPKT_HEADER = 4;
const VERSION = 3;
/** A connection request or confirmation: fixed part past its length. */
const X224_FIXED = 6;

/** Length of the packet that begins the payload; 0 when more bytes are needed, -1 when it is none. */
export function tpktLength(payload: Buffer): number {
  if (payload[0] !== VERSION || (payload.length > 1 && payload[1] !== 0)) return -1;
  if (payload.length < TPKT_HEADER) return 0;
  const length = payload.readUInt16BE(2);
  return length < 7 ? -1 : length;
}

/** X.224's code (e0 request, d0 confirmation, f0 data), or -1. */
export const x224Code = (payload: Buffer): number => (payload.length > 5 ? payload[5]! & 0xf0 : -1);

/** What follows the fixed part of a connection request or confirmation. */
export function x224Rest(payload: Buffer): Buffer {
  const end = Math.min(payload.length, TPKT_HEADER + 1 + (payload[TPKT_HEADER] ?? 0));
  return payload.subarray(Math.min(TPKT_HEADER + 1 + X224_FIXED, end), end);
}
