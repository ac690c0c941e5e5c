/** MQTT: who connects to a broker, how, and whether with a password in clear; topics and payloads are never looked at. OASIS MQTT 3.1.1 and 5.0, 3.1. */
import { defineDissector, type Evidence, type Malformed, malformed } from "./dissector.ts";
import { isFactoryLogin, nameDigest } from "./known-logins.ts";
import { clearLogin, factoryLogin } from "./login.ts";

const CONNECT = 0x10;
const CONNACK = 0x20;
const FLAG = { will: 0x04, password: 0x40, userName: 0x80 } as const;
/** Properties and a will make it longer than the few bytes read; more is no connect of a device. */
const MAX_CONNECT = 65_536;
const LEVELS: Record<number, string> = { 3: "3.1", 4: "3.1.1", 5: "5.0" };

interface MqttConnect {
  version: string;
  clientId: string;
  userName: boolean;
  password: boolean;
  /** A documented login: the broker's answer says whether it was accepted. */
  factory: boolean;
}

interface MqttAnswer {
  accepted: boolean;
}

export default defineDissector<MqttConnect | MqttAnswer>({
  protocol: "mqtt",
  over: ["tcp"],
  recognise: [
    { at: 0, bytes: "10 ?? 00 04 4d 51 54 54" },
    { at: 0, bytes: "10 ?? ?? 00 04 4d 51 54 54" },
    { at: 0, bytes: "10 ?? ?? ?? 00 04 4d 51 54 54" },
    { at: 0, bytes: "10 ?? 00 06 4d 51 49 73 64 70" },
    { at: 0, bytes: "10 ?? ?? 00 06 4d 51 49 73 64 70" },
  ],
  messageLength(payload, flow) {
    if (payload[0] !== CONNECT && !(payload[0] === CONNACK && flow.state !== undefined)) return -1;
    const head = fixedHead(payload);
    return head === undefined ? -1 : head.at === 0 ? 0 : head.at + head.length;
  },
  dissect(payload, flow): MqttConnect | MqttAnswer | Malformed | undefined {
    if (payload[0] === CONNACK && flow.state !== undefined) return readAnswer(payload);
    if (payload[0] !== CONNECT) return undefined;
    const head = fixedHead(payload);
    if (head === undefined) return undefined;
    if (head.at === 0) return malformed("head cut short");
    const end = head.at + head.length;
    if (end > payload.length && !flow.cut) return malformed("connect cut short");
    const { at } = head;
    const named = at + 2 <= payload.length ? payload.readUInt16BE(at) : 0;
    const levelAt = at + 2 + named;
    const name = payload.toString("latin1", at + 2, levelAt);
    if (name !== "MQTT" && name !== "MQIsdp") return undefined;
    if (levelAt + 4 > Math.min(end, payload.length)) return malformed("connect cut short");
    const version = LEVELS[payload[levelAt]! & 0x7f];
    if (version === undefined) return undefined;
    const flags = payload[levelAt + 1]!;
    let idAt = levelAt + 4;
    if (version === "5.0") {
      const properties = varint(payload, idAt);
      if (properties === undefined || properties.at === 0) return malformed("properties lie");
      idAt = properties.at + properties.length;
    }
    if (idAt + 2 > Math.min(end, payload.length)) return malformed("client identifier cut short");
    const idEnd = idAt + 2 + payload.readUInt16BE(idAt);
    if (idEnd > payload.length) return malformed("client identifier cut short");
    const factory = (flags & FLAG.password) !== 0 && isFactory(payload.subarray(0, end), idEnd, flags, version);
    // Only then is the broker's answer of interest.
    if (factory) flow.state = true;
    return {
      version,
      clientId: formOf(payload.toString("latin1", idAt + 2, Math.min(idEnd, idAt + 2 + 128))),
      userName: (flags & FLAG.userName) !== 0,
      password: (flags & FLAG.password) !== 0,
      factory,
    };
  },
  evidence(message) {
    if ("accepted" in message) return message.accepted ? factoryLogin("mqtt") : [];
    const { version, clientId, userName, password } = message;
    const found: Evidence[] = [
      { about: "sender", attribute: "mqtt.ver", value: version },
      { about: "sender", attribute: "mqtt.clientid.form", value: clientId },
    ];
    if (userName) found.push({ about: "sender", attribute: "mqtt.conflag.uname", value: "true" });
    if (password) found.push(...clearLogin("mqtt"));
    return found;
  },
  server: (message) => ("accepted" in message ? "sender" : "receiver"),
  done: (message) => "accepted" in message || !message.factory,
});

/** 3.2: flags, then the return code (reason code in 5.0), which is 0 for success. */
function readAnswer(payload: Buffer): MqttAnswer | Malformed {
  const head = fixedHead(payload);
  if (head === undefined || head.at === 0 || head.length < 2 || head.at + 2 > payload.length)
    return malformed("answer cut short");
  return { accepted: payload[head.at + 1] === 0 };
}

/** 3.1.3: after the identifier come the will, the user's name and the password, each with its length before it. */
function isFactory(payload: Buffer, from: number, flags: number, version: string): boolean {
  let at = from;
  if ((flags & FLAG.will) !== 0) {
    if (version === "5.0") {
      const properties = varint(payload, at);
      if (properties === undefined || properties.at === 0) return false;
      at = properties.at + properties.length;
    }
    at = afterField(payload, afterField(payload, at));
  }
  const user = (flags & FLAG.userName) === 0 ? "" : textAt(payload, at);
  const password = textAt(payload, (flags & FLAG.userName) === 0 ? at : afterField(payload, at));
  return user !== undefined && password !== undefined && isFactoryLogin(nameDigest(user), password);
}

/** Past a field of two length bytes and so many more; past the end when it lies. */
const afterField = (payload: Buffer, at: number) =>
  at + 2 > payload.length ? payload.length : at + 2 + payload.readUInt16BE(at);

function textAt(payload: Buffer, at: number): string | undefined {
  const end = afterField(payload, at);
  return at + 2 > payload.length || end > payload.length ? undefined : payload.toString("latin1", at + 2, end);
}

/** Type, then the remaining length. at 0: more is needed; undefined: no such length. */
function fixedHead(payload: Buffer): { at: number; length: number } | undefined {
  const length = varint(payload, 1);
  return length === undefined || length.length > MAX_CONNECT ? undefined : length;
}

/** 1.5.5: seven bits a byte, at most four bytes. */
function varint(payload: Buffer, from: number): { at: number; length: number } | undefined {
  let length = 0;
  for (let count = 0; count < 4; count++) {
    if (from + count >= payload.length) return { at: 0, length: 0 };
    const byte = payload[from + count]!;
    length += (byte & 0x7f) * 128 ** count;
    if (byte < 0x80) return { at: from + count + 1, length };
  }
  return undefined;
}

/** An identifier may be a person's or hold a secret: only what it looks like is told. */
function formOf(id: string): string {
  if (id === "") return "empty";
  if (/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(id)) return "uuid";
  if (/^(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}$|^[0-9a-f]{12}$/i.test(id)) return "mac";
  if (/^\d+$/.test(id)) return "number";
  if (/^[0-9a-f]+$/i.test(id)) return "hex";
  if (id.includes("@")) return "address";
  return "text";
}
