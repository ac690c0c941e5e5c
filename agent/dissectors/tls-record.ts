/** TLS records and the handshake messages spread over them. RFC 8446, 5.1; RFC 5246, 6.2.1. */

export const RECORD = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 } as const;
export const RECORD_HEAD = 5;
export const MESSAGE_HEAD = 4;
/** 2^14 of content and what protection adds at most (RFC 5246, 6.2.3). */
const MAX_RECORD = 16_384 + 2048;
/** Handshake messages are no longer in practice; random bytes mostly claim more. */
const MAX_MESSAGE = 0x20000;
/** Records that one flight of handshake messages may be cut into. */
const MAX_RECORDS = 1024;

/** A record may begin here: a known type, a version 3.x, and a length that may be. Judged on as many bytes as there are. */
export function isRecord(payload: Buffer, at = 0): boolean {
  const type = payload[at]!;
  if (type < RECORD.changeCipherSpec || type > RECORD.applicationData) return false;
  if (payload.length > at + 1 && payload[at + 1] !== 3) return false;
  if (payload.length > at + 2 && payload[at + 2]! > 4) return false;
  if (payload.length < at + RECORD_HEAD) return true;
  const length = payload.readUInt16BE(at + 3);
  return length > 0 && length <= MAX_RECORD;
}

/**
 * Length of the records at the payload's start up to where a record and a handshake message end together;
 * 0 while more is needed, -1 when these are no handshake records. A record of another type in between ends them.
 */
export function flightLength(payload: Buffer): number {
  let at = 0;
  let headed = 0;
  let length = 0;
  let left = 0;
  for (let records = 0; records < MAX_RECORDS; records++) {
    if (at >= payload.length) return 0;
    if (payload[at] !== RECORD.handshake || !isRecord(payload, at)) return at > 0 ? at : -1;
    if (at + RECORD_HEAD > payload.length) return 0;
    const end = at + RECORD_HEAD + payload.readUInt16BE(at + 3);
    // Each turn steps over a byte of a head or over a body, so the loop ends.
    for (let from = at + RECORD_HEAD; from < end; ) {
      if (headed < MESSAGE_HEAD) {
        if (from >= payload.length) return 0;
        if (headed > 0) length = (length << 8) | payload[from]!;
        headed++;
        from++;
        if (headed < MESSAGE_HEAD) continue;
        if (length > MAX_MESSAGE) return at > 0 ? at : -1;
        left = length;
      }
      const step = Math.min(left, end - from);
      from += step;
      left -= step;
      if (left > 0) continue;
      headed = 0;
      length = 0;
    }
    at = end;
    if (headed === 0) return at;
  }
  return -1;
}

/** The handshake bytes of the records: a view where there is one record, else put together. */
export function handshakeBytes(payload: Buffer): Buffer {
  const first = Math.min(RECORD_HEAD + payload.readUInt16BE(3), payload.length);
  if (first === payload.length) return payload.subarray(RECORD_HEAD);
  const pieces: Buffer[] = [];
  for (let at = 0; at + RECORD_HEAD <= payload.length && payload[at] === RECORD.handshake; ) {
    const end = at + RECORD_HEAD + payload.readUInt16BE(at + 3);
    pieces.push(payload.subarray(at + RECORD_HEAD, end));
    at = end;
  }
  return Buffer.concat(pieces);
}
