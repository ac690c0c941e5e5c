/** Beckhoff ADS/AMS: controllers that answer a search or a device information request. Beckhoff Information System, ADS: AMS/TCP packet; UDP route messages as described publicly for port 48899. */
import { defineDissector, type Evidence, type Malformed, malformed } from "./dissector.ts";
import { keepName, keepText } from "./self-given.ts";

const UDP_MARK = 0x71146603;
const UDP_HEAD = 24;
const SERVICE = { search: 1, addRoute: 6 } as const;
const ANSWER = 0x80000000;
const TAG = { password: 2, version: 3, system: 4, hostName: 5, userName: 13 } as const;
const MAX_TAGS = 16;
const TCP_HEAD = 6;
const AMS_HEAD = 32;
const READ_DEVICE_INFO = 1;
const STATE_ANSWER = 0x0001;
const MAX_MESSAGE = 65_535;
/** Answers heard before a connection has no more to teach. */
const ENOUGH = 16;

interface AmsMessage {
  answers: boolean;
  said: [attribute: string, value: string][];
  /** A user name and password went by in clear. */
  login: boolean;
  heard: number;
}

export default defineDissector<AmsMessage>({
  protocol: "ams",
  over: ["tcp", "udp"],
  recognise: [{ at: 0, bytes: "03 66 14 71" }],
  hints: { tcp: [48898] },
  messageLength(payload) {
    if (payload[0] !== 0 || (payload.length > 1 && payload[1] !== 0)) return -1;
    if (payload.length < TCP_HEAD) return 0;
    const length = payload.readUInt32LE(2);
    return length < AMS_HEAD || length > MAX_MESSAGE ? -1 : TCP_HEAD + length;
  },
  dissect(payload, flow): AmsMessage | Malformed | undefined {
    if (flow.transport === "udp") return readDatagram(payload);
    if (payload.length < TCP_HEAD + AMS_HEAD || payload.readUInt16LE(0) !== 0) return undefined;
    const length = payload.readUInt32LE(2);
    // The head's own data length must fit what the frame's says.
    if (payload.readUInt32LE(TCP_HEAD + 20) !== length - AMS_HEAD) return undefined;
    const command = payload.readUInt16LE(TCP_HEAD + 16);
    const state = payload.readUInt16LE(TCP_HEAD + 18);
    if (command > 9 || (state & 0x0004) === 0) return undefined;
    const heard = ((flow.state as number | undefined) ?? 0) + 1;
    flow.state = heard;
    const message: AmsMessage = { answers: (state & STATE_ANSWER) !== 0, said: [], login: false, heard };
    if (message.answers && command === READ_DEVICE_INFO) readDeviceInfo(payload, TCP_HEAD + AMS_HEAD, message);
    return message;
  },
  evidence({ answers, said, login }) {
    const found: Evidence[] = said.map(([attribute, value]) => ({ about: "sender", attribute, value }));
    if (answers) found.push({ about: "sender", attribute: "ams.role", value: "server" });
    if (login) {
      found.push({ about: "receiver", attribute: "wardtap.login", value: "ads" });
      found.push({ about: "sender", attribute: "wardtap.login.sent", value: "ads" });
    }
    return found;
  },
  server: ({ answers }) => (answers ? "sender" : "receiver"),
  done: ({ heard }) => heard >= ENOUGH,
});

/** Mark, invoke id, service, net id and port, tag count; then tags of id, length, data. All little endian. */
function readDatagram(payload: Buffer): AmsMessage | Malformed | undefined {
  if (payload.length < UDP_HEAD || payload.readUInt32LE(0) !== UDP_MARK) return undefined;
  const service = payload.readUInt32LE(8);
  const answers = service >= ANSWER;
  const message: AmsMessage = { answers, said: [], login: false, heard: 0 };
  const kind = answers ? service - ANSWER : service;
  let at = UDP_HEAD;
  for (let left = Math.min(payload.readUInt32LE(20), MAX_TAGS); left > 0; left--) {
    if (at + 4 > payload.length) return malformed("tag cut short", message);
    const tag = payload.readUInt16LE(at);
    const from = at + 4;
    at = from + payload.readUInt16LE(at + 2);
    if (at > payload.length) return malformed("a tag runs past the datagram", message);
    if (kind === SERVICE.addRoute && !answers && tag === TAG.password) message.login = true;
    if (kind === SERVICE.search && answers) readTag(tag, payload.subarray(from, at), message.said);
  }
  return message;
}

function readTag(tag: number, value: Buffer, said: [string, string][]): void {
  if (tag === TAG.hostName) {
    const name = keepName(value);
    if (name !== undefined) said.push(["ams.host_name", name]);
  }
  if (tag === TAG.version && value.length >= 4)
    said.push(["ams.twincat.version", `${value[0]}.${value[1]}.${value.readUInt16LE(2)}`]);
  // Size, major, minor, build, platform (3 is Windows CE).
  if (tag === TAG.system && value.length >= 20)
    said.push([
      "ams.system",
      `${value.readUInt32LE(16)} ${value.readUInt32LE(4)}.${value.readUInt32LE(8)}.${value.readUInt32LE(12)}`,
    ]);
}

/** Result, major, minor, build, name of the ADS server (16). */
function readDeviceInfo(payload: Buffer, at: number, message: AmsMessage): void {
  if (payload.length < at + 24 || payload.readUInt32LE(at) !== 0) return;
  const text = payload.subarray(at + 8, at + 24);
  const end = text.indexOf(0);
  const name = keepText(text.subarray(0, end < 0 ? text.length : end));
  if (name !== undefined) message.said.push(["ams.device_name", name]);
  message.said.push(["ams.device_version", `${payload[at + 4]}.${payload[at + 5]}.${payload.readUInt16LE(at + 6)}`]);
}
