/** TLS and SSL handshakes: versions, names asked for, fingerprints and certificates. RFC 8446, 4; RFC 5246, 7.4; RFC 6101; SSL 2.0 draft 02. */
import { defineDissector, type Evidence, type Flow, type Malformed, malformed } from "./dissector.ts";
import { keepName, keepText } from "./self-given.ts";
import { ja3, ja3s, ja4 } from "./tls-fingerprint.ts";
import {
  type ClientHello,
  highestOffered,
  readClientHello,
  readServerHello,
  type ServerHello,
  versionText,
} from "./tls-hello.ts";
import { flightLength, handshakeBytes, isRecord, MESSAGE_HEAD, RECORD, RECORD_HEAD } from "./tls-record.ts";
import { isSsl2Hello, isSsl2ServerHello, readSsl2, ssl2Length } from "./tls-ssl2.ts";
import { readCertificate } from "./x509.ts";

const MESSAGE = { clientHello: 1, serverHello: 2, certificate: 11, serverHelloDone: 14 } as const;
const TLS13 = 0x0304;
/** Different values of one kind kept per host: names of servers asked for, programs' fingerprints. */
const MAX_VALUES = 16;
const LENGTH = 3;

interface TlsMessage {
  from: "client" | "server" | "unknown";
  said: [attribute: string, value: string][];
  /** As selected by the server. */
  version: string | undefined;
  done: boolean;
}

/** `ssl2`: the client spoke first in the format of version 2. */
interface TlsState {
  ssl2: boolean;
  serverPort: number;
}

export default defineDissector<TlsMessage>({
  protocol: "tls",
  over: ["tcp"],
  recognise: [
    ...[0, 1, 2, 3, 4].flatMap((minor) => [
      { at: 0, bytes: `16 03 0${minor} ?? ?? 01 00` },
      { at: 0, bytes: `16 03 0${minor} ?? ?? 02 00 00` },
    ]),
    // Heard from the middle.
    { at: 0, bytes: "17 03 03" },
    { at: 0, bytes: "80 ?? 01 03" },
    { at: 0, bytes: "80 ?? 01 00 02" },
    { at: 0, bytes: "81 ?? 01 00 02" },
  ],
  hints: { tcp: [443, 465, 636, 853, 989, 990, 993, 995, 2762, 3269, 4433, 5061, 5671, 6514, 8443, 8883, 9443] },
  messageLength(payload, flow) {
    const state = flow.state as TlsState | undefined;
    if (isSsl2Hello(payload) || (state?.ssl2 && isSsl2ServerHello(payload))) return ssl2Length(payload);
    if (!isRecord(payload)) return -1;
    if (payload[0] === RECORD.handshake) return flightLength(payload);
    return payload.length < RECORD_HEAD ? 0 : RECORD_HEAD + payload.readUInt16BE(3);
  },
  dissect(payload, flow): TlsMessage | Malformed | undefined {
    if (payload.length === 0) return undefined;
    const state = (flow.state as TlsState | undefined) ?? { ssl2: false, serverPort: -1 };
    const known = flow.state !== undefined;
    if (isSsl2Hello(payload) || (state.ssl2 && isSsl2ServerHello(payload))) {
      const read = readSsl2(payload);
      if (read === undefined) return known || payload.length < 5 ? malformed("hello cut short") : undefined;
      state.ssl2 = true;
      flow.state = state;
      return read;
    }
    if (!isRecord(payload)) return undefined;
    if (payload.length < RECORD_HEAD) return malformed("record cut short");
    const end = RECORD_HEAD + payload.readUInt16BE(3);
    if (end > payload.length && !flow.cut) return malformed("record cut short");
    if (payload[0] !== RECORD.handshake) {
      // Without a handshake heard, only records one after another prove the protocol.
      if (!known && payload[0] !== RECORD.applicationData) return undefined;
      flow.state = state;
      return { from: "unknown", said: [], version: undefined, done: true };
    }
    const read = readHandshake(handshakeBytes(payload), state, flow, known);
    if (read !== undefined) flow.state = state;
    return read;
  },
  evidence({ said, version, from }) {
    const found: Evidence[] = said.map(([attribute, value]) => ({
      about: "sender",
      attribute,
      value,
      atMost: MAX_VALUES,
    }));
    if (from !== "server" || version === undefined) return found;
    found.push({ about: "sender", attribute: "tls.version", value: version });
    found.push({ about: "receiver", attribute: "tls.version.client", value: version });
    return found;
  },
  server: ({ from }) => (from === "unknown" ? undefined : from === "server" ? "sender" : "receiver"),
  done: ({ done }) => done,
});

function readHandshake(bytes: Buffer, state: TlsState, flow: Flow, known: boolean): TlsMessage | Malformed | undefined {
  const message: TlsMessage = { from: "unknown", said: [], version: undefined, done: false };
  let at = 0;
  while (at < bytes.length) {
    if (at + MESSAGE_HEAD > bytes.length) return flow.cut ? message : malformed("message cut short", message);
    const type = bytes[at];
    const end = at + MESSAGE_HEAD + bytes.readUIntBE(at + 1, LENGTH);
    if (!known && at === 0 && type !== MESSAGE.clientHello && type !== MESSAGE.serverHello) return undefined;
    // Of a chain too long to wait for, the server's own certificate stands at the beginning.
    if (end > bytes.length && !flow.cut) return malformed("message cut short", message);
    if (end > bytes.length && type !== MESSAGE.certificate) return message;
    const body = bytes.subarray(at + MESSAGE_HEAD, end);
    if (type === MESSAGE.clientHello) {
      const hello = readClientHello(body);
      if (hello === undefined) return malformed("client hello lies", message);
      message.from = "client";
      message.said.push(...clientSaid(hello, "t"));
    } else if (type === MESSAGE.serverHello) {
      const hello = readServerHello(body);
      if (hello === undefined) return malformed("server hello lies", message);
      message.from = "server";
      message.version = versionText(hello.version);
      message.said.push(...serverSaid(hello));
      state.serverPort = flow.sourcePort;
      // All that follows is encrypted.
      message.done = hello.version >= TLS13;
    } else if (type === MESSAGE.certificate && state.serverPort === flow.sourcePort) {
      // Only servers': a client's may be a person's.
      message.from = "server";
      message.said.push(...certificateSaid(body));
      message.done = true;
    } else if (type === MESSAGE.serverHelloDone) message.done = true;
    at = end;
  }
  return message;
}

/** What a client's hello tells; QUIC carries the same. */
export function clientSaid(hello: ClientHello, transport: "t" | "q"): TlsMessage["said"] {
  const said: TlsMessage["said"] = [];
  const add = (attribute: string, value: string | undefined) => {
    if (value !== undefined) said.push([attribute, value]);
  };
  const name = hello.serverName ?? "";
  if (/^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?$/.test(name) && !/^[\d.]+$/.test(name))
    add("tls.handshake.extensions_server_name", keepName(name.toLowerCase()));
  add("tls.handshake.extensions_alpn_str", keepText(hello.alpn.join(",")));
  add("tls.offered", versionText(highestOffered(hello)));
  if (transport === "t") add("tls.handshake.ja3", ja3(hello));
  add("tls.handshake.ja4", ja4(hello, transport));
  return said;
}

function serverSaid(hello: ServerHello): TlsMessage["said"] {
  const said: TlsMessage["said"] = [["tls.handshake.ciphersuite", `0x${hello.cipher.toString(16).padStart(4, "0")}`]];
  const fingerprint = hello.isRetry ? undefined : ja3s(hello);
  if (fingerprint !== undefined) said.push(["tls.handshake.ja3s", fingerprint]);
  const alpn = keepText(hello.alpn.join(","));
  if (alpn !== undefined) said.push(["tls.handshake.extensions_alpn_str", alpn]);
  return said;
}

/** 7.4.2: a list of certificates, the server's own first. */
function certificateSaid(body: Buffer): TlsMessage["said"] {
  if (body.length < LENGTH * 2) return [];
  const end = LENGTH * 2 + body.readUIntBE(LENGTH, LENGTH);
  return end > body.length ? [] : (readCertificate(body.subarray(LENGTH * 2, end)) ?? []);
}
