/** NetBIOS names on the wire: 16 bytes as 32 letters, the last byte a suffix that tells the use. RFC 1001 14.1, RFC 1002 4.1. */
import { keepName } from "./self-given.ts";

/** Length byte, 32 letters, and the root label; a scope would follow instead of it. */
const ENCODED = 32;
const NAME_BYTES = 15;
const FIRST_LETTER = 0x41;

/** Uses of a name by its suffix. Microsoft, MS-BRWS 2.1 and MS-NBTE 2.2.1.1. 0x03 may be a person's name and is never read. */
export const SUFFIX = {
  workstation: 0x00,
  domainMaster: 0x1b,
  domainControllers: 0x1c,
  masterBrowser: 0x1d,
  server: 0x20,
} as const;

export interface NetbiosName {
  /** 16 bytes; the last one is the suffix. */
  bytes: Buffer;
  suffix: number;
  /** Where the encoded name ends. */
  end: number;
}

/** The name at `at`, without scope handling beyond skipping it; undefined when it is no such name. */
export function netbiosNameAt(message: Buffer, at: number): NetbiosName | undefined {
  if (message[at] !== ENCODED || at + 1 + ENCODED >= message.length) return undefined;
  const bytes = Buffer.alloc(NAME_BYTES + 1);
  for (let index = 0; index < bytes.length; index++) {
    const high = message[at + 1 + index * 2]! - FIRST_LETTER;
    const low = message[at + 2 + index * 2]! - FIRST_LETTER;
    if (high < 0 || high > 15 || low < 0 || low > 15) return undefined;
    bytes[index] = (high << 4) | low;
  }
  let end = at + 1 + ENCODED;
  // Scope labels (RFC 1002 4.1) up to the root.
  while (end < message.length && message[end] !== 0) {
    const length = message[end]!;
    if (length > 63) return undefined;
    end += 1 + length;
  }
  return end < message.length ? { bytes, suffix: bytes[NAME_BYTES]!, end: end + 1 } : undefined;
}

/** The name as text, if a computer's name may have this suffix and it isn't shaped like a person. */
export function computerName(bytes: Buffer): string | undefined {
  const suffix = bytes[NAME_BYTES];
  if (suffix !== SUFFIX.workstation && suffix !== SUFFIX.server) return undefined;
  return netbiosText(bytes.subarray(0, NAME_BYTES));
}

/** Padded with spaces or cut at the first zero; "*" and names with control characters stand for no computer. */
export function netbiosText(padded: Buffer): string | undefined {
  const end = padded.indexOf(0);
  const text = padded.toString("latin1", 0, end < 0 ? padded.length : end).trimEnd();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: such names are marks of the protocol, not names
  if (text === "" || text.startsWith("*") || /[\x00-\x1f]/.test(text)) return undefined;
  return keepName(text);
}
