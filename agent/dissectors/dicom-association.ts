/** DICOM association requests and accepts: items of PS3.8 9.3.2, 9.3.3 and annex D. */
import { keepName, keepText } from "./self-given.ts";

/** PDU head, version, reserved, two titles, 32 reserved bytes. */
export const FIXED_PART = 74;
const TITLE_LENGTH = 16;
/** Distinct abstract syntaxes kept of one request. */
const MAX_ABSTRACT_SYNTAXES = 16;

const ITEM = {
  application: 0x10,
  requested: 0x20,
  accepted: 0x21,
  abstract: 0x30,
  transfer: 0x40,
  user: 0x50,
  classUid: 0x52,
  version: 0x55,
} as const;

/** How a presentation context's data sets are written, as far as they can be read. */
export const SYNTAX = { unknown: 0, implicit: 1, explicit: 2, unreadable: 3 } as const;
const IMPLICIT = "1.2.840.10008.1.2";
const DEFLATED = "1.2.840.10008.1.2.1.99";
const BIG_ENDIAN = "1.2.840.10008.1.2.2";

export interface Association {
  called: string | undefined;
  calling: string | undefined;
  applicationContext: string | undefined;
  implementationUid: string | undefined;
  implementationVersion: string | undefined;
  abstractSyntaxes: string[];
}

/** Titles use the default repertoire without control characters or backslash (PS3.5 6.2, AE); not only spaces. */
export function areTitles(bytes: Buffer): boolean {
  let called = false;
  let calling = false;
  for (let at = 10; at < 10 + 2 * TITLE_LENGTH; at++) {
    const byte = bytes[at]!;
    // Some senders pad with NUL.
    if (byte !== 0 && (byte < 0x20 || byte > 0x7e || byte === 0x5c)) return false;
    if (byte > 0x20) {
      if (at < 10 + TITLE_LENGTH) called = true;
      else calling = true;
    }
  }
  return called && calling;
}

/**
 * Reads a request or accept of `end` bytes. `syntaxes` (by context id >> 1) learns what was accepted.
 * `sound` is false when an item runs past its place. Item 58 (user identity) is never read.
 */
export function readAssociation(
  bytes: Buffer,
  end: number,
  syntaxes: Uint8Array,
): { association: Association; sound: boolean } {
  const association: Association = {
    called: keepName(bytes.subarray(10, 10 + TITLE_LENGTH)),
    calling: keepName(bytes.subarray(10 + TITLE_LENGTH, 10 + 2 * TITLE_LENGTH)),
    applicationContext: undefined,
    implementationUid: undefined,
    implementationVersion: undefined,
    abstractSyntaxes: [],
  };
  const sound = eachItem(bytes, FIXED_PART, end, (type, from, to) => {
    if (type === ITEM.application) association.applicationContext = uid(bytes, from, to);
    if (type === ITEM.user) {
      return eachItem(bytes, from, to, (kind, start, stop) => {
        if (kind === ITEM.classUid) association.implementationUid = uid(bytes, start, stop);
        if (kind === ITEM.version) association.implementationVersion = keepText(bytes.subarray(start, stop));
        return true;
      });
    }
    if (type === ITEM.requested || type === ITEM.accepted)
      return readContext(bytes, type, from, to, association, syntaxes);
    return true;
  });
  return { association, sound };
}

function readContext(
  bytes: Buffer,
  type: number,
  from: number,
  to: number,
  association: Association,
  syntaxes: Uint8Array,
): boolean {
  if (to - from < 4) return false;
  const context = bytes[from]! >>> 1;
  const accepted = type === ITEM.accepted && bytes[from + 2] === 0;
  return eachItem(bytes, from + 4, to, (kind, start, stop) => {
    if (kind === ITEM.abstract && type === ITEM.requested) {
      const syntax = uid(bytes, start, stop);
      const known = association.abstractSyntaxes;
      if (syntax !== undefined && known.length < MAX_ABSTRACT_SYNTAXES && !known.includes(syntax)) known.push(syntax);
    }
    if (kind === ITEM.transfer && accepted) syntaxes[context] = syntaxOf(uid(bytes, start, stop));
    return true;
  });
}

function syntaxOf(transfer: string | undefined): number {
  if (transfer === undefined || transfer === DEFLATED || transfer === BIG_ENDIAN) return SYNTAX.unreadable;
  return transfer === IMPLICIT ? SYNTAX.implicit : SYNTAX.explicit;
}

/** Items are type, reserved byte, u16 length. False when one ends past `end`, or `visit` says so. */
function eachItem(
  bytes: Buffer,
  from: number,
  end: number,
  visit: (type: number, from: number, to: number) => boolean,
): boolean {
  let at = from;
  while (at < end) {
    if (at + 4 > end) return false;
    const to = at + 4 + bytes.readUInt16BE(at + 2);
    if (to > end || !visit(bytes[at]!, at + 4, to)) return false;
    at = to;
  }
  return true;
}

/** PS3.5 9.1: digits and dots, at most 64 characters, padded with one NUL. */
export function uid(bytes: Buffer, from: number, to: number): string | undefined {
  if (to - from > 65) return undefined;
  const text = bytes.toString("latin1", from, to).replace(/[\0 ]+$/, "");
  return /^[0-9]+(?:\.[0-9]+)+$/.test(text) && text.length <= 64 ? text : undefined;
}
