/** Remote desktop: which security both ends agree on, and what a client says of itself in clear. [MS-RDPBCGR] 2.2.1.1 to 2.2.1.4. */
import { defineDissector, type Evidence, type Malformed, malformed } from "./dissector.ts";
import { keepName } from "./self-given.ts";
import { tpktLength, x224Code, x224Rest } from "./tpkt.ts";
import { utf16At } from "./utf16.ts";

const CONNECT_REQUEST = 0xe0;
const CONNECT_CONFIRM = 0xd0;
const DATA = 0xf0;
const COOKIE = "Cookie: ";
const NEGOTIATION_REQUEST = 1;
const NEGOTIATION_RESPONSE = 2;
const NEGOTIATION_FAILURE = 3;
const NEGOTIATION_LENGTH = 8;
/** 2.2.1.2.1: protocols a server selects, as people know them. */
const SELECTED: Record<number, string> = { 0: "rdp", 1: "tls", 2: "credssp", 4: "rdstls", 8: "credssp-early" };
/** 2.2.1.2.2 */
const FAILURES: Record<number, string> = {
  1: "tls-required",
  2: "tls-not-allowed",
  3: "no-certificate",
  4: "inconsistent-flags",
  5: "credssp-required",
  6: "tls-with-user-authentication-required",
};
/** BER: MCS Connect Initial (T.125 7), which may stand in for the request of a connection heard from the middle. */
const CONNECT_INITIAL = 0x7f65;
const CORE_DATA = 0xc001;
/** Where the client's blocks may begin: after MCS and GCC heads (2.2.1.3). */
const MAX_BLOCKS_AT = 512;
/** Messages after the confirmation in which the client's data is looked for. */
const MAX_MESSAGES = 6;

interface RdpMessage {
  kind: "request" | "confirm" | "data";
  found: Evidence[];
  done: boolean | "next";
}

/** Small memory: messages read, and whether the request was RDP's own. */
interface RdpState {
  messages: number;
  asked: boolean;
}

export default defineDissector<RdpMessage>({
  protocol: "rdp",
  over: ["tcp"],
  // A cookie, or a negotiation request right after X.224's fixed part.
  recognise: [
    { at: 0, bytes: "03 00 ?? ?? ?? e0 ?? ?? ?? ?? ?? 43 6f 6f 6b 69 65 3a 20" },
    { at: 0, bytes: "03 00 00 13 0e e0 ?? ?? ?? ?? ?? 01 ?? 08 00" },
    { at: 0, bytes: "03 00 00 13 0e d0 ?? ?? ?? ?? ?? 02 ?? 08 00" },
    { at: 0, bytes: "03 00 00 13 0e d0 ?? ?? ?? ?? ?? 03 ?? 08 00" },
    { at: 0, bytes: "03 00 ?? ?? 02 f0 80 7f 65" },
  ],
  hints: { tcp: [3389] },
  messageLength: tpktLength,
  dissect(payload, flow): RdpMessage | Malformed | undefined {
    if (payload[0] !== 3 || payload[1] !== 0) return undefined;
    if (payload.length < 7) return malformed("packet cut short");
    const state = (flow.state as RdpState | undefined) ?? { messages: 0, asked: false };
    flow.state = state;
    state.messages++;
    const code = x224Code(payload);
    if (code === CONNECT_REQUEST) return request(payload, state, flow.destinationPort === 3389);
    if (code === CONNECT_CONFIRM) return confirm(payload, state, flow.sourcePort === 3389);
    return code === DATA ? data(payload, state) : undefined;
  },
  evidence: ({ found }) => found,
  server: ({ kind }) => (kind === "request" ? "receiver" : kind === "confirm" ? "sender" : undefined),
  done: ({ done }) => done,
});

/** 2.2.1.1. The cookie holds a user's name: it is stepped over. */
function request(payload: Buffer, state: RdpState, onPort: boolean): RdpMessage | undefined {
  const rest = x224Rest(payload);
  const hasCookie = rest.length >= COOKIE.length && rest.toString("latin1", 0, COOKIE.length) === COOKIE;
  const at = hasCookie ? rest.indexOf("\r\n") + 2 : 0;
  const asked = at >= NEGOTIATION_LENGTH || at === 0 ? rest.subarray(at) : rest.subarray(rest.length);
  const negotiates = asked.length >= NEGOTIATION_LENGTH && asked[0] === NEGOTIATION_REQUEST && asked[2] === 8;
  // The oldest clients say neither; then the port must say it is RDP and nothing may follow.
  if (!hasCookie && !negotiates && !(onPort && rest.length === 0)) return undefined;
  state.asked = true;
  const protocols = negotiates ? asked.readUInt32LE(4) : 0;
  const wanted = [1, 2, 8].filter((bit) => (protocols & bit) !== 0).map((bit) => SELECTED[bit]!);
  const value = ["rdp", ...wanted].join(",");
  return {
    kind: "request",
    found: [{ about: "sender", attribute: "rdp.negReq.requestedProtocols", value }],
    done: false,
  };
}

/** 2.2.1.2. Without a negotiation response the server knows only RDP's own security. */
function confirm(payload: Buffer, state: RdpState, onPort: boolean): RdpMessage | undefined {
  const rest = x224Rest(payload);
  const type = rest.length >= NEGOTIATION_LENGTH && rest[2] === 8 ? rest[0] : undefined;
  const found: Evidence[] = [];
  if (type === NEGOTIATION_FAILURE) {
    const reason = FAILURES[rest.readUInt32LE(4)];
    if (reason !== undefined) found.push({ about: "sender", attribute: "rdp.negFailure.failureCode", value: reason });
    return { kind: "confirm", found, done: true };
  }
  if (type !== NEGOTIATION_RESPONSE && !state.asked && !onPort) return undefined;
  const selected = type === NEGOTIATION_RESPONSE ? SELECTED[rest.readUInt32LE(4)] : "rdp";
  if (selected === undefined) return undefined;
  found.push({ about: "sender", attribute: "rdp.negReq.selectedProtocol", value: selected });
  // From here on all but RDP's own security is inside TLS.
  return { kind: "confirm", found, done: selected === "rdp" ? false : "next" };
}

function data(payload: Buffer, state: RdpState): RdpMessage | undefined {
  const isInitial = payload.length > 9 && payload.readUInt16BE(7) === CONNECT_INITIAL;
  if (!isInitial && !state.asked) return undefined;
  const found = isInitial ? coreData(payload) : [];
  return { kind: "data", found, done: found.length > 0 || state.messages > MAX_MESSAGES };
}

/** TS_UD_CS_CORE (2.2.1.3.2): build at 12, the client's name at 24 in 32 bytes. Keyboard and product ids are not read. */
function coreData(payload: Buffer): Evidence[] {
  for (let at = 7; at + 56 <= payload.length && at < MAX_BLOCKS_AT; at++) {
    // Its type, a plausible length, and a version whose major number is 8.
    if (payload.readUInt16LE(at) !== CORE_DATA || payload.readUInt16LE(at + 6) !== 8) continue;
    const length = payload.readUInt16LE(at + 2);
    if (length < 128 || length > 1024) continue;
    const found: Evidence[] = [];
    const build = payload.readUInt32LE(at + 20);
    if (build > 0 && build < 100_000)
      found.push({ about: "sender", attribute: "rdp.client.build", value: String(build) });
    const name = keepName(utf16At(payload, at + 24, 32));
    if (name !== undefined) found.push({ about: "sender", attribute: "rdp.client.name", value: name });
    return found;
  }
  return [];
}
