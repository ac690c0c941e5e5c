/** ASTM E1381 / E1394 and CLSI LIS01, LIS2: analysers that send results. LIS01-A2 6 (frames), LIS2-A2 6 (header record). */
import { defineDissector, type Evidence } from "./dissector.ts";
import { keepName, keepText } from "./self-given.ts";

const STX = 0x02;
const ETB = 0x17;
const ETX = 0x03;
const EOT = 0x04;
const ENQ = 0x05;
const ACK = 0x06;
const NAK = 0x15;
const CR = 0x0d;
const LF = 0x0a;
const SINGLE = new Set([EOT, ENQ, ACK, NAK]);
/** Start, frame number, and behind the text an end, two checksum digits, CR, LF. */
const FRAME_HEAD = 2;
const FRAME_TAIL = 5;
/** A frame holds 240 characters by the standard, some senders put 64,000 into one (LIS01-A2 6.3.1.2). */
const MAX_FRAME = 64_008;
/** Components of the sender's name that are kept. */
const MAX_COMPONENTS = 6;
const SENDER_FIELD = 4;
/** Records from one side that settle what it is. */
const RECORD = { result: 0x52, query: 0x51, patient: 0x50, order: 0x4f } as const;

interface AstmMessage {
  said: [attribute: string, value: string][];
  /** Sends results or asks what to measure: an analyser. */
  analyser: boolean;
  clinical: boolean;
}

export default defineDissector<AstmMessage>({
  protocol: "astm",
  over: ["tcp"],
  recognise: [
    { at: 0, bytes: "02 31 48 ?? 5c ?? ??" },
    { at: 0, bytes: "02 31 48 ?? 60 ?? ??" },
    { at: 0, bytes: "05 02 31 48 ?? ?? ?? ??" },
    // Some send the records without frames.
    { at: 0, bytes: "48 7c 5c 5e 26" },
    { at: 0, bytes: "48 7c 60 5e 26" },
  ],
  messageLength(payload) {
    const first = payload[0]!;
    if (SINGLE.has(first)) return 1;
    if (first === CR || first === LF) return 1;
    if (first === STX) {
      for (let at = FRAME_HEAD; at < payload.length && at < MAX_FRAME; at++) {
        if (payload[at] !== ETX && payload[at] !== ETB) continue;
        return at + FRAME_TAIL;
      }
      return payload.length >= MAX_FRAME ? -1 : 0;
    }
    if (!isLetter(first)) return -1;
    const end = payload.indexOf(CR);
    return end >= 0 ? end + 1 : payload.length >= MAX_FRAME ? -1 : 0;
  },
  dissect(payload, flow): AstmMessage | undefined {
    const message: AstmMessage = { said: [], analyser: false, clinical: false };
    const first = payload[0];
    const known = flow.state !== undefined;
    if (first === undefined) return undefined;
    if (SINGLE.has(first) || first === CR || first === LF) return known || first === ENQ ? message : undefined;
    const framed = first === STX;
    if (framed && (payload.length < FRAME_HEAD + FRAME_TAIL || payload[1]! < 0x30 || payload[1]! > 0x37))
      return undefined;
    const from = framed ? FRAME_HEAD : 0;
    if (!known && !isHeader(payload, from)) return undefined;
    flow.state = true;
    readRecords(payload, from, message);
    return message;
  },
  evidence({ said, analyser, clinical }) {
    const found: Evidence[] = said.map(([attribute, value]) => ({ about: "sender", attribute, value }));
    if (analyser) found.push({ about: "sender", attribute: "astm.role", value: "analyser" });
    if (clinical)
      for (const about of ["sender", "receiver"] as const)
        found.push({ about, attribute: "wardtap.clinical", value: "astm" });
    return found;
  },
});

const isLetter = (byte: number) => byte >= 0x41 && byte <= 0x5a;

/** "H" and four different delimiters, as a header record begins (LIS2-A2 6.1). */
function isHeader(payload: Buffer, at: number): boolean {
  if (payload.length < at + 6 || payload[at] !== 0x48) return false;
  const [field, repeat, component, escaped] = payload.subarray(at + 1, at + 5) as unknown as [
    number,
    number,
    number,
    number,
  ];
  const isMark = (byte: number) =>
    byte > 0x20 && byte < 0x7f && !(byte >= 0x30 && byte <= 0x39) && !isLetter(byte & 0xdf);
  return (
    [field, repeat, component, escaped].every(isMark) &&
    new Set([field, repeat, component, escaped]).size === 4 &&
    payload[at + 5] === field
  );
}

/** Of the header the sender's name; of the others only their kind, never a field. */
function readRecords(payload: Buffer, from: number, message: AstmMessage): void {
  for (let at = from; at < payload.length; ) {
    const kind = payload[at]!;
    const next = payload.indexOf(CR, at);
    const end = next < 0 ? payload.length : next;
    if (isHeader(payload, at)) readSender(payload, at, end, message.said);
    else if (kind === RECORD.result || kind === RECORD.query) {
      // A letter alone is no record: a field delimiter follows.
      if (end > at + 2 && isDelimiter(payload[at + 1]!)) {
        message.analyser = true;
        if (kind === RECORD.result) message.clinical = true;
      }
    } else if (kind === RECORD.patient && end > at + 2 && isDelimiter(payload[at + 1]!)) message.clinical = true;
    at = end + 1;
  }
}

const isDelimiter = (byte: number) => byte === 0x7c || byte === 0x21 || byte === 0x2c || byte === 0x09;

/** Name, model or version, serial number: makers order the components differently, so the first is the name and the rest is kept in order. */
function readSender(payload: Buffer, at: number, end: number, said: [string, string][]): void {
  const separator = String.fromCharCode(payload[at + 1]!);
  const component = String.fromCharCode(payload[at + 3]!);
  const field =
    payload.toString("latin1", at, Math.min(end, at + 512)).split(separator, SENDER_FIELD + 1)[SENDER_FIELD] ?? "";
  const parts = field.split(component, MAX_COMPONENTS);
  parts.forEach((part, index) => {
    const value = index === 0 ? keepText(part) : keepName(part);
    if (value !== undefined) said.push([index === 0 ? "astm.sender" : `astm.sender.${index + 1}`, value]);
  });
}
