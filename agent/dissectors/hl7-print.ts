/** Whether two HL7 messages teach the same: a hash over just the fields that evidence is made of. */

const START = 0x0b;
const CR = 0x0d;
const LF = 0x0a;
const DOT = 0x2e;
const FIRST_PRINTABLE = 0x20;
const FNV_BASIS = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Segment names as three bytes in one number. */
const name = (text: string) => (text.charCodeAt(0) << 16) | (text.charCodeAt(1) << 8) | text.charCodeAt(2);
const MSH = name("MSH");
const PRT = name("PRT");
const OBX = name("OBX");
const OBR = name("OBR");
const PID = name("PID");
const MSA = name("MSA");

/** Field numbers that evidence is made of, as bits. MSH counts its separator as field 1. */
const bits = (...fields: number[]) => fields.reduce((set, field) => set | (1 << field), 0);
const MSH_FIELDS = bits(1, 2, 3, 4, 5, 6, 9, 12, 21);
const PRT_FIELDS = bits(10, 16, 19, 20, 22);
const OBX_FIELDS = bits(3, 4, 18);
const OBR_FIELDS = bits(4);
/** Of a containment ("1.0.0.0") only the device counts. */
const CONTAINMENT = 4;

/** Segments told apart in one message; further ones count each time they come. */
const MAX_DIFFERENT = 32;
const different = new Int32Array(MAX_DIFFERENT);

/**
 * Never 0. Which kinds of segment are there counts, and what their wanted fields say; how often and in which order
 * does not: monitors name themselves with every value, and send more values at one time than at another.
 */
export function hl7Print(payload: Buffer): number {
  const end = payload.length;
  let sum = 0;
  let count = 0;
  let kinds = 0;
  let at = payload[0] === START ? 1 : 0;
  const separator = payload[at + 3]!;
  while (at + 3 <= end) {
    const kind = (payload[at]! << 16) | (payload[at + 1]! << 8) | payload[at + 2]!;
    at += 3;
    let wanted = 0;
    if (kind === OBX) {
      kinds |= 2;
      wanted = OBX_FIELDS;
    } else if (kind === PRT) {
      kinds |= 8;
      wanted = PRT_FIELDS;
    } else if (kind === MSH) wanted = MSH_FIELDS;
    else if (kind === OBR) wanted = OBR_FIELDS;
    else if (kind === PID) kinds |= 1;
    else if (kind === MSA) kinds |= 4;
    let hash = FNV_BASIS ^ kind;
    // The name is field 0; of MSH the separator itself is field 1, so its first text is field 2. Bits of fields
    // already passed are shifted out, so at 0 nothing more is wanted.
    let left = kind === MSH ? wanted >>> 1 : wanted;
    const containment = kind === OBX ? wanted >>> CONTAINMENT : -1;
    // Each turn steps over one field; the loops within touch each byte once.
    while (left !== 0 && at < end) {
      if ((left & 1) === 0) at = fieldEnd(payload, at, separator);
      else {
        const stop = left === containment ? DOT : separator;
        for (; at < end; at++) {
          const byte = payload[at]!;
          if (byte === separator || byte === stop || (byte < FIRST_PRINTABLE && (byte === CR || byte === LF))) break;
          hash = Math.imul(hash ^ byte, FNV_PRIME);
        }
        at = fieldEnd(payload, at, separator);
      }
      if (at >= end || payload[at] !== separator) break;
      at++;
      left >>>= 1;
      // Where a field begins counts too, so that a text in one isn't the same in the next.
      if ((left & 1) !== 0) hash = Math.imul(hash ^ left, FNV_PRIME);
    }
    at = nextLine(payload, at);
    if (wanted !== 0 && isNew(hash, count)) {
      if (count < MAX_DIFFERENT) different[count++] = hash;
      sum = (sum + Math.imul(hash ^ (hash >>> 15), 0x9e3779b1)) | 0;
    }
  }
  const hash = Math.imul(Math.imul(FNV_BASIS ^ kinds, FNV_PRIME) ^ sum, FNV_PRIME);
  return hash | 0 || 1;
}

function isNew(hash: number, count: number): boolean {
  for (let i = 0; i < count; i++) if (different[i] === hash) return false;
  return true;
}

/** Where the field ends: at its separator, or at the segment's end. */
function fieldEnd(payload: Buffer, from: number, separator: number): number {
  const end = payload.length;
  let at = from;
  for (; at < end; at++) {
    const byte = payload[at]!;
    if (byte === separator || (byte < FIRST_PRINTABLE && (byte === CR || byte === LF))) break;
  }
  return at;
}

/** Where the next segment begins. */
function nextLine(payload: Buffer, from: number): number {
  const end = payload.length;
  let at = from;
  while (at < end) {
    const byte = payload[at]!;
    if (byte < FIRST_PRINTABLE && (byte === CR || byte === LF)) break;
    at++;
  }
  while (at < end && (payload[at] === CR || payload[at] === LF)) at++;
  return at;
}
