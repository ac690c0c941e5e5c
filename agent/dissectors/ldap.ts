/** LDAP and its datagram form: directory servers, how clients bind, and domain controllers. RFC 4511 4.1.1, 4.2; [MS-ADTS] 6.3.3. */
import { type Element, elementAt, expectAt, integerOf, TAG } from "./ber.ts";
import { berMessageLength, findTag } from "./ber-message.ts";
import { defineDissector, type Evidence, type Malformed, malformed } from "./dissector.ts";
import { readEntry, readPing } from "./ldap-search.ts";
import { anonymousLogin, clearLogin } from "./login.ts";
import { ntlmsspEvidence, readNtlmssp } from "./ntlmssp.ts";

const BIND_REQUEST = 0x60;
const BIND_RESPONSE = 0x61;
const SEARCH_REQUEST = 0x63;
const SEARCH_ENTRY = 0x64;
const SEARCH_DONE = 0x65;
const EXTENDED_REQUEST = 0x77;
const EXTENDED_RESPONSE = 0x78;
const REQUESTS = [BIND_REQUEST, SEARCH_REQUEST, EXTENDED_REQUEST, 0x42, 0x66, 0x68, 0x4a, 0x6c, 0x6e, 0x50];
const RESPONSES = [
  BIND_RESPONSE,
  SEARCH_ENTRY,
  SEARCH_DONE,
  EXTENDED_RESPONSE,
  0x67,
  0x69,
  0x6b,
  0x6d,
  0x6f,
  0x73,
  0x79,
];
const SIMPLE = 0x80;
const SASL = 0xa3;
/** [MS-ADTS] 5.1.1.1.3: negotiate and respond of the older NTLM bind. */
const SICILY = [0x8a, 0x8b];
const SASL_CREDENTIALS = 0x87;
/** 1.3.6.1.4.1.1466.20037 (RFC 4511 4.14.1). */
const START_TLS = "1.3.6.1.4.1.1466.20037";
/** Messages read of one connection: binds and the root entry come first. */
const MAX_MESSAGES = 40;

interface LdapMessage {
  found: Evidence[];
  response: boolean;
  done: boolean;
}

interface LdapState {
  /** Messages read. */
  messages: number;
  /** The client bound as nobody. */
  isAnonymous: boolean;
}

/** The head in its short and long forms, for the operations that begin a connection. */
const HEADS = ["30 ??", "30 81 ??", "30 82 ?? ??", "30 84 ?? ?? ?? ??"];
const PATTERNS = HEADS.flatMap((head) =>
  ["60", "61", "63", "64", "77", "78"].map((operation) => ({ at: 0, bytes: `${head} 02 01 ?? ${operation}` })),
);

export default defineDissector<LdapMessage>({
  protocol: "ldap",
  over: ["tcp", "udp"],
  recognise: PATTERNS,
  hints: { tcp: [389, 3268], udp: [389] },
  messageLength: (payload) => berMessageLength(payload, TAG.sequence),
  dissect(payload, flow): LdapMessage | Malformed | undefined {
    const whole = flow.cut ? payload.length : berMessageLength(payload, TAG.sequence);
    if (whole < 0) return undefined;
    const outer = elementAt(payload, 0, payload.length);
    const inside = outer ?? (flow.cut ? headOf(payload) : undefined);
    if (inside === undefined) return payload[0] === TAG.sequence ? malformed("message cut short") : undefined;
    const id = expectAt(payload, inside.from, inside.end, TAG.integer);
    if (id === undefined || (integerOf(payload, id) ?? -1) < 0) return undefined;
    const tag = payload[id.end];
    if (tag === undefined || !(REQUESTS.includes(tag) || RESPONSES.includes(tag))) return undefined;
    const state = (flow.state as LdapState | undefined) ?? { messages: 0, isAnonymous: false };
    flow.state = state;
    const message: LdapMessage = {
      found: [],
      response: RESPONSES.includes(tag),
      done: ++state.messages > MAX_MESSAGES,
    };
    const operation = elementAt(payload, id.end, inside.end);
    if (operation === undefined) return flow.cut ? message : malformed("operation runs past its message", message);
    read(payload, operation, message, state);
    return message;
  },
  evidence: ({ found }) => found,
  server: ({ response }) => (response ? "sender" : "receiver"),
  done: ({ done }) => done,
});

/** Of a cut message the contents reach as far as the bytes do. */
function headOf(payload: Buffer): Element | undefined {
  const from = 2 + ((payload[1] ?? 0) >= 0x80 ? payload[1]! & 0x7f : 0);
  return from > 6 || from >= payload.length ? undefined : { tag: payload[0]!, from, end: payload.length };
}

function read(bytes: Buffer, operation: Element, message: LdapMessage, state: LdapState): void {
  switch (operation.tag) {
    case BIND_REQUEST:
      readBind(bytes, operation, message, state);
      break;
    case BIND_RESPONSE:
      readBound(bytes, operation, message);
      break;
    case SEARCH_REQUEST:
      message.found.push(...readPing(bytes, operation));
      break;
    case SEARCH_ENTRY:
      message.found.push(...readEntry(bytes, operation));
      if (state.isAnonymous && isOfDirectory(bytes, operation)) {
        message.found.push(...anonymousLogin("ldap-entry"));
        state.isAnonymous = false;
      }
      break;
    case EXTENDED_REQUEST: {
      const name = elementAt(bytes, operation.from, operation.end);
      if (name !== undefined && bytes.toString("latin1", name.from, name.end) === START_TLS) {
        message.found.push({ about: "receiver", attribute: "ldap.starttls", value: "1" });
        message.done = true;
      }
      break;
    }
  }
}

/** 4.2: version, name, and how the client proves itself. The name and the password are only measured. */
function readBind(bytes: Buffer, bind: Element, message: LdapMessage, state: LdapState): void {
  const version = expectAt(bytes, bind.from, bind.end, TAG.integer);
  const name = version && expectAt(bytes, version.end, bind.end, TAG.octets);
  const proof = name && elementAt(bytes, name.end, bind.end);
  state.isAnonymous = proof !== undefined && proof.tag === SIMPLE && proof.end === proof.from;
  if (name === undefined || proof === undefined) return;
  const add = (about: Evidence["about"], attribute: string, value: string) =>
    message.found.push({ about, attribute, value });
  if (proof.tag === SIMPLE) {
    // 5.1.2: a name without a password is an anonymous bind too.
    if (state.isAnonymous) add("sender", "wardtap.login.anonymous", "ldap");
    else message.found.push(...clearLogin("ldap"));
    return;
  }
  if (proof.tag === SASL) {
    const mechanism = expectAt(bytes, proof.from, proof.end, TAG.octets);
    const text = mechanism && bytes.toString("latin1", mechanism.from, Math.min(mechanism.end, mechanism.from + 21));
    // RFC 4422 3.1: at most 20 of these letters.
    if (text !== undefined && /^[A-Z0-9_-]{1,20}$/.test(text)) add("sender", "ldap.mechanism", text);
    // RFC 4616: the password stands in it as it is.
    if (text === "PLAIN") message.found.push(...clearLogin("ldap"));
  }
  if (proof.tag === SASL || SICILY.includes(proof.tag)) addNtlm(bytes, proof, message);
}

/** What every server may show to anybody: its own root entry, without a name, and how its entries are built (RFC 4512, 4.2 and 5.1). */
const PUBLIC_ENTRY = /^(?:$|cn=(?:sub)?schema\b)/i;

/** True for an entry of what the directory is there for. Its name is only looked at. */
function isOfDirectory(bytes: Buffer, entry: Element): boolean {
  const name = expectAt(bytes, entry.from, entry.end, TAG.octets);
  return (
    name !== undefined && !PUBLIC_ENTRY.test(bytes.toString("latin1", name.from, Math.min(name.end, name.from + 16)))
  );
}

function readBound(bytes: Buffer, response: Element, message: LdapMessage): void {
  const code = elementAt(bytes, response.from, response.end);
  const credentials = findTag(bytes, response.from, response.end, SASL_CREDENTIALS);
  // [MS-ADTS] 5.1.1.1.3: the older NTLM bind answers with its challenge in place of the matched name.
  addNtlm(bytes, credentials ?? response, message);
  // What follows a SASL bind that succeeded may be sealed.
  if (code !== undefined && integerOf(bytes, code) === 0 && credentials !== undefined) message.done = true;
}

function addNtlm(bytes: Buffer, { from, end }: Element, message: LdapMessage): void {
  const ntlm = readNtlmssp(bytes.subarray(from, end));
  if (ntlm !== undefined) message.found.push(...ntlmsspEvidence(ntlm));
}
