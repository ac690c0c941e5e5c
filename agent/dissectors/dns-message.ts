/** DNS messages on the wire: header, names with bounded compression, resource records. RFC 1035 4.1; shared by DNS, mDNS and LLMNR. */
export const HEADER = 12;
/** Longest name on the wire; longer ones are malformed. RFC 1035 2.3.4. */
const MAX_NAME_BYTES = 255;
/** A reverse IPv6 name has 34 labels; names of more are not turned into text. */
const MAX_LABELS = 40;
/** Records read of one message; the rest is not looked at. */
const MAX_RECORDS = 256;
/** A message that claims more than this is taken for another protocol's bytes. */
const MAX_CLAIMED = 4096;
/** Questions and records of a message that is recognised as plain; one of more is read. */
const MAX_PLAIN = 64;
/** Opcodes up to DSO (6) are assigned. RFC 8490. */
const MAX_OPCODE = 6;

export const TYPE = { a: 1, ptr: 12, hinfo: 13, txt: 16, aaaa: 28, srv: 33 } as const;

/** Sound questions; sound answers without reverse names; all else. */
export const KIND = { other: 0, question: 1, answer: 2 } as const;

export interface DnsHeader {
  response: boolean;
  questions: number;
  answers: number;
  authorities: number;
  additionals: number;
}

/** One record, pointing into the message. `end` is where its data ends. */
export interface DnsRecord {
  nameAt: number;
  type: number;
  section: "answer" | "authority" | "additional";
  dataAt: number;
  end: number;
}

/** undefined: these bytes are no DNS message. Needs 12 bytes. */
export function readHeader(message: Buffer): DnsHeader | undefined {
  const flags = message.readUInt16BE(2);
  const header = {
    response: (flags & 0x8000) !== 0,
    questions: message.readUInt16BE(4),
    answers: message.readUInt16BE(6),
    authorities: message.readUInt16BE(8),
    additionals: message.readUInt16BE(10),
  };
  const claimed = header.questions + header.answers + header.authorities + header.additionals;
  // The bit after RD and RA is reserved and must be 0 (RFC 1035 4.1.1, RFC 4035 3.2).
  if (((flags >>> 11) & 15) > MAX_OPCODE || (flags & 0x0040) !== 0 || claimed === 0 || claimed > MAX_CLAIMED)
    return undefined;
  return header;
}

/**
 * Reads the records after the questions, whose names are checked but never turned into text: what
 * somebody asks for is their own affair. `sound` is false when a name or record runs out of bounds.
 */
export function readRecords(message: Buffer, header: DnsHeader): { records: DnsRecord[]; sound: boolean } {
  const records: DnsRecord[] = [];
  let at = HEADER;
  for (let question = 0; question < header.questions; question++) {
    at = walkName(message, at);
    if (at < 0 || at + 4 > message.length) return { records, sound: false };
    at += 4;
  }
  const { answers, authorities, additionals } = header;
  for (let index = 0; index < answers + authorities + additionals && index < MAX_RECORDS; index++) {
    const nameAt = at;
    at = walkName(message, at);
    if (at < 0 || at + 10 > message.length) return { records, sound: false };
    const dataAt = at + 10;
    const end = dataAt + message.readUInt16BE(at + 8);
    if (end > message.length) return { records, sound: false };
    const section = index < answers ? "answer" : index < answers + authorities ? "authority" : "additional";
    records.push({ nameAt, type: message.readUInt16BE(at), section, dataAt, end });
    at = end;
  }
  return { records, sound: true };
}

/** The labels of the name at `at`, not yet cleaned; undefined when it is malformed or of more labels than any name wanted here. */
export function readName(message: Buffer, at: number): string[] | undefined {
  const labels: string[] = [];
  return walkName(message, at, labels) < 0 ? undefined : labels;
}

/** Where the name at `at` ends; -1 when it is malformed. */
export const nameEnd = (message: Buffer, at: number): number => walkName(message, at);

/**
 * Where the name at `at` ends, or -1 when it is malformed. A pointer must point before the name part
 * it stands in, so every jump goes backwards and a loop can't be written. RFC 1035 4.1.4.
 */
function walkName(message: Buffer, from: number, labels?: string[], base = 0, size = message.length): number {
  let at = from;
  let partAt = from;
  let end = -1;
  let total = 1;
  for (;;) {
    if (at >= size) return -1;
    const length = message[base + at]!;
    if (length === 0) return end < 0 ? at + 1 : end;
    if (length >= 0xc0) {
      if (at + 1 >= size) return -1;
      const target = ((length & 0x3f) << 8) | message[base + at + 1]!;
      if (end < 0) end = at + 2;
      if (target < HEADER || target >= partAt) return -1;
      at = target;
      partAt = target;
      continue;
    }
    total += length + 1;
    if (length > 63 || total > MAX_NAME_BYTES || at + 1 + length > size) return -1;
    if (labels !== undefined && labels.push(message.toString("utf8", at + 1, at + 1 + length)) > MAX_LABELS) return -1;
    at += 1 + length;
  }
}

/**
 * What kind of unicast message stands in the `size` bytes at `base`: most ask for names or answer with addresses,
 * and all of a kind teach the same. Nothing is kept of any name.
 */
export function plainKind(bytes: Buffer, base: number, size: number): number {
  if (size < HEADER) return KIND.other;
  const word = (at: number) => (bytes[base + at]! << 8) | bytes[base + at + 1]!;
  const flags = word(2);
  const questions = word(4);
  const answers = word(6);
  const records = answers + word(8) + word(10);
  if (((flags >>> 11) & 15) > MAX_OPCODE || (flags & 0x0040) !== 0) return KIND.other;
  if (questions + records === 0 || questions + records > MAX_PLAIN) return KIND.other;
  let at = HEADER;
  for (let question = 0; question < questions; question++) {
    at = walkName(bytes, at, undefined, base, size);
    if (at < 0 || at + 4 > size) return KIND.other;
    at += 4;
  }
  for (let index = 0; index < records; index++) {
    at = walkName(bytes, at, undefined, base, size);
    if (at < 0 || at + 10 > size) return KIND.other;
    if (index < answers && word(at) === TYPE.ptr) return KIND.other;
    at += 10 + word(at + 8);
    if (at > size) return KIND.other;
  }
  return (flags & 0x8000) !== 0 ? KIND.answer : KIND.question;
}

/**
 * The bytes of an address that a reverse name stands for ("4.3.2.1.in-addr.arpa", nibbles under
 * "ip6.arpa"); undefined for any other name. RFC 1035 3.5, RFC 3596 2.5.
 */
export function reverseAddress(labels: readonly string[]): Buffer | undefined {
  const tail = labels.slice(-2).join(".").toLowerCase();
  const parts = labels.slice(0, -2).reverse();
  if (
    tail === "in-addr.arpa" &&
    parts.length === 4 &&
    parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)
  ) {
    return Buffer.from(parts.map(Number));
  }
  if (tail === "ip6.arpa" && parts.length === 32 && parts.every((part) => /^[0-9a-f]$/i.test(part))) {
    return Buffer.from(parts.join(""), "hex");
  }
  return undefined;
}
