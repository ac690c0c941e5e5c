/** MQTT: who connects to a broker, how, and whether with a password in clear; topics and payloads are never looked at. OASIS MQTT 3.1.1 and 5.0, 3.1. */
import { defineDissector, type Evidence, type Malformed, malformed } from "./dissector.ts";
import { clearLogin } from "./login.ts";

const CONNECT = 0x10;
const FLAG = { password: 0x40, userName: 0x80 } as const;
/** Properties and a will make it longer than the few bytes read; more is no connect of a device. */
const MAX_CONNECT = 65_536;
const LEVELS: Record<number, string> = { 3: "3.1", 4: "3.1.1", 5: "5.0" };

interface MqttMessage {
  version: string;
  clientId: string;
  userName: boolean;
  password: boolean;
}

export default defineDissector<MqttMessage>({
  protocol: "mqtt",
  over: ["tcp"],
  recognise: [
    { at: 0, bytes: "10 ?? 00 04 4d 51 54 54" },
    { at: 0, bytes: "10 ?? ?? 00 04 4d 51 54 54" },
    { at: 0, bytes: "10 ?? ?? ?? 00 04 4d 51 54 54" },
    { at: 0, bytes: "10 ?? 00 06 4d 51 49 73 64 70" },
    { at: 0, bytes: "10 ?? ?? 00 06 4d 51 49 73 64 70" },
  ],
  messageLength(payload) {
    if (payload[0] !== CONNECT) return -1;
    const head = fixedHead(payload);
    return head === undefined ? -1 : head.at === 0 ? 0 : head.at + head.length;
  },
  dissect(payload, flow): MqttMessage | Malformed | undefined {
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
    return {
      version,
      clientId: formOf(payload.toString("latin1", idAt + 2, Math.min(idEnd, idAt + 2 + 128))),
      userName: (flags & FLAG.userName) !== 0,
      password: (flags & FLAG.password) !== 0,
    };
  },
  evidence({ version, clientId, userName, password }) {
    const found: Evidence[] = [
      { about: "sender", attribute: "mqtt.ver", value: version },
      { about: "sender", attribute: "mqtt.clientid.form", value: clientId },
    ];
    if (userName) found.push({ about: "sender", attribute: "mqtt.conflag.uname", value: "true" });
    if (password) found.push(...clearLogin("mqtt"));
    return found;
  },
  server: () => "receiver",
  done: () => true,
});

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
