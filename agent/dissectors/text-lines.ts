/** Lines of text protocols: where they end, and nothing of one that never ends. RFC 5321 4.5.3.1; RFC 854. */

/** A longer line says nothing that is kept: it is passed by in pieces of what has arrived. */
export const MAX_LINE = 1024;

const LF = 0x0a;
const CR = 0x0d;

/** For `messageLength`: the line at the payload's start with its end; 0 while more is needed to say. */
export function lineLength(payload: Buffer): number {
  const end = payload.indexOf(LF);
  if (end >= 0) return end + 1;
  return payload.length > MAX_LINE ? payload.length : 0;
}

/** The line without its end, as Latin-1; "" when it is longer than any that is read. */
export function lineText(payload: Buffer): string {
  let end = payload.length;
  while (end > 0 && (payload[end - 1] === LF || payload[end - 1] === CR)) end--;
  return end > MAX_LINE ? "" : payload.toString("latin1", 0, end);
}

/** Bytes a text protocol may send: printable, tab, CR, LF, and letters of other alphabets. */
export function isText(payload: Buffer): boolean {
  const end = Math.min(payload.length, MAX_LINE);
  for (let at = 0; at < end; at++) {
    const byte = payload[at]!;
    if (byte < 0x20 ? byte !== 0x09 && byte !== CR && byte !== LF : byte === 0x7f) return false;
  }
  return true;
}

/** True when the line was sent whole. */
export const isWholeLine = (payload: Buffer): boolean => payload[payload.length - 1] === LF;
