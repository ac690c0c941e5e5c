/** Oracle's Transparent Network Substrate: which server speaks it and its version. Oracle Net Services error messages; the packet head as Wireshark documents it. */
import { defineDissector, type Evidence, type Malformed, malformed } from "./dissector.ts";

const HEADER = 8;
const CONNECT = 1;
const ACCEPT = 2;
const REFUSE = 4;
const REDIRECT = 5;
const DATA = 6;
const RESEND = 11;
const TYPES = [CONNECT, ACCEPT, REFUSE, REDIRECT, DATA, RESEND];
const ANSWERS = [ACCEPT, REFUSE, REDIRECT, RESEND];
const MIN_VERSION = 300;
const MAX_VERSION = 330;
/** Text of a refusal or of an answer to a version query that is searched. */
const MAX_TEXT = 512;
const MAX_MESSAGES = 6;
const BANNER = /TNSLSNR for ([\w./ -]{1,40}): Version (\d{1,2}(?:\.\d{1,3}){1,5})/;
const NUMBER = /\(VSNNUM=(\d{6,10})\)/;

interface TnsMessage {
  type: number;
  found: Evidence[];
  messages: number;
}

export default defineDissector<TnsMessage>({
  protocol: "tns",
  over: ["tcp"],
  // A connect packet: length, no checksum, type 1, version 3xx and lowest version 3xx.
  recognise: [
    { at: 2, bytes: "00 00 01 00 00 00 01 ?? 01" },
    { at: 2, bytes: "00 00 01 04 00 00 01 ?? 01" },
  ],
  hints: { tcp: [1521] },
  messageLength(payload) {
    if (payload.length < HEADER) return 0;
    const length = payload.readUInt16BE(0);
    return length < HEADER || payload.readUInt16BE(2) !== 0 || !TYPES.includes(payload[4]!) ? -1 : length;
  },
  dissect(payload, flow): TnsMessage | Malformed | undefined {
    const messages = ((flow.state as number | undefined) ?? 0) + 1;
    if (payload.length < HEADER) return messages > 1 ? malformed("header cut short") : undefined;
    const type = payload[4]!;
    if (payload.readUInt16BE(2) !== 0 || payload.readUInt16BE(6) !== 0 || !TYPES.includes(type)) return undefined;
    const message: TnsMessage = { type, found: [], messages };
    if (type === CONNECT || type === ACCEPT) {
      if (payload.length < HEADER + 4) return messages > 1 ? malformed("packet cut short") : undefined;
      const version = payload.readUInt16BE(8);
      if (version < MIN_VERSION || version > MAX_VERSION) return undefined;
      if (type === ACCEPT) message.found.push({ about: "sender", attribute: "tns.version", value: String(version) });
      // A connect's data names services, programs and users: it is left unread.
    } else if (messages === 1 && type !== REFUSE) return undefined;
    if (type === REFUSE || type === DATA) {
      const version = serverVersion(payload);
      if (version !== undefined)
        message.found.push({ about: "sender", attribute: "tns.server_version", value: version });
    }
    flow.state = messages;
    return message;
  },
  evidence: ({ found }) => found,
  server: ({ type }) => (type === CONNECT ? "receiver" : ANSWERS.includes(type) ? "sender" : undefined),
  // After the acceptance come log-ins and queries.
  done: ({ type, found, messages }) => messages >= MAX_MESSAGES || (type === DATA && found.length === 0),
});

/** "TNSLSNR for Linux: Version 11.2.0.1.0", or VSNNUM: 8, 4, 8, 4 and 8 bits of version. */
function serverVersion(payload: Buffer): string | undefined {
  const text = payload.toString("latin1", HEADER, Math.min(payload.length, HEADER + MAX_TEXT));
  const banner = BANNER.exec(text)?.[2];
  if (banner !== undefined) return banner;
  const number = Number(NUMBER.exec(text)?.[1] ?? 0);
  if (number < 0x06000000 || number > 0x40000000) return undefined;
  return [number >>> 24, (number >>> 20) & 15, (number >>> 12) & 255, (number >>> 8) & 15, number & 255].join(".");
}
