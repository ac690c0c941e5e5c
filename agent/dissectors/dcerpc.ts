/** DCE/RPC connections: which known Windows interfaces are bound, and the NTLM names in the handshake. C706 12.6, [MS-RPCE] 2.2.2. */
import { defineDissector, type Evidence, type Malformed, malformed } from "./dissector.ts";
import { ntlmsspEvidence, readNtlmssp } from "./ntlmssp.ts";

const HEADER = 16;
const REQUEST = 0;
const RESPONSE = 2;
const FAULT = 3;
const BIND = 11;
const BIND_ACK = 12;
const BIND_NAK = 13;
const ALTER = 14;
const ALTER_RESPONSE = 15;
const AUTH3 = 16;
const TYPES = [REQUEST, RESPONSE, FAULT, BIND, BIND_ACK, BIND_NAK, ALTER, ALTER_RESPONSE, AUTH3];
const ANSWERS = [RESPONSE, FAULT, BIND_ACK, BIND_NAK, ALTER_RESPONSE];
/** Presentation contexts of one bind that are read. */
const MAX_CONTEXTS = 16;
/** Messages read of one connection. */
const MAX_MESSAGES = 16;

/** Interfaces that later judgements ask for; others are only counted as RPC. Each from its own [MS-...] document, 1.9. */
const INTERFACES = new Map([
  ["e1af8308-5d1f-11c9-91a4-08002b14a0fa", "epmapper"],
  ["367abb81-9844-35f1-ad32-98f038001003", "svcctl"],
  ["86d35949-83c9-4044-b424-db363231fd0c", "taskscheduler"],
  ["1ff70682-0a51-30e8-076d-740be8cee98b", "atsvc"],
  ["338cd001-2244-31f1-aaaa-900038001003", "winreg"],
  ["12345778-1234-abcd-ef00-0123456789ac", "samr"],
  ["12345778-1234-abcd-ef00-0123456789ab", "lsarpc"],
  ["12345678-1234-abcd-ef00-01234567cffb", "netlogon"],
  ["12345678-1234-abcd-ef00-0123456789ab", "spoolss"],
  ["4b324fc8-1670-01d3-1278-5a47bf6ee188", "srvsvc"],
  ["6bffd098-a112-3610-9833-46c3f87e345a", "wkssvc"],
  ["e3514235-4b06-11d1-ab04-00c04fc2dcd2", "drsuapi"],
  ["000001a0-0000-0000-c000-000000000046", "remote-activation"],
  ["4d9f4ab8-7d1c-11cf-861e-0020af6e7c57", "activation"],
  ["99fcfec4-5260-101b-bbcb-00aa0021347a", "oxid-resolver"],
  ["9556dc99-828c-11cf-a37e-00aa003240c7", "wmi"],
  ["f309ad18-d86a-11d0-a075-00c04fb68820", "wmi"],
  ["c681d488-d850-11d0-8c52-00c04fd90f7e", "efs"],
  ["a4f1db00-ca47-1067-b31f-00dd010662da", "emsmdb"],
  ["f5cc5a18-4264-101a-8c59-08002b2f8426", "nspi"],
  ["82273fdc-e32a-18c3-3f78-827929dc23ea", "eventlog"],
]);

interface RpcMessage {
  type: number;
  interfaces: string[];
  found: Evidence[];
  messages: number;
}

/** Small memory: interfaces asked for and not yet answered, messages read. */
interface RpcState {
  asked: string[];
  messages: number;
}

export default defineDissector<RpcMessage>({
  protocol: "dcerpc",
  over: ["tcp"],
  recognise: ["00", "02", "0b", "0c", "0e", "0f"].map((type) => ({ at: 0, bytes: `05 00 ${type} ?? 10 00 00 00` })),
  hints: { tcp: [135] },
  messageLength(payload) {
    if (payload[0] !== 5 || (payload.length > 2 && !TYPES.includes(payload[2]!))) return -1;
    if (payload.length < HEADER) return 0;
    const length = lengthOf(payload);
    return length < HEADER ? -1 : length;
  },
  dissect(payload, flow): RpcMessage | Malformed | undefined {
    // Version 5, minor 0 or 1 (12.6.3.1).
    if (payload[0] !== 5 || (payload[1] ?? 2) > 1 || !TYPES.includes(payload[2]!)) return undefined;
    if (payload.length < HEADER) return malformed("header cut short");
    const drep = payload[4]!;
    if ((drep !== 0x10 && drep !== 0) || payload[5]! > 3 || lengthOf(payload) < HEADER) return undefined;
    const state = (flow.state as RpcState | undefined) ?? { asked: [], messages: 0 };
    flow.state = state;
    const type = payload[2]!;
    const message: RpcMessage = { type, interfaces: [], found: [], messages: ++state.messages };
    if (type === BIND || type === ALTER) {
      message.interfaces = interfacesOf(payload);
      state.asked = message.interfaces;
    } else if (type === BIND_ACK || type === ALTER_RESPONSE) {
      message.interfaces = state.asked;
      state.asked = [];
    }
    if (type === BIND || type === BIND_ACK || type === AUTH3 || type === ALTER || type === ALTER_RESPONSE) {
      const ntlm = readNtlmssp(verifierOf(payload));
      if (ntlm !== undefined) message.found = ntlmsspEvidence(ntlm);
    }
    return message;
  },
  evidence({ type, interfaces, found }) {
    const attribute = ANSWERS.includes(type) ? "dcerpc.interface.served" : "dcerpc.interface";
    return [...interfaces.map((value) => ({ about: "sender" as const, attribute, value })), ...found];
  },
  server: ({ type }) => (ANSWERS.includes(type) ? "sender" : "receiver"),
  done: ({ messages }) => messages >= MAX_MESSAGES,
});

const isLittle = (payload: Buffer) => (payload[4]! & 0x10) !== 0;
const u16 = (payload: Buffer, at: number) => (isLittle(payload) ? payload.readUInt16LE(at) : payload.readUInt16BE(at));
const lengthOf = (payload: Buffer) => u16(payload, 8);

/** The authentication's token stands at the end (12.6.3.1). */
function verifierOf(payload: Buffer): Buffer {
  const end = Math.min(lengthOf(payload), payload.length);
  return payload.subarray(Math.max(HEADER, end - u16(payload, 10)), end);
}

/** p_context_elem_t (12.6.3.1): id, count of transfer syntaxes, interface with version, then the syntaxes. */
function interfacesOf(payload: Buffer): string[] {
  const found: string[] = [];
  const count = Math.min(payload[24] ?? 0, MAX_CONTEXTS);
  for (let at = 28, i = 0; i < count && at + 24 <= payload.length; i++) {
    const name = INTERFACES.get(uuidAt(payload, at + 4));
    if (name !== undefined && !found.includes(name)) found.push(name);
    at += 24 + payload[at + 2]! * 20;
  }
  return found;
}

function uuidAt(payload: Buffer, at: number): string {
  const little = isLittle(payload);
  const number = (from: number, length: 2 | 4) =>
    (little ? payload.readUIntLE(at + from, length) : payload.readUIntBE(at + from, length))
      .toString(16)
      .padStart(length * 2, "0");
  const tail = payload.toString("hex", at + 8, at + 16);
  return `${number(0, 4)}-${number(4, 2)}-${number(6, 2)}-${tail.slice(0, 4)}-${tail.slice(4)}`;
}
