/** Siemens S7 communication: module identification of controllers. ISO 8073 and RFC 1006 (COTP over TCP); system status lists as in the SIMATIC S7-300/400 reference manual A5E00267695, chapter 34. */
import { defineDissector, type Evidence, type Malformed, malformed } from "./dissector.ts";
import { keepName, keepText } from "./self-given.ts";

const TPKT_HEAD = 4;
const DATA_HEAD = 7;
const S7 = 0x32;
const S7_PLUS = 0x72;
const ROSCTR = { job: 1, ack: 2, ackData: 3, userData: 7 } as const;
const MAX_MESSAGE = 8192;
/** Data after the ten-byte head and the twelve parameter bytes of a user data answer. */
const PARAMETERS_AT = DATA_HEAD + 10;
const ANSWERS_CPU = 0x84;
const READ_SZL = 0x01;
const LIST = { module: 0x11, component: 0x1c } as const;
const HEAD_ONLY = 0x0f00;
const MODULE_ENTRY = 28;
const COMPONENT_ENTRY = 34;
/** Entries looked at in one list. */
const MAX_ENTRIES = 32;

/** Which list answer of this flow goes on in further messages (data unit reference, 0 none). */
interface S7State {
  goesOn: number;
}

interface S7Message {
  rosctr: number;
  plus: boolean;
  said: [attribute: string, value: string][];
}

export default defineDissector<S7Message>({
  protocol: "s7comm",
  over: ["tcp"],
  recognise: [
    { at: 0, bytes: "03 00 ?? ?? 02 f0 80 32" },
    { at: 0, bytes: "03 00 ?? ?? 02 f0 80 72" },
  ],
  messageLength(payload) {
    if (payload[0] !== 3 || (payload.length > 1 && payload[1] !== 0)) return -1;
    if (payload.length < TPKT_HEAD) return 0;
    const length = payload.readUInt16BE(2);
    return length < DATA_HEAD || length > MAX_MESSAGE ? -1 : length;
  },
  dissect(payload, flow): S7Message | Malformed | undefined {
    if (payload.length < DATA_HEAD || payload[0] !== 3 || payload[1] !== 0) return undefined;
    const message: S7Message = { rosctr: 0, plus: false, said: [] };
    // Connection requests and the like, once the flow is known.
    if (payload[4] !== 2 || payload[5] !== 0xf0) return flow.state === undefined ? undefined : message;
    const kind = payload[DATA_HEAD];
    if (
      kind === S7_PLUS &&
      payload.length > DATA_HEAD + 3 &&
      payload[DATA_HEAD + 1]! >= 1 &&
      payload[DATA_HEAD + 1]! <= 3
    ) {
      message.plus = true;
    } else if (kind === S7) {
      if (payload.length < PARAMETERS_AT) return malformed("head cut short");
      message.rosctr = payload[DATA_HEAD + 1]!;
      if (message.rosctr === 0 || (message.rosctr > 3 && message.rosctr !== ROSCTR.userData)) return undefined;
    } else return flow.state === undefined ? undefined : message;
    const state = (flow.state as S7State | undefined) ?? { goesOn: 0 };
    flow.state = state;
    if (message.rosctr !== ROSCTR.userData) return message;
    return readUserData(payload, message, state) || flow.cut
      ? message
      : malformed("list runs past its message", message);
  },
  evidence({ rosctr, plus, said }, flow) {
    const found: Evidence[] = [];
    const isController = rosctr === ROSCTR.ackData || said.length > 0 || (plus && flow.server === "sender");
    if (isController) found.push({ about: "sender", attribute: "s7comm.role", value: "server" });
    for (const [attribute, value] of said) found.push({ about: "sender", attribute, value });
    return found;
  },
  server: ({ rosctr, said }) =>
    rosctr === ROSCTR.job ? "receiver" : rosctr === ROSCTR.ackData || said.length > 0 ? "sender" : undefined,
  // Reads and writes repeat for ever and teach nothing.
  sameAs: (payload) =>
    payload.length > DATA_HEAD + 1 && payload[DATA_HEAD] === S7 && payload[DATA_HEAD + 1] !== ROSCTR.userData
      ? 1 + payload[DATA_HEAD + 1]!
      : payload[DATA_HEAD] === S7_PLUS
        ? 9
        : 0,
});

/** True when all of the list could be followed, or it is no list. */
function readUserData(payload: Buffer, message: S7Message, state: S7State): boolean {
  const parameters = payload.readUInt16BE(DATA_HEAD + 6);
  const data = PARAMETERS_AT + parameters;
  const end = data + payload.readUInt16BE(DATA_HEAD + 8);
  if (parameters < 12 || payload.length < data) return true;
  if (payload[PARAMETERS_AT + 5] !== ANSWERS_CPU || payload[PARAMETERS_AT + 6] !== READ_SZL) return true;
  const unit = payload[PARAMETERS_AT + 8]!;
  const isLast = payload[PARAMETERS_AT + 9] === 0;
  // What continues a list begins in the middle of an entry: of a long list only the first part is read.
  const continues = unit !== 0 && unit === state.goesOn;
  state.goesOn = isLast ? 0 : unit;
  if (continues || payload[data] !== 0xff) return true;
  if (end > payload.length || end < data + 12) return false;
  // Return code, transport size, length; then list id, index, entry length, entry count.
  const list = payload.readUInt16BE(data + 4);
  const size = payload.readUInt16BE(data + 8);
  // Lists of this kind are asked for their head alone.
  if ((list & HEAD_ONLY) === HEAD_ONLY) return true;
  let count = Math.min(payload.readUInt16BE(data + 10), MAX_ENTRIES);
  for (let at = data + 12; count > 0; count--, at += size) {
    if (size < 2 || at + size > end) return !isLast;
    if ((list & 0xff) === LIST.module && size >= MODULE_ENTRY) readModule(payload, at, message.said);
    if ((list & 0xff) === LIST.component && size >= COMPONENT_ENTRY) readComponent(payload, at, message.said);
  }
  return true;
}

/** Index 1 is the module, 7 its firmware ("V" and three numbers). */
function readModule(payload: Buffer, at: number, said: [string, string][]): void {
  const index = payload.readUInt16BE(at);
  if (index === 1) add(said, "s7comm.szl.xy11.0001.anz", keepText(payload.subarray(at + 2, at + 22)));
  if (index === 7 && payload[at + 24] === 0x56)
    add(said, "s7comm.szl.xy11.0007.version", `${payload[at + 25]}.${payload[at + 26]}.${payload[at + 27]}`);
}

/** 2 name of the module, 5 its serial number, 7 its type; names of plants (1, 3, 11) are not read. */
function readComponent(payload: Buffer, at: number, said: [string, string][]): void {
  const text = payload.subarray(at + 2, at + COMPONENT_ENTRY);
  const index = payload.readUInt16BE(at);
  if (index === 2) add(said, "s7comm.szl.001c.0002.name", keepName(text));
  if (index === 5) add(said, "s7comm.szl.001c.0005.serialn", keepName(text));
  if (index === 7) add(said, "s7comm.szl.001c.0007.cputypname", keepText(text));
}

function add(said: [string, string][], attribute: string, value: string | undefined): void {
  if (value !== undefined) said.push([attribute, value]);
}
