/** CAPWAP control before it is encrypted: which access points look for a controller, and which controllers answer. RFC 5415 4.3 to 4.6, 5. */
import { defineDissector, type Evidence, type Malformed, malformed } from "./dissector.ts";
import { keepName, keepText } from "./self-given.ts";

const CONTROL_PORT = 5246;
const DTLS_PREAMBLE = 0x01;
const HEADER = 8;
const CONTROL_HEADER = 8;
const DISCOVERY_REQUEST = 1;
const DISCOVERY_RESPONSE = 2;
const JOIN_REQUEST = 3;
const JOIN_RESPONSE = 4;
const PRIMARY_REQUEST = 19;
const PRIMARY_RESPONSE = 20;
const FROM_ACCESS_POINT: ReadonlySet<number> = new Set([DISCOVERY_REQUEST, JOIN_REQUEST, PRIMARY_REQUEST]);
const FROM_CONTROLLER: ReadonlySet<number> = new Set([DISCOVERY_RESPONSE, JOIN_RESPONSE, PRIMARY_RESPONSE]);
const ELEMENT = { controllerDescriptor: 1, controllerName: 4, board: 38, descriptor: 39, name: 45 } as const;
const BOARD = { model: 0, serial: 1 } as const;
const ACTIVE_SOFTWARE = 1;
const CONTROLLER_SOFTWARE = 5;
const MAX_ELEMENTS = 64;
const NAME = "capwap.control.message_element";

interface ControlMessage {
  from: "access-point" | "controller" | "unknown";
  /** Discovery goes on before the encrypted part; after the preamble of that part nothing more can be read. */
  isEncrypted: boolean;
  said: [attribute: string, value: string][];
}

export default defineDissector<ControlMessage>({
  protocol: "capwap",
  over: ["udp"],
  hints: { udp: [CONTROL_PORT] },
  dissect(payload, flow): ControlMessage | Malformed | undefined {
    const toController = flow.destinationPort === CONTROL_PORT;
    if (payload[0] === DTLS_PREAMBLE) {
      // 4.1: preamble, then a DTLS record (types 20 to 26, version 254.x).
      if (payload.length < 6 || payload[4]! < 20 || payload[4]! > 26 || payload[5] !== 0xfe) return undefined;
      return { from: toController ? "access-point" : "controller", isEncrypted: true, said: [] };
    }
    if (payload[0] !== 0 || payload.length < HEADER) return undefined;
    const at = (payload[1]! >> 3) * 4;
    if (at < HEADER || at + CONTROL_HEADER > payload.length) return undefined;
    const type = payload.readUInt32BE(at);
    const isRequest = FROM_ACCESS_POINT.has(type);
    if (!isRequest && !FROM_CONTROLLER.has(type)) return undefined;
    const message: ControlMessage = { from: isRequest ? "access-point" : "controller", isEncrypted: false, said: [] };
    // 4.5.1.3: the length counts everything after the sequence number, itself and the flags byte too.
    const end = Math.min(payload.length, at + 5 + payload.readUInt16BE(at + 5));
    return readElements(payload, at + CONTROL_HEADER, end, message) || flow.cut
      ? message
      : malformed("message element longer than the message", message);
  },
  evidence({ from, isEncrypted, said }) {
    const found: Evidence[] = said.map(([attribute, value]) => ({ about: "sender", attribute, value }));
    if (from !== "unknown") found.push({ about: "sender", attribute: "wardtap.capwap", value: from });
    if (isEncrypted) found.push({ about: "receiver", attribute: "wardtap.capwap", value: other(from) });
    return found;
  },
  server: ({ from }) => (from === "controller" ? "sender" : "receiver"),
  done: ({ isEncrypted }) => isEncrypted,
});

const other = (from: ControlMessage["from"]) => (from === "controller" ? "access-point" : "controller");

function readElements(payload: Buffer, from: number, end: number, { said }: ControlMessage): boolean {
  let at = from;
  for (let index = 0; index < MAX_ELEMENTS && at + 4 <= end; index++) {
    const next = at + 4 + payload.readUInt16BE(at + 2);
    if (next > end) return false;
    describe(payload.readUInt16BE(at), payload.subarray(at + 4, next), said);
    at = next;
  }
  return at === end;
}

function describe(type: number, value: Buffer, said: ControlMessage["said"]): void {
  const add = (attribute: string, text: string | undefined) => {
    if (text !== undefined) said.push([`${NAME}.${attribute}`, text]);
  };
  if (type === ELEMENT.controllerName) add("ac_name", keepName(value));
  else if (type === ELEMENT.name) add("wtp_name", keepName(value));
  else if (type === ELEMENT.board && value.length >= 4) {
    // 4.6.40: vendor, then type, length and value of each part.
    add("wtp_board_data.vendor", String(value.readUInt32BE(0)));
    for (let at = 4; at + 4 <= value.length; ) {
      const next = at + 4 + value.readUInt16BE(at + 2);
      if (next > value.length) return;
      const part = value.readUInt16BE(at);
      if (part === BOARD.model) add("wtp_board_data.wtp_model_number", keepText(value.subarray(at + 4, next)));
      if (part === BOARD.serial) add("wtp_board_data.wtp_serial_number", keepName(value.subarray(at + 4, next)));
      at = next;
    }
  } else if (type === ELEMENT.descriptor && value.length > 3) {
    // 4.6.41: radios, radios in use, number of encryption entries of three bytes each.
    add("wtp_descriptor.software", softwareOf(value, 3 + value[2]! * 3, ACTIVE_SOFTWARE));
  } else if (type === ELEMENT.controllerDescriptor) {
    // 4.6.1: twelve bytes of counts and policies.
    add("ac_descriptor.software", softwareOf(value, 12, CONTROLLER_SOFTWARE));
  }
}

/** Vendor, type, length, then text or four bytes of a version. */
function softwareOf(value: Buffer, from: number, wanted: number): string | undefined {
  for (let at = from; at + 8 <= value.length; ) {
    const next = at + 8 + value.readUInt16BE(at + 6);
    if (next > value.length) return undefined;
    const text = value.subarray(at + 8, next);
    if (value.readUInt16BE(at + 4) === wanted)
      return text.length === 4 && text[0]! < 0x20 ? [...text].join(".") : keepText(text);
    at = next;
  }
  return undefined;
}
