/** Microsoft SQL Server: its version, whether log-ins are encrypted, and which computer calls. [MS-TDS] 2.2.3.1, 2.2.6.4, 2.2.6.5, 2.2.7.14. */
import { defineDissector, type Evidence, type Malformed, malformed } from "./dissector.ts";
import { isFactoryLogin, nameDigest } from "./known-logins.ts";
import { factoryLogin } from "./login.ts";
import { ntlmsspEvidence, readNtlmssp } from "./ntlmssp.ts";
import { keepName } from "./self-given.ts";
import { utf16At } from "./utf16.ts";

const HEADER = 8;
const RESPONSE = 0x04;
const LOGIN7 = 0x10;
const SSPI = 0x11;
const PRELOGIN = 0x12;
const TYPES = [RESPONSE, LOGIN7, SSPI, PRELOGIN, 0x01, 0x03, 0x06, 0x0e];
/** 2.2.6.5: options of a prelogin, which end with 255. */
const MAX_OPTIONS = 12;
const END = 0xff;
const OPTION_VERSION = 0;
const OPTION_ENCRYPTION = 1;
const ENCRYPTION = ["off", "on", "not-supported", "required"];
/** 2.2.6.4: offsets and lengths of the client's name and password, from the login's start. */
const LOGIN_FIXED = 94;
const HOST_NAME_AT = 36;
const USER_AT = 40;
const PASSWORD_AT = 44;
const SSPI_AT = 78;
/** What a client or a user may be called: 128 letters. */
const MAX_NAME_LETTERS = 128;
/** 2.2.7: tokens of an answer to a log-in, each followed by the length of its rest. */
const TOKEN = { error: 0xaa, info: 0xab, loggedIn: 0xad, change: 0xe3 } as const;
const MAX_TOKENS = 32;
/** Messages read of one connection: prelogins, log-in, answer. */
const MAX_MESSAGES = 8;

interface TdsMessage {
  response: boolean;
  found: Evidence[];
  done: boolean;
}

interface TdsState {
  messages: number;
  /** The server has answered a prelogin: its next answer is to the log-in. */
  preloginDone: boolean;
  /** A documented login was sent: the answer says whether it was accepted. */
  isFactory: boolean;
}

export default defineDissector<TdsMessage>({
  protocol: "tds",
  over: ["tcp"],
  // A prelogin whose first option is the version; a log-in's length, and TDS versions 7.0 to 7.4.
  recognise: [
    { at: 0, bytes: "12 01 ?? ?? 00 00 ?? 00 00 00 ?? 00 06" },
    { at: 0, bytes: "10 01 ?? ?? 00 00 ?? 00 ?? ?? 00 00 ?? ?? ?? 71" },
    { at: 0, bytes: "10 01 ?? ?? 00 00 ?? 00 ?? ?? 00 00 ?? ?? ?? 72" },
    { at: 0, bytes: "10 01 ?? ?? 00 00 ?? 00 ?? ?? 00 00 ?? ?? ?? 73" },
    { at: 0, bytes: "10 01 ?? ?? 00 00 ?? 00 ?? ?? 00 00 ?? ?? ?? 74" },
  ],
  hints: { tcp: [1433] },
  messageLength(payload) {
    if (!TYPES.includes(payload[0]!)) return -1;
    if (payload.length < HEADER) return 0;
    const length = payload.readUInt16BE(2);
    return length < HEADER ? -1 : length;
  },
  dissect(payload, flow): TdsMessage | Malformed | undefined {
    const type = payload[0]!;
    if (!TYPES.includes(type)) return undefined;
    if (payload.length < HEADER) return malformed("header cut short");
    if (payload.readUInt16BE(2) < HEADER || payload[7] !== 0) return undefined;
    const known = flow.state as TdsState | undefined;
    // A connection is begun by a prelogin or a log-in; other types alone prove nothing.
    if (known === undefined && type !== PRELOGIN && type !== LOGIN7 && type !== RESPONSE) return undefined;
    const body = payload.subarray(HEADER, Math.min(payload.length, payload.readUInt16BE(2)));
    const message: TdsMessage = { response: type === RESPONSE, found: [], done: false };
    const state = known ?? { messages: 0, preloginDone: false, isFactory: false };
    if (type === PRELOGIN || (type === RESPONSE && !state.preloginDone)) {
      const read = readPrelogin(body, message);
      if (!read && known === undefined) return undefined;
      if (type === RESPONSE) state.preloginDone = true;
    } else if (type === LOGIN7) {
      if (!readLogin(body, message) && known === undefined) return undefined;
      state.preloginDone = true;
      state.isFactory = isFactory(body);
    } else {
      addNtlm(body, message);
      if (message.response && state.isFactory && isLoggedIn(body)) message.found.push(...factoryLogin("tds"));
      // The answer to a log-in: what follows are queries and rows.
      if (type !== SSPI) message.done = !message.found.length || !message.response || state.isFactory;
    }
    flow.state = state;
    if (++state.messages >= MAX_MESSAGES) message.done = true;
    return message;
  },
  evidence: ({ found }) => found,
  server: ({ response }) => (response ? "sender" : "receiver"),
  done: ({ done }) => done,
});

/** Token, offset and length of each option; only version and encryption are read. False: this is no prelogin. */
function readPrelogin(body: Buffer, message: TdsMessage): boolean {
  if (body[0] !== OPTION_VERSION) return false;
  for (let at = 0, count = 0; count < MAX_OPTIONS; at += 5, count++) {
    const token = body[at];
    if (token === END) return count > 0;
    if (token === undefined || token > 0x10 || at + 5 > body.length) return false;
    const offset = body.readUInt16BE(at + 1);
    const length = body.readUInt16BE(at + 3);
    if (offset + length > body.length) return false;
    if (token === OPTION_VERSION && length >= 6 && message.response) {
      const version = `${body[offset]}.${body[offset + 1]}.${body.readUInt16BE(offset + 2)}`;
      add(message, "sender", "tds.prelogin.option.version", version);
    } else if (token === OPTION_ENCRYPTION && length === 1) {
      const encryption = ENCRYPTION[body[offset]!];
      if (encryption !== undefined)
        add(message, "sender", `tds.prelogin.option.encryption${message.response ? "" : ".client"}`, encryption);
    }
  }
  return false;
}

/** The client's name is read; application and database are not, user and password only to be compared. */
function readLogin(body: Buffer, message: TdsMessage): boolean {
  if (body.length < LOGIN_FIXED || body.readUInt32LE(0) < LOGIN_FIXED) return false;
  if ((body[7]! & 0xf0) !== 0x70) return false;
  const letters = body.readUInt16LE(HOST_NAME_AT + 2);
  const at = body.readUInt16LE(HOST_NAME_AT);
  if (letters > 0 && letters <= MAX_NAME_LETTERS && at >= LOGIN_FIXED - 8) {
    const name = keepName(utf16At(body, at, letters * 2));
    if (name !== undefined) add(message, "sender", "tds.login.hostname", name);
  }
  // The password is only hidden by a fixed exchange of bits: it went by in clear.
  if (body.readUInt16LE(PASSWORD_AT + 2) > 0) {
    add(message, "receiver", "wardtap.login", "tds");
    add(message, "sender", "wardtap.login.sent", "tds");
  }
  const token = body.readUInt16LE(SSPI_AT);
  addNtlm(body.subarray(token, token + body.readUInt16LE(SSPI_AT + 2)), message);
  return true;
}

/** 2.2.6.4: each byte of a password has its halves exchanged and is then combined with A5. */
function isFactory(body: Buffer): boolean {
  if (body.length < LOGIN_FIXED) return false;
  const user = letters(body, USER_AT);
  const hidden = letters(body, PASSWORD_AT);
  if (user === undefined || hidden === undefined || user.length === 0) return false;
  const password = hidden.map((byte) => (((byte ^ 0xa5) << 4) | ((byte ^ 0xa5) >> 4)) & 0xff);
  return isFactoryLogin(nameDigest(textOf(user)), textOf(Buffer.from(password)));
}

/** The letters that an offset and a length in the fixed part point at. */
function letters(body: Buffer, at: number): Buffer | undefined {
  const from = body.readUInt16LE(at);
  const count = body.readUInt16LE(at + 2);
  return count > MAX_NAME_LETTERS || from + count * 2 > body.length ? undefined : body.subarray(from, from + count * 2);
}

const textOf = (wide: Buffer) => wide.toString("utf16le");

function isLoggedIn(body: Buffer): boolean {
  const tokens: number[] = Object.values(TOKEN);
  for (let at = 0, count = 0; at + 3 <= body.length && count < MAX_TOKENS; count++) {
    if (body[at] === TOKEN.loggedIn) return true;
    if (!tokens.includes(body[at]!)) return false;
    at += 3 + body.readUInt16LE(at + 1);
  }
  return false;
}

function addNtlm(bytes: Buffer, message: TdsMessage): void {
  const ntlm = readNtlmssp(bytes);
  if (ntlm !== undefined) message.found.push(...ntlmsspEvidence(ntlm));
}

const add = (message: TdsMessage, about: "sender" | "receiver", attribute: string, value: string) =>
  message.found.push({ about, attribute, value });
