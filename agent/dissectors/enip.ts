/** EtherNet/IP: identity of controllers and modules. CIP Volume 2 (EtherNet/IP Adaptation), 2-3 and 2-4.2; CIP Volume 1, 5-2 (identity object). */
import { defineDissector, type Evidence, type Flow, type Malformed, malformed } from "./dissector.ts";
import { keepText } from "./self-given.ts";

const HEAD = 24;
const COMMAND = {
  listServices: 0x04,
  listIdentity: 0x63,
  listInterfaces: 0x64,
  register: 0x65,
  unregister: 0x66,
  sendRequest: 0x6f,
  sendUnit: 0x70,
} as const;
const COMMANDS = new Set<number>(Object.values(COMMAND));
const MAX_LENGTH = 4096;
/** Versions of the encapsulation in use. */
const VERSION = 1;
const IDENTITY_ITEM = 0x0c;
const UNCONNECTED_ITEM = 0xb2;
const CONNECTED_ITEM = 0xb1;
/** Set in the service of an answer (CIP Volume 1, 2-4.1). */
const REPLY = 0x80;
/** Get attributes all of identity object, instance 1. */
const ASK_IDENTITY = Buffer.from("010220012401", "hex");
const GAVE_IDENTITY = Buffer.from("81000000", "hex");
/** Answers heard before a flow has no more to teach. */
const ENOUGH = 64;

interface EnipMessage {
  answers: boolean;
  asks: boolean;
  said: [attribute: string, value: string][];
  heard: number;
}

interface EnipState {
  askedIdentity: boolean;
  heard: number;
}

export default defineDissector<EnipMessage>({
  protocol: "enip",
  over: ["tcp", "udp"],
  recognise: [
    { at: 0, bytes: "63 00 ?? ?? 00 00 00 00 00 00 00 00 ?? ?? ?? ?? ?? ?? ?? ?? 00 00 00 00" },
    { at: 0, bytes: "65 00 04 00 ?? ?? ?? ?? ?? ?? ?? ?? ?? ?? ?? ?? ?? ?? ?? ?? 00 00 00 00 01 00 00 00" },
  ],
  hints: { tcp: [44818], udp: [44818] },
  messageLength(payload) {
    if (payload.length < 4) return 0;
    const length = payload.readUInt16LE(2);
    return COMMANDS.has(payload.readUInt16LE(0)) && length <= MAX_LENGTH ? HEAD + length : -1;
  },
  dissect(payload, flow): EnipMessage | Malformed | undefined {
    if (payload.length < HEAD) return undefined;
    const command = payload.readUInt16LE(0);
    const length = payload.readUInt16LE(2);
    // Options are reserved and 0.
    if (!COMMANDS.has(command) || payload.readUInt32LE(20) !== 0 || length > MAX_LENGTH) return undefined;
    if (payload.length < HEAD + length) return flow.cut ? undefined : malformed("shorter than its length");
    const state = (flow.state as EnipState | undefined) ?? { askedIdentity: false, heard: 0 };
    flow.state = state;
    const message: EnipMessage = { answers: false, asks: false, said: [], heard: ++state.heard };
    const sound = readCommand(payload.subarray(0, HEAD + length), command, flow, state, message);
    return sound ? message : malformed("an item runs past its place", message);
  },
  evidence({ answers, said }) {
    if (!answers) return [];
    const about = "sender";
    return [
      { about, attribute: "enip.role", value: "server" },
      ...said.map(([attribute, value]): Evidence => ({ about, attribute, value })),
    ];
  },
  server: ({ answers, asks }) => (answers ? "sender" : asks ? "receiver" : undefined),
  done: ({ heard }) => heard >= ENOUGH,
});

function readCommand(payload: Buffer, command: number, flow: Flow, state: EnipState, message: EnipMessage): boolean {
  const session = payload.readUInt32LE(4);
  const length = payload.length - HEAD;
  switch (command) {
    case COMMAND.register:
      // Version and options; the answer carries the session it opened.
      if (length !== 4 || payload.readUInt16LE(HEAD) !== VERSION) return true;
      message.asks = session === 0;
      message.answers = session !== 0 && payload.readUInt32LE(8) === 0;
      return true;
    case COMMAND.listIdentity:
      message.asks = length === 0;
      return length === 0 || readIdentityItems(payload, message);
    case COMMAND.sendRequest:
    case COMMAND.sendUnit:
      return readRequest(payload, flow, state, message);
    default:
      return true;
  }
}

/** Item count; then type, length, version, socket address (16), identity, state. */
function readIdentityItems(payload: Buffer, message: EnipMessage): boolean {
  if (payload.length < HEAD + 6) return false;
  const to = HEAD + 6 + payload.readUInt16LE(HEAD + 4);
  if (payload.readUInt16LE(HEAD) < 1 || payload.readUInt16LE(HEAD + 2) !== IDENTITY_ITEM || to > payload.length)
    return false;
  const from = HEAD + 6 + 18;
  if (to < from + 15) return false;
  message.answers = true;
  return readIdentity(payload, from, to, message.said);
}

/** Vendor, type, product code, revision, status, serial number, name. All little endian. */
function readIdentity(payload: Buffer, from: number, to: number, said: [string, string][]): boolean {
  if (to < from + 15) return false;
  said.push(["enip.lir.vendor", String(payload.readUInt16LE(from))]);
  said.push(["enip.lir.devtype", String(payload.readUInt16LE(from + 2))]);
  said.push(["enip.lir.prodcode", String(payload.readUInt16LE(from + 4))]);
  said.push(["enip.lir.revision", `${payload[from + 6]}.${String(payload[from + 7]).padStart(3, "0")}`]);
  const serial = payload.readUInt32LE(from + 10);
  if (serial !== 0) said.push(["enip.lir.serial", serial.toString(16).toUpperCase().padStart(8, "0")]);
  const end = from + 15 + payload[from + 14]!;
  if (end > to) return false;
  const name = keepText(payload.subarray(from + 15, end));
  if (name !== undefined) said.push(["enip.lir.name", name]);
  return true;
}

/**
 * Interface handle, timeout, items; only a plain identity request to the station itself is followed:
 * one that is routed on would tell of another module in the rack.
 */
function readRequest(payload: Buffer, flow: Flow, state: EnipState, message: EnipMessage): boolean {
  let at = HEAD + 8;
  if (at > payload.length) return false;
  for (let left = payload.readUInt16LE(HEAD + 6); left > 0; left--) {
    if (at + 4 > payload.length) return false;
    const type = payload.readUInt16LE(at);
    const from = at + 4;
    at = from + payload.readUInt16LE(at + 2);
    if (at > payload.length) return false;
    if (type === CONNECTED_ITEM && at - from > 2) tellSide(payload[from + 2]!, message);
    if (type !== UNCONNECTED_ITEM || at === from) continue;
    tellSide(payload[from]!, message);
    const item = payload.subarray(from, at);
    if (item.equals(ASK_IDENTITY)) state.askedIdentity = true;
    else if (
      state.askedIdentity &&
      message.answers &&
      flow.server !== "receiver" &&
      item.subarray(0, 4).equals(GAVE_IDENTITY)
    ) {
      state.askedIdentity = false;
      return readIdentity(payload, from + 4, at, message.said);
    }
  }
  return true;
}

function tellSide(service: number, message: EnipMessage): void {
  if ((service & REPLY) !== 0) message.answers = true;
  else message.asks = true;
}
