/** Philips IntelliVue: monitors that announce themselves (connect indication) and open a data export. Philips Data Export Interface Programming Guide 4535 642 59271, connect indication and MDS create event. */
import { macAt } from "./addresses.ts";
import { defineDissector, type Evidence, type Malformed, malformed } from "./dissector.ts";
import { keepName, keepText } from "./self-given.ts";

const NOMENCLATURE = 0x00000100;
const SESSION = 0xe1000002;
const INVOKE = 1;
const EVENT = { connectIndication: 0x0d17, create: 0x0d06 } as const;
const COMMAND = { eventReport: 0, confirmedEventReport: 1 } as const;
const ATTRIBUTE = {
  bedLabel: 0x091e,
  model: 0x0928,
  production: 0x092d,
  systemId: 0x0984,
  systemType: 0x0986,
  address: 0xf100,
  label: 0xf135,
} as const;
/** Parts of a production specification that are read. */
const PRODUCTION: Record<number, readonly [attribute: string, keep: typeof keepText]> = {
  1: ["intellivue.serial_number", keepName],
  2: ["intellivue.part_number", keepText],
  3: ["intellivue.hardware_revision", keepText],
  4: ["intellivue.software_revision", keepText],
};
/** Attributes and specifications looked at in one list. */
const MAX_ITEMS = 64;
/** First bytes of data export's session messages: association request, response, refusal, release, abort. */
const SESSION_KINDS = new Set([0x0d, 0x0e, 0x0c, 0x09, 0x0a, 0x19]);
const EXPORT_PORT = 24105;

interface IntellivueMessage {
  /** The sender is a monitor, and which message says so. */
  monitor: "connect indication" | "data export" | undefined;
  said: [attribute: string, value: string][];
}

export default defineDissector<IntellivueMessage>({
  protocol: "intellivue",
  over: ["udp"],
  recognise: [
    { at: 0, bytes: "00 00 01 00 00 01 ?? ?? ?? ?? 00 00" },
    { at: 0, bytes: "e1 00 00 02 00 01" },
  ],
  hints: { udp: [24005, EXPORT_PORT] },
  dissect(payload, flow): IntellivueMessage | Malformed | undefined {
    if (payload.length < 8) return undefined;
    const first = payload.readUInt32BE(0);
    if (first === NOMENCLATURE) return readInvoke(payload, 4, "connect indication", flow.cut);
    if (first === SESSION) {
      if (payload.readUInt16BE(4) === INVOKE) return readInvoke(payload, 4, "data export", flow.cut);
      return payload.readUInt16BE(4) <= 5 ? nothing() : undefined;
    }
    // Session messages have a kind and their length; only on the protocol's port are they believed.
    const isSession = SESSION_KINDS.has(payload[0]!) && payload[1] === payload.length - 2;
    return isSession && (flow.sourcePort === EXPORT_PORT || flow.destinationPort === EXPORT_PORT)
      ? nothing()
      : undefined;
  },
  evidence({ monitor, said }) {
    if (monitor === undefined) return [];
    return [
      { about: "sender", attribute: "intellivue.role", value: monitor },
      ...said.map(([attribute, value]): Evidence => ({ about: "sender", attribute, value })),
    ];
  },
  server: ({ monitor }) => (monitor === "data export" ? "sender" : undefined),
});

const nothing = (): IntellivueMessage => ({ monitor: undefined, said: [] });

/**
 * Remote operation head (type, length), invoke id, command, length; then managed object (6), time (4),
 * event, length. A create event names its object once more before the attributes.
 */
function readInvoke(
  payload: Buffer,
  at: number,
  kind: "connect indication" | "data export",
  cut: boolean,
): IntellivueMessage | Malformed | undefined {
  if (payload.length < at + 24) return undefined;
  if (payload.readUInt16BE(at) !== INVOKE) return undefined;
  const length = payload.readUInt16BE(at + 2);
  const command = payload.readUInt16BE(at + 6);
  const event = payload.readUInt16BE(at + 20);
  if (at + 4 + length > payload.length && !cut) return malformed("message cut short");
  const isReport = command === COMMAND.eventReport || command === COMMAND.confirmedEventReport;
  const isConnect = kind === "connect indication";
  if (!isReport || event !== (isConnect ? EVENT.connectIndication : EVENT.create))
    return isConnect ? undefined : nothing();
  const message: IntellivueMessage = { monitor: kind, said: [] };
  const list = at + 24 + (isConnect ? 0 : 6);
  return readList(payload, list, (attribute, from, to) => readAttribute(payload, attribute, from, to, message.said)) ||
    cut
    ? message
    : malformed("an attribute runs past its list", message);
}

/** Count, length; then per item a number, a length and the value. */
function readList(payload: Buffer, at: number, visit: (attribute: number, from: number, to: number) => void): boolean {
  if (at + 4 > payload.length) return false;
  let left = Math.min(payload.readUInt16BE(at), MAX_ITEMS);
  for (let next = at + 4; left > 0; left--) {
    if (next + 4 > payload.length) return false;
    const to = next + 4 + payload.readUInt16BE(next + 2);
    if (to > payload.length) return false;
    visit(payload.readUInt16BE(next), next + 4, to);
    next = to;
  }
  return true;
}

function readAttribute(payload: Buffer, attribute: number, from: number, to: number, said: [string, string][]): void {
  const add = (name: string, value: string | undefined) => {
    if (value !== undefined) said.push([name, value]);
  };
  if (attribute === ATTRIBUTE.systemType && to - from === 4) {
    add("intellivue.system_type", `${payload.readUInt16BE(from)}.${payload.readUInt16BE(from + 2)}`);
  } else if (attribute === ATTRIBUTE.address && to - from >= 10) add("intellivue.mac", macAt(payload, from));
  else if (attribute === ATTRIBUTE.label) add("intellivue.bed_label", keepName(utf16(payload, from, to)));
  else if (attribute === ATTRIBUTE.bedLabel && to - from > 2)
    add("intellivue.bed_label", keepName(utf16(payload, from + 2, to)));
  else if (attribute === ATTRIBUTE.model) {
    const maker = label(payload, from, to);
    const model = maker === undefined ? undefined : label(payload, maker.next, to);
    add("intellivue.manufacturer", maker && keepText(maker.text));
    add("intellivue.model", model && keepText(model.text));
  } else if (attribute === ATTRIBUTE.production) readProduction(payload, from, to, add);
}

/** Count, length; then per specification its kind, component and a label. */
function readProduction(
  payload: Buffer,
  from: number,
  to: number,
  add: (name: string, value: string | undefined) => void,
): void {
  if (to - from < 4) return;
  let left = Math.min(payload.readUInt16BE(from), MAX_ITEMS);
  const seen = new Set<number>();
  for (let at = from + 4; left > 0 && at + 6 <= to; left--) {
    const kind = payload.readUInt16BE(at);
    const text = label(payload, at + 4, to);
    if (text === undefined) return;
    // The first of a kind is the monitor's own; later ones are its modules'.
    if (PRODUCTION[kind] !== undefined && !seen.has(kind)) {
      seen.add(kind);
      add(PRODUCTION[kind][0], PRODUCTION[kind][1](text.text));
    }
    at = text.next;
  }
}

/** A length, and text that is padded with zeros. */
function label(payload: Buffer, at: number, to: number): { text: Buffer; next: number } | undefined {
  if (at + 2 > to) return undefined;
  const next = at + 2 + payload.readUInt16BE(at);
  if (next > to) return undefined;
  const text = payload.subarray(at + 2, next);
  const end = text.indexOf(0);
  return { text: end < 0 ? text : text.subarray(0, end), next };
}

const utf16 = (payload: Buffer, from: number, to: number): string =>
  Buffer.from(payload.subarray(from, to - ((to - from) & 1)))
    .swap16()
    .toString("utf16le")
    .replace(/\0.*$/s, "");
