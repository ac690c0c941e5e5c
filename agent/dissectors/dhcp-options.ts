/** DHCP options: code → bytes, split options joined, overloaded fields read. RFC 2132, RFC 3396, RFC 2131 4.1. */

const PAD = 0;
const OVERLOAD = 52;
const END = 255;
const SERVER_NAME = { at: 44, length: 64 };
const BOOT_FILE = { at: 108, length: 128 };
const OPTIONS_AT = 240;

export interface DhcpOptions {
  /** Values by code, parts of a split option joined in order. */
  values: Map<number, Buffer>;
  /** True when every option ended inside its field and the last one was END. */
  sound: boolean;
}

/** Reads the options of a message whose cookie stands at 236. The total is bounded by the payload. */
export function readOptions(payload: Buffer): DhcpOptions {
  const values = new Map<number, Buffer>();
  let sound = readField(payload, OPTIONS_AT, payload.length, values);
  const overload = values.get(OVERLOAD)?.[0] ?? 0;
  if ((overload & 1) !== 0) sound = readPart(payload, BOOT_FILE, values) && sound;
  if ((overload & 2) !== 0) sound = readPart(payload, SERVER_NAME, values) && sound;
  return { values, sound };
}

const readPart = (payload: Buffer, part: { at: number; length: number }, values: Map<number, Buffer>) =>
  readField(payload, part.at, part.at + part.length, values);

function readField(payload: Buffer, from: number, end: number, values: Map<number, Buffer>): boolean {
  let at = from;
  while (at < end) {
    const code = payload[at]!;
    if (code === END) return true;
    if (code === PAD) {
      at++;
      continue;
    }
    if (at + 1 >= end) return false;
    const length = payload[at + 1]!;
    if (at + 2 + length > end) return false;
    const value = payload.subarray(at + 2, at + 2 + length);
    const before = values.get(code);
    values.set(code, before === undefined ? value : Buffer.concat([before, value]));
    at += 2 + length;
  }
  return false;
}
