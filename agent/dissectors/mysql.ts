/** MySQL and MariaDB: the server's version and how it wants passwords proven. MySQL client/server protocol, Protocol::HandshakeV10. */
import { defineDissector, type Evidence, type Malformed, malformed } from "./dissector.ts";
import { keepText } from "./self-given.ts";

const HEADER = 4;
const PROTOCOL_10 = 10;
const ERROR = 0xff;
const MAX_VERSION = 64;
/** A greeting is short; a longer first packet is another protocol's. */
const MAX_GREETING = 512;
const CAPABILITY_SSL = 0x0800;
const SSL_REQUEST = 32;
const AUTH_SWITCH = 0xfe;
const PLUGINS =
  /^(?:mysql_old_password|mysql_native_password|mysql_clear_password|sha256_password|caching_sha2_password|client_ed25519|dialog|auth_gssapi_client|unix_socket|parsec)$/;
const MAX_MESSAGES = 6;

interface MysqlMessage {
  fromServer: boolean | undefined;
  found: Evidence[];
  done: boolean;
}

interface MysqlState {
  messages: number;
}

export default defineDissector<MysqlMessage>({
  protocol: "mysql",
  over: ["tcp"],
  // Packet length below 256, sequence 0, version 10, and a version that begins with a digit and a dot.
  recognise: ["33", "34", "35", "36", "37", "38", "39", "31"].map((digit) => ({
    at: 0,
    bytes: digit === "31" ? "?? 00 00 00 0a 31 ?? 2e" : `?? 00 00 00 0a ${digit} 2e`,
  })),
  hints: { tcp: [3306] },
  messageLength(payload) {
    if (payload.length < HEADER) return 0;
    const length = payload.readUIntLE(0, 3);
    return length === 0 || length > MAX_GREETING ? -1 : HEADER + length;
  },
  dissect(payload, flow): MysqlMessage | Malformed | undefined {
    const state = flow.state as MysqlState | undefined;
    if (state === undefined) {
      const greeting = readGreeting(payload, flow.cut);
      if (greeting !== undefined && "found" in greeting) flow.state = { messages: 1 };
      return greeting;
    }
    state.messages++;
    return readLater(payload, state);
  },
  evidence: ({ found }) => found,
  server: ({ fromServer }) => (fromServer === undefined ? undefined : fromServer ? "sender" : "receiver"),
  done: ({ done }) => done,
});

function readGreeting(payload: Buffer, cut: boolean): MysqlMessage | Malformed | undefined {
  if (payload.length < HEADER + 2 || payload[3] !== 0) return undefined;
  // A server that refuses hosts says so at once: an error with a number from 1000, then a text we don't read.
  if (payload[4] === ERROR) {
    const code = payload.length >= HEADER + 3 ? payload.readUInt16LE(5) : 0;
    return code >= 1000 && code < 5000 && payload.length > HEADER + 8
      ? { fromServer: true, found: [], done: true }
      : undefined;
  }
  if (payload[4] !== PROTOCOL_10) return undefined;
  const end = payload.indexOf(0, HEADER + 1);
  if (end < 0 || end > HEADER + 1 + MAX_VERSION)
    return cut || end >= 0 ? undefined : malformed("version without an end");
  const version = keepText(payload.subarray(HEADER + 1, end), MAX_VERSION);
  if (version === undefined || !/^\d{1,2}\.\d[\w.+~:-]*$/.test(version)) return undefined;
  const found: Evidence[] = [{ about: "sender", attribute: "mysql.version", value: version }];
  // Thread id, eight bytes of salt, filler, capabilities.
  const capabilities = end + 1 + 4 + 8 + 1;
  if (capabilities + 2 <= payload.length) {
    const ssl = (payload.readUInt16LE(capabilities) & CAPABILITY_SSL) !== 0;
    found.push({ about: "sender", attribute: "mysql.caps.sl", value: ssl ? "1" : "0" });
  }
  addPlugin(payload, payload.lastIndexOf(0, payload.length - 2) + 1, found);
  return { fromServer: true, found, done: false };
}

/** The client's answer holds its user: of later packets only the server's wish for another plug-in is read. */
function readLater(payload: Buffer, state: MysqlState): MysqlMessage {
  const found: Evidence[] = [];
  const isSwitch = payload[4] === AUTH_SWITCH && payload[3] === 2;
  if (isSwitch) addPlugin(payload, HEADER + 1, found);
  // An answer of just the fixed fields asks for TLS, which follows (Protocol::SSLRequest).
  const asksForTls = payload[3] === 1 && payload.length === HEADER + SSL_REQUEST;
  if (asksForTls) found.push({ about: "receiver", attribute: "mysql.ssl", value: "1" });
  const isAnswer = payload[3] === 2 && (payload[4] === 0 || payload[4] === ERROR);
  return {
    fromServer: isSwitch ? true : asksForTls ? false : undefined,
    found,
    done: asksForTls || isAnswer || state.messages >= MAX_MESSAGES,
  };
}

function addPlugin(payload: Buffer, at: number, found: Evidence[]): void {
  const end = payload.indexOf(0, at);
  if (at <= HEADER || end - at > MAX_VERSION) return;
  const name = payload.toString("latin1", at, end < 0 ? Math.min(payload.length, at + MAX_VERSION) : end);
  if (PLUGINS.test(name)) found.push({ about: "sender", attribute: "mysql.auth_plugin", value: name });
}
