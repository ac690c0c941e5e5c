/** Whether two HL7 messages teach the same: a hash over just the fields that evidence is made of. */

const START = 0x0b;
const CR = 0x0d;
const LF = 0x0a;
const FNV_BASIS = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Segment names as three bytes in one number. */
const name = (text: string) => (text.charCodeAt(0) << 16) | (text.charCodeAt(1) << 8) | text.charCodeAt(2);
const [MSH, PRT, OBX, PID, MSA, OBR] = ["MSH", "PRT", "OBX", "PID", "MSA", "OBR"].map(name) as [
  number,
  number,
  number,
  number,
  number,
  number,
];

/** Field numbers that evidence is made of, as bits. MSH counts its separator as field 1. */
const bits = (...fields: number[]) => fields.reduce((set, field) => set | (1 << field), 0);
const WANTED = new Map([
  [MSH, bits(1, 2, 3, 4, 5, 6, 9, 12, 21)],
  [PRT, bits(10, 16, 19, 20, 22)],
  [OBX, bits(3, 4, 18)],
  [OBR, bits(4)],
]);

/** Never 0. Which kinds of segment are there counts too; how many of a kind does not. */
export function hl7Print(payload: Buffer): number {
  let hash = FNV_BASIS;
  let kinds = 0;
  let at = payload[0] === START ? 1 : 0;
  const separator = payload[at + 3]!;
  while (at + 3 <= payload.length) {
    const kind = (payload[at]! << 16) | (payload[at + 1]! << 8) | payload[at + 2]!;
    const wanted = WANTED.get(kind) ?? 0;
    kinds |= kind === PID ? 1 : kind === OBX ? 2 : kind === MSA ? 4 : kind === PRT ? 8 : 0;
    at += 3;
    if (wanted === 0) at = endOfLine(payload, at);
    else {
      // The name is field 0; of MSH the separator itself is field 1, so its first text is field 2.
      let field = kind === MSH ? 1 : 0;
      hash = Math.imul(hash ^ kind, FNV_PRIME);
      for (; at < payload.length; at++) {
        const byte = payload[at]!;
        if (byte === CR || byte === LF) break;
        if (byte === separator) field++;
        // Bits stand for fields 0 to 31 only; no wanted field is above.
        if (field < 32 && ((wanted >>> field) & 1) !== 0) hash = Math.imul(hash ^ byte, FNV_PRIME);
      }
    }
    while (at < payload.length && (payload[at] === CR || payload[at] === LF)) at++;
  }
  hash = Math.imul(hash ^ kinds, FNV_PRIME);
  return hash | 0 || 1;
}

function endOfLine(payload: Buffer, from: number): number {
  let at = from;
  while (at < payload.length && payload[at] !== CR && payload[at] !== LF) at++;
  return at;
}
