/** Modbus/TCP: controllers that answer, and their device identification. MODBUS Application Protocol V1.1b3 6.21; Messaging on TCP/IP V1.0b. */
import { defineDissector, type Evidence, type Flow, type Malformed, malformed } from "./dissector.ts";
import { keepText } from "./self-given.ts";

const HEAD = 7;
const MAX_LENGTH = 254;
const PORT = 502;
const READ_IDENTIFICATION = 0x2b;
const MEI_DEVICE = 0x0e;
const EXCEPTION = 0x80;
/** Public functions and their fixed request data lengths; -1 where the data carries its own count. 5. */
const FUNCTIONS = new Map([
  [1, 4],
  [2, 4],
  [3, 4],
  [4, 4],
  [5, 4],
  [6, 4],
  [7, 0],
  [8, 4],
  [11, 0],
  [12, 0],
  [15, -1],
  [16, -1],
  [17, 0],
  [20, -1],
  [21, -1],
  [22, 6],
  [23, -1],
  [24, 2],
  [READ_IDENTIFICATION, -1],
]);
/** Object → attribute; user application name (6) and private objects are not read. */
const OBJECTS: Record<number, string> = {
  0: "modbus.vendor_name",
  1: "modbus.product_code",
  2: "modbus.revision",
  4: "modbus.product_name",
  5: "modbus.model_name",
};

interface ModbusMessage {
  answers: boolean;
  said: [attribute: string, value: string][];
}

export default defineDissector<ModbusMessage>({
  protocol: "modbus",
  over: ["tcp"],
  // Off its port only a question for the device's identification is proof enough.
  recognise: [{ at: 2, bytes: "00 00 00 05 ?? 2b 0e" }],
  hints: { tcp: [PORT] },
  messageLength(payload) {
    if (payload.length >= 4 && payload.readUInt16BE(2) !== 0) return -1;
    if (payload.length < 6) return 0;
    const length = payload.readUInt16BE(4);
    return length < 2 || length > MAX_LENGTH ? -1 : 6 + length;
  },
  dissect(payload, flow): ModbusMessage | Malformed | undefined {
    if (payload.length < HEAD + 1) return undefined;
    const length = payload.readUInt16BE(4);
    if (payload.readUInt16BE(2) !== 0 || length < 2 || length > MAX_LENGTH || payload.length !== 6 + length)
      return undefined;
    const name = payload[HEAD]!;
    const data = FUNCTIONS.get(name & ~EXCEPTION);
    if (data === undefined) return undefined;
    const answers = isAnswer(flow, payload, name, data, length - 2);
    if (answers === undefined) return undefined;
    const message: ModbusMessage = { answers, said: [] };
    if (
      answers &&
      name === READ_IDENTIFICATION &&
      payload[HEAD + 1] === MEI_DEVICE &&
      !readObjects(payload, message.said)
    )
      return malformed("identification cut short", message);
    return message;
  },
  evidence({ answers, said }) {
    if (!answers) return [];
    const about = "sender";
    return [
      { about, attribute: "modbus.role", value: "server" },
      ...said.map(([attribute, value]): Evidence => ({ about, attribute, value })),
    ];
  },
  server: ({ answers }) => (answers ? "sender" : "receiver"),
  // Register reads repeat for ever and teach nothing; identification is read each time.
  sameAs: (payload) => (payload.length > HEAD && payload[HEAD] !== READ_IDENTIFICATION ? 1 + payload[HEAD]! : 0),
});

/** undefined: neither a question nor an answer has this shape. */
function isAnswer(flow: Flow, payload: Buffer, name: number, data: number, length: number): boolean | undefined {
  if ((name & EXCEPTION) !== 0) return length === 1 && payload[HEAD + 1]! <= 0x0b ? true : undefined;
  const asked = flow.server === "receiver" || (flow.server === "unknown" && flow.destinationPort === PORT);
  if (asked && data >= 0) return length === data ? false : undefined;
  if (!asked && name <= 4) return payload[HEAD + 1] === length - 1 ? true : undefined;
  return !asked;
}

/** Read code, conformity, more follows, next object, count; then id, length, value. */
function readObjects(payload: Buffer, said: [string, string][]): boolean {
  if (payload.length < HEAD + 7) return false;
  let at = HEAD + 7;
  for (let left = payload[HEAD + 6]!; left > 0; left--) {
    if (at + 2 > payload.length) return false;
    const end = at + 2 + payload[at + 1]!;
    if (end > payload.length) return false;
    const attribute = OBJECTS[payload[at]!];
    const value = attribute === undefined ? undefined : keepText(payload.subarray(at + 2, end));
    if (attribute !== undefined && value !== undefined) said.push([attribute, value]);
    at = end;
  }
  return true;
}
