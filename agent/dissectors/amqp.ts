/** AMQP: brokers' and clients' products, and logins in clear; messages are never looked at. AMQP 0-9-1, 2.3 and 4.2; OASIS AMQP 1.0, 2.2. */
import { defineDissector, type Evidence, type Malformed, malformed } from "./dissector.ts";
import { clearLogin, factoryLogin } from "./login.ts";
import { isPlainFactory } from "./sasl.ts";
import { keepText } from "./self-given.ts";

const PROTOCOL_HEAD = 8;
const FRAME_HEAD = 7;
const METHOD_FRAME = 1;
const FRAME_END = 0xce;
const CONNECTION = 10;
const METHOD = { start: 10, startOk: 11, tune: 30 } as const;
/** A longer proof holds no documented login. */
const MAX_PROOF = 300;
const MAX_FRAME = 131_072;
/** Properties looked at of one table; the rest is stepped over. */
const MAX_PROPERTIES = 64;
const WANTED = ["product", "version", "platform"];

interface AmqpMessage {
  from: "server" | "client";
  said: [attribute: string, value: string][];
  /** "password": sent in clear; "factory": a documented one was accepted. */
  login: "" | "password" | "factory";
  done: boolean;
}

interface AmqpState {
  /** A documented login was sent: a broker that goes on to terms has accepted it. */
  isFactory: boolean;
}

export default defineDissector<AmqpMessage>({
  protocol: "amqp",
  over: ["tcp"],
  recognise: [
    { at: 0, bytes: "41 4d 51 50 00 00 09 01" },
    { at: 0, bytes: "41 4d 51 50 00 01 00 00" },
    { at: 0, bytes: "41 4d 51 50 03 01 00 00" },
    { at: 0, bytes: "01 00 00 ?? ?? ?? ?? 00 0a 00 0a" },
  ],
  messageLength(payload) {
    if (isProtocolHead(payload)) return payload.length < PROTOCOL_HEAD ? 0 : PROTOCOL_HEAD;
    if (payload[0]! < METHOD_FRAME || payload[0]! > 8) return -1;
    if (payload.length < FRAME_HEAD) return 0;
    const length = payload.readUInt32BE(3);
    return length > MAX_FRAME ? -1 : FRAME_HEAD + length + 1;
  },
  dissect(payload, flow): AmqpMessage | Malformed | undefined {
    if (isProtocolHead(payload)) {
      if (payload.length < PROTOCOL_HEAD) return malformed("protocol head cut short");
      const [, major, minor, revision] = payload.subarray(4);
      // A broker that speaks another version answers with its own; 1.0 has no properties to wait for.
      const from = flow.state === undefined ? "client" : "server";
      flow.state ??= { isFactory: false } satisfies AmqpState;
      const said: AmqpMessage["said"] = [["amqp.version", `${major}.${minor}.${revision}`]];
      return { from, said, login: "", done: major !== 0 || from === "server" };
    }
    if (payload.length < FRAME_HEAD + 4) return flow.state === undefined ? undefined : malformed("frame cut short");
    const end = FRAME_HEAD + payload.readUInt32BE(3);
    const known = flow.state !== undefined;
    if (payload[0] !== METHOD_FRAME || payload.readUInt16BE(7) !== CONNECTION)
      return known ? { from: "client", said: [], login: "", done: true } : undefined;
    if (end >= payload.length && !flow.cut) return malformed("frame cut short");
    if (end < payload.length && payload[end] !== FRAME_END)
      return known ? malformed("frame without its end") : undefined;
    const method = payload.readUInt16BE(9);
    const state = (flow.state as AmqpState | undefined) ?? { isFactory: false };
    flow.state = state;
    const last = Math.min(end, payload.length);
    if (method === METHOD.start) {
      const said = properties(payload, FRAME_HEAD + 6, last, "server");
      return said === undefined
        ? malformed("properties lie")
        : { from: "server", said: said.said, login: "", done: false };
    }
    if (method !== METHOD.startOk) {
      const isAccepted = method === METHOD.tune && state.isFactory;
      return { from: isAccepted ? "server" : "client", said: [], login: isAccepted ? "factory" : "", done: true };
    }
    const read = properties(payload, FRAME_HEAD + 4, last, "client");
    if (read === undefined) return malformed("properties lie");
    const proofAt = Math.min(read.at + 1 + (payload[read.at] ?? 0), last);
    const mechanism = payload.toString("latin1", read.at + 1, proofAt);
    // Mechanism, then the proof with four bytes of length before it.
    const proof = payload.toString("latin1", proofAt + 4, Math.min(last, proofAt + 4 + lengthAt(payload, proofAt)));
    state.isFactory = mechanism === "PLAIN" && isPlainFactory(proof);
    const login = /^(?:AMQ)?PLAIN$/.test(mechanism) ? "password" : "";
    return { from: "client", said: read.said, login, done: !state.isFactory };
  },
  evidence({ said, login }) {
    const found: Evidence[] = said.map(([attribute, value]) => ({ about: "sender", attribute, value, atMost: 8 }));
    if (login === "password") found.push(...clearLogin("amqp"));
    if (login === "factory") found.push(...factoryLogin("amqp"));
    return found;
  },
  server: ({ from, said, login }) =>
    said.length === 0 && login === "" ? undefined : from === "server" ? "sender" : "receiver",
  done: ({ done }) => done,
});

/** 0 where it lies. */
const lengthAt = (payload: Buffer, at: number) => {
  const length = at + 4 > payload.length ? 0 : payload.readUInt32BE(at);
  return length > MAX_PROOF ? 0 : length;
};

const isProtocolHead = (payload: Buffer) => {
  const start = payload.toString("latin1", 0, 4);
  return start.length > 0 && "AMQP".startsWith(start);
};

/** 4.2.5.5: a length, then names with typed values; strings of the allow-list are told. undefined when a length lies. */
function properties(
  payload: Buffer,
  from: number,
  end: number,
  side: string,
): { said: AmqpMessage["said"]; at: number } | undefined {
  if (from + 4 > end) return undefined;
  const to = from + 4 + payload.readUInt32BE(from);
  if (to > end) return undefined;
  const said: AmqpMessage["said"] = [];
  let at = from + 4;
  for (let count = 0; count < MAX_PROPERTIES && at < to; count++) {
    const typeAt = at + 1 + payload[at]!;
    if (typeAt >= to) return undefined;
    const name = payload.toString("latin1", at + 1, typeAt);
    const length = valueLength(payload, typeAt, to);
    if (length === undefined) break;
    if (payload[typeAt] === 0x53 && WANTED.includes(name)) {
      const value = keepText(payload.subarray(typeAt + 5, Math.min(typeAt + 1 + length, typeAt + 205)));
      if (value !== undefined) said.push([`amqp.${side}.${name}`, value]);
    }
    at = typeAt + 1 + length;
    if (at > to) return undefined;
  }
  return { said, at: to };
}

/** Of the value after its type letter; undefined for a type nobody defined. */
function valueLength(payload: Buffer, typeAt: number, to: number): number | undefined {
  const type = String.fromCharCode(payload[typeAt]!);
  if ("SFAx".includes(type)) return typeAt + 5 > to ? undefined : 4 + payload.readUInt32BE(typeAt + 1);
  if (type === "s") return typeAt + 3 > to ? undefined : 2;
  const fixed: Record<string, number> = {
    t: 1,
    b: 1,
    B: 1,
    U: 2,
    u: 2,
    I: 4,
    i: 4,
    f: 4,
    L: 8,
    l: 8,
    d: 8,
    T: 8,
    D: 5,
    V: 0,
  };
  return fixed[type];
}
