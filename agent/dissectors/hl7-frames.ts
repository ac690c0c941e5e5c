/** Where an HL7 message begins and ends: in an MLLP block, or bare. MLLP release 1; HL7 v2.8.2 chapter 2.5.4. */

const START = 0x0b;
export const END = 0x1c;
export const CR = 0x0d;
const LF = 0x0a;
const HEAD = [START, 0x4d, 0x53, 0x48];
/** Without a frame only the usual separators prove it: "MSH|^~\&". */
const BARE = Buffer.from("MSH|^~\\");
const BARE_NEXT = Buffer.from("\rMSH|^~\\");

/** Where the header stands: 1 in a block, 0 when bare, -1 when this is no HL7 message. */
export function blockStart(payload: Buffer): -1 | 0 | 1 {
  if (payload[0] === BARE[0]) return payload.subarray(0, BARE.length).equals(BARE) ? 0 : -1;
  for (let at = 0; at < HEAD.length; at++) if (payload[at] !== HEAD[at]) return -1;
  return 1;
}

/** Bytes of the message at the start; 0 when more are needed, -1 when it is none. */
export function blockLength(payload: Buffer): number {
  if (payload[0] === BARE[0]) return bareLength(payload);
  for (let at = 0; at < HEAD.length && at < payload.length; at++) if (payload[at] !== HEAD[at]) return -1;
  if (payload.length < HEAD.length) return 0;
  for (let end = payload.indexOf(END); end >= 0; end = payload.indexOf(END, end + 1)) {
    // Some senders leave the last CR out; then the next block's start ends this one.
    if (payload[end + 1] === START) return end + 1;
    if (payload[end + 1] !== CR) continue;
    let after = end + 2;
    while (payload[after] === CR || payload[after] === LF) after++;
    return after;
  }
  return 0;
}

/** Ends behind the last line end that has arrived, or where the next message begins. */
function bareLength(payload: Buffer): number {
  const known = Math.min(payload.length, BARE.length);
  if (payload.compare(BARE, 0, known, 0, known) !== 0) return -1;
  const next = payload.indexOf(BARE_NEXT);
  if (next >= 0) return next + 1;
  const last = payload[payload.length - 1];
  return last === CR || last === LF ? payload.length : 0;
}
