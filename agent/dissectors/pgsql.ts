/** PostgreSQL: the server's version and how passwords go by. PostgreSQL documentation, frontend/backend protocol, message formats. */
import { defineDissector, type Evidence, type Malformed, malformed } from "./dissector.ts";
import { isFactoryLogin, nameDigest } from "./known-logins.ts";
import { factoryLogin } from "./login.ts";
import { keepText } from "./self-given.ts";

const STARTUP_3 = 0x00030000;
const SSL_REQUEST = 80877103;
const GSS_REQUEST = 80877104;
const CANCEL_REQUEST = 80877102;
const STARTUPS = [STARTUP_3, SSL_REQUEST, GSS_REQUEST, CANCEL_REQUEST];
const MAX_STARTUP = 10_000;
/** Letters of the messages of a log-in: R, p, S, K, Z, E, N. */
const AUTHENTICATION = 0x52;
const PASSWORD = 0x70;
const PARAMETER = 0x53;
const READY = 0x5a;
const LETTERS = [AUTHENTICATION, PASSWORD, PARAMETER, 0x4b, READY, 0x45, 0x4e];
/** A log-in's messages are short. */
const MAX_MESSAGE = 8192;
/** What an authentication request asks for. */
const METHODS: Record<number, string> = {
  0: "ok",
  2: "kerberos",
  3: "cleartext",
  5: "md5",
  7: "gss",
  9: "sspi",
  10: "scram",
};
const MAX_MESSAGES = 40;
/** Bytes of a start in which the user's name is looked for: clients name it first. */
const MAX_PARAMETERS = 512;

interface PgsqlMessage {
  fromServer: boolean | undefined;
  found: Evidence[];
  done: boolean;
}

interface PgsqlState {
  messages: number;
  /** The client may speak TLS next: its answer is one letter. */
  askedForTls: boolean;
  method: number;
  /** Digest of the user's name. */
  name: Buffer | undefined;
  /** A documented login was sent: the next request or "ok" says whether it was accepted. */
  isFactory: boolean;
}

export default defineDissector<PgsqlMessage>({
  protocol: "pgsql",
  over: ["tcp"],
  recognise: [
    { at: 0, bytes: "00 00 ?? ?? 00 03 00 00 75 73 65 72 00" }, // 3.0, "user"
    { at: 0, bytes: "00 00 00 08 04 d2 16 2f" },
    { at: 0, bytes: "00 00 00 08 04 d2 16 30" },
    { at: 0, bytes: "52 00 00 00 08 00 00 00" },
    { at: 0, bytes: "52 00 00 00 0c 00 00 00 05" },
  ],
  hints: { tcp: [5432] },
  messageLength(payload, flow) {
    const state = flow.state as PgsqlState | undefined;
    if (payload[0] === 0) {
      if (payload.length < 8) return 0;
      const length = payload.readUInt32BE(0);
      return length < 8 || length > MAX_STARTUP || !STARTUPS.includes(payload.readUInt32BE(4)) ? -1 : length;
    }
    if (state?.askedForTls === true && (payload[0] === 0x4e || payload[0] === 0x53) && payload.length === 1) return 1;
    if (!LETTERS.includes(payload[0]!)) return -1;
    if (payload.length < 5) return 0;
    const length = payload.readUInt32BE(1);
    return length < 4 || length > MAX_MESSAGE ? -1 : 1 + length;
  },
  dissect(payload, flow): PgsqlMessage | Malformed | undefined {
    const known = flow.state as PgsqlState | undefined;
    const state = known ?? { messages: 0, askedForTls: false, method: -1, name: undefined, isFactory: false };
    const message = payload[0] === 0 ? startup(payload, state) : read(payload, state);
    if (message === undefined) return undefined;
    // An unknown flow is recognised by a start-up or by the server's request for a proof.
    if (known === undefined && payload[0] !== 0 && payload[0] !== AUTHENTICATION) return undefined;
    flow.state = state;
    if ("done" in message && ++state.messages >= MAX_MESSAGES) message.done = true;
    return message;
  },
  evidence: ({ found }) => found,
  server: ({ fromServer }) => (fromServer === undefined ? undefined : fromServer ? "sender" : "receiver"),
  done: ({ done }) => done,
});

/** User and database stand in it: its kind is told, and the user's name only compared. */
function startup(payload: Buffer, state: PgsqlState): PgsqlMessage | Malformed | undefined {
  if (payload.length < 8) return malformed("start cut short");
  const kind = payload.readUInt32BE(4);
  if (!STARTUPS.includes(kind)) return undefined;
  state.askedForTls = kind === SSL_REQUEST || kind === GSS_REQUEST;
  // Names and values in turn, each with a NUL behind it.
  const words = payload.toString("latin1", 8, Math.min(payload.length, 8 + MAX_PARAMETERS)).split("\0");
  const user = words.findIndex((word, at) => at % 2 === 0 && word === "user");
  if (kind === STARTUP_3 && user >= 0) state.name = nameDigest(words[user + 1] ?? "");
  return { fromServer: false, found: [], done: kind === CANCEL_REQUEST };
}

function read(payload: Buffer, state: PgsqlState): PgsqlMessage | Malformed | undefined {
  if (payload.length === 1) {
    const accepted = payload[0] === PARAMETER;
    return state.askedForTls
      ? { fromServer: true, found: accepted ? [sent("pgsql.ssl", "1")] : [], done: accepted }
      : undefined;
  }
  if (!LETTERS.includes(payload[0]!)) return undefined;
  if (payload.length < 5) return malformed("message cut short");
  const message: PgsqlMessage = { fromServer: payload[0] !== PASSWORD, found: [], done: false };
  switch (payload[0]) {
    case AUTHENTICATION: {
      if (payload.length < 9) return malformed("authentication request cut short");
      state.method = payload.readUInt32BE(5);
      const method = METHODS[state.method];
      if (method === undefined) return undefined;
      if (method !== "ok") message.found.push(sent("pgsql.authtype", method));
      else if (state.isFactory) message.found.push(...factoryLogin("pgsql"));
      state.isFactory = false;
      break;
    }
    case PASSWORD:
      if (METHODS[state.method] === "cleartext" && payload.length > 6) {
        message.found.push({ about: "receiver", attribute: "wardtap.login", value: "pgsql" });
        message.found.push(sent("wardtap.login.sent", "pgsql"));
        state.isFactory = isFactoryLogin(state.name, payload.toString("latin1", 5, payload.length - 1));
      }
      break;
    case PARAMETER:
      readParameter(payload, message);
      break;
    case READY:
      message.done = true;
      break;
  }
  return message;
}

const sent = (attribute: string, value: string): Evidence => ({ about: "sender", attribute, value });

/** ParameterStatus: of the settings only the server's version is read. */
function readParameter(payload: Buffer, message: PgsqlMessage): void {
  const name = payload.toString("latin1", 5, Math.min(payload.length, 5 + 15));
  if (name !== "server_version\0") return;
  const end = payload.indexOf(0, 20);
  const version = end < 0 ? undefined : keepText(payload.subarray(20, end), 64);
  if (version !== undefined && /^\d/.test(version)) message.found.push(sent("pgsql.server_version", version));
}
