/** NTP: who gives the time, from what source, and what a server's control answers say of its system. RFC 5905 7.3, RFC 9327. */
import { defineDissector, type Evidence } from "./dissector.ts";
import { keepText } from "./self-given.ts";

const HEADER = 48;
const MODE = { symmetric: 1, client: 3, server: 4, broadcast: 5, control: 6, private: 7 } as const;
const CONTROL_HEADER = 12;
const RESPONSE = 0x80;
const MAX_STRATUM = 16;
/** Control variables that describe the system; all others are left unread. */
const VARIABLES = /(?:^|[,\s])(version|processor|system)\s*=\s*"([^"]{1,200})"/g;
/** Requests of mode 7 that answer many times what was asked: the list of all clients. */
const MONITOR_LISTS: ReadonlySet<number> = new Set([20, 42]);

interface NtpMessage {
  mode: number;
  isResponse: boolean;
  said: [attribute: string, value: string][];
}

export default defineDissector<NtpMessage>({
  protocol: "ntp",
  over: ["udp"],
  // The header has no marks of its own, so only the port calls for it.
  hints: { udp: [123] },
  dissect(payload): NtpMessage | undefined {
    if (payload.length < 8) return undefined;
    const version = (payload[0]! >> 3) & 7;
    const mode = payload[0]! & 7;
    if (version < 1 || version > 4) return undefined;
    if (mode === MODE.control) return readControl(payload);
    if (mode === MODE.private) return readPrivate(payload);
    // 48 bytes, then a key and digest or extension fields in words.
    if (mode === 0 || payload.length < HEADER || payload.length % 4 !== 0 || payload[1]! > MAX_STRATUM)
      return undefined;
    const isResponse = mode === MODE.server || mode === MODE.broadcast;
    const message: NtpMessage = { mode, isResponse, said: [] };
    if (isResponse) {
      message.said.push(["ntp.stratum", String(payload[1])]);
      // Only a primary server's source is a name ("GPS"); others give an address. 7.3.
      const source = payload.toString("latin1", 12, 16).replace(/\0+$/, "");
      if (payload[1] === 1 && /^[A-Za-z0-9_-]{1,4}$/.test(source)) message.said.push(["ntp.refid", source]);
    }
    return message;
  },
  evidence({ mode, isResponse, said }) {
    const found: Evidence[] = said.map(([attribute, value]) => ({ about: "sender", attribute, value }));
    if (isResponse && mode !== MODE.private)
      found.push({ about: "sender", attribute: "wardtap.role", value: "ntp-server" });
    return found;
  },
  server: ({ mode, isResponse }) =>
    isResponse && mode !== MODE.broadcast ? "sender" : mode === MODE.client ? "receiver" : undefined,
  // One answer tells what all others would: times teach nothing.
  done: ({ mode, isResponse }) => isResponse && (mode === MODE.server || mode === MODE.broadcast),
});

/** RFC 9327 2: flags and operation, sequence, status, association, offset and count, then text. */
function readControl(payload: Buffer): NtpMessage | undefined {
  if (payload.length < CONTROL_HEADER) return undefined;
  const isResponse = (payload[1]! & RESPONSE) !== 0;
  const message: NtpMessage = { mode: MODE.control, isResponse, said: [] };
  if (!isResponse) return message;
  const end = Math.min(payload.length, CONTROL_HEADER + payload.readUInt16BE(10));
  for (const [, name, value] of payload.toString("latin1", CONTROL_HEADER, end).matchAll(VARIABLES)) {
    const kept = keepText(value!);
    if (kept !== undefined && !message.said.some(([known]) => known === `ntp.ctrl.${name}`))
      message.said.push([`ntp.ctrl.${name}`, kept]);
  }
  return message;
}

/** ntpd's own format: response bit, sequence, implementation, request. */
function readPrivate(payload: Buffer): NtpMessage {
  const isResponse = (payload[0]! & RESPONSE) !== 0;
  const message: NtpMessage = { mode: MODE.private, isResponse, said: [] };
  if (isResponse) message.said.push(["wardtap.ntp.private", MONITOR_LISTS.has(payload[3]!) ? "monitor-list" : "other"]);
  return message;
}
