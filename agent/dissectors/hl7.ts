/** HL7 v2, over MLLP and bare: which systems exchange clinical messages, and which equipment they speak for. HL7 v2.8.2 chapter 2; MLLP release 1. */
import { defineDissector, type Evidence, type Flow, type Malformed, malformed, type Subject } from "./dissector.ts";
import {
  addDevice,
  addSaid,
  deviceOfObx,
  deviceOfPrt,
  entity,
  eui64Of,
  type Hl7Device,
  isEui64Of,
} from "./hl7-devices.ts";
import { blockLength, blockStart, CR, END } from "./hl7-frames.ts";
import { containingDevice, type MdcKind, mdcKind } from "./hl7-mdc.ts";
import { hl7Print } from "./hl7-print.ts";
import {
  components,
  eachSegment,
  isSegment,
  part,
  readSeparators,
  type Separators,
  type Span,
} from "./hl7-segments.ts";
import { droppedNames, keepName } from "./self-given.ts";

const DOT = 0x2e;

/** Segments whose device fields are read in one message; further ones are only stepped over. */
const MAX_DEVICE_SEGMENTS = 256;
/** Kinds of equipment kept of one message. */
const MAX_KINDS = 64;
const MESSAGE_TYPE = /^[A-Z][A-Z0-9]{2}$/;

/** Only what MSH-3 to 6, 9, 12, 21 and the device fields hold; persons, results and free text are never read. */
interface Hl7Message {
  header: Partial<Record<"msh.3" | "msh.4" | "msh.5" | "msh.6" | "msh.9" | "msh.12" | "msh.21", string>>;
  /** The sending application's own EUI-64, when MSH-3 gives one. */
  senderEui64: string | undefined;
  /** An acknowledgement or response (MSA is there): it comes from the receiving system. */
  answers: boolean;
  /** PID or OBX is there: a patient's data goes by in clear. */
  clinical: boolean;
  devices: Hl7Device[];
  /** Kinds of equipment that nobody in the message has. */
  loose: MdcKind[];
  /** True when this flow has told of several devices, so its sender speaks for others. */
  several: boolean;
}

/** The one identity told so far in this flow; another one makes the sender a gateway. */
interface Hl7State {
  identity: string;
  several: boolean;
}

export default defineDissector<Hl7Message>({
  protocol: "hl7",
  over: ["tcp", "udp"],
  recognise: [
    { at: 0, bytes: "0b 4d 53 48" },
    { at: 0, bytes: "4d 53 48 7c 5e 7e 5c" },
  ],
  hints: { tcp: [2575] },
  messageLength: blockLength,
  dissect(payload, flow): Hl7Message | Malformed | undefined {
    const start = blockStart(payload);
    if (start < 0) return undefined;
    const separators = readSeparators(payload, start);
    if (separators === undefined) return payload.length < 9 ? malformed("header cut short") : undefined;
    const end = start === 0 && !flow.cut ? payload.length : payload.lastIndexOf(END);
    if (end < 0 && !flow.cut) return malformed("block without an end");
    // Of a message cut by a limit the last segment may be half a field: it is left out.
    const whole = end >= 0 ? end : payload.lastIndexOf(CR);
    return read(payload, { from: start, to: Math.max(whole, start) }, separators, flow);
  },
  evidence(message, flow) {
    const found: Evidence[] = [];
    for (const [name, value] of Object.entries(message.header)) {
      const about = name === "msh.5" || name === "msh.6" ? "receiver" : "sender";
      found.push({ about, attribute: `hl7.${name}`, value });
    }
    found.push({ about: "sender", attribute: "hl7.role", value: message.answers ? "receiver" : "sender" });
    if (message.clinical) {
      for (const about of ["sender", "receiver"] as const)
        found.push({ about, attribute: "wardtap.clinical", value: "hl7" });
    }
    // A sender with an identity of its own, that names no other equipment, tells of itself.
    if (message.senderEui64 !== undefined && isEui64Of(message.senderEui64, flow.sourceMac)) {
      for (const { name } of message.loose) found.push({ about: "sender", attribute: "hl7.obx.3", value: name });
    }
    let speaksFor = false;
    for (const device of message.devices) {
      const about = whose(device, message, flow);
      if (about === undefined) continue;
      speaksFor ||= about !== "sender";
      for (const [attribute, value] of device.said) found.push({ about, attribute, value });
    }
    if (speaksFor) found.push({ about: "sender", attribute: "wardtap.reports", value: "hl7" });
    return found;
  },
  server: ({ answers }) => (answers ? "sender" : "receiver"),
  // Once the sender has told of several devices, what it says of one is no longer about itself.
  sameAs: (payload, flow) => {
    const print = hl7Print(payload);
    return (flow.state as Hl7State | undefined)?.several ? ~print | 0 || 1 : print;
  },
});

function read(bytes: Buffer, block: Span, separators: Separators, flow: Flow): Hl7Message | Malformed {
  const message: Hl7Message = {
    header: {},
    senderEui64: undefined,
    answers: false,
    clinical: false,
    devices: [],
    loose: [],
    several: false,
  };
  let first = true;
  let named = 0;
  let last: { equipment: Span; place: Span } | undefined;
  const kinds: MdcKind[] = [];
  /** Containing device → equipment identity. */
  const owners = new Map<string, Hl7Device>();
  const addKind = (kind: MdcKind | undefined) => {
    if (kind !== undefined && kinds.length < MAX_KINDS) kinds.push(kind);
  };
  eachSegment(bytes, block.from, block.to, (segment) => {
    if (first) readHeader(bytes, segment, separators, message);
    first = false;
    const is = (name: string) => isSegment(bytes, segment, name, separators);
    if (is("MSA")) message.answers = true;
    else if (is("PID")) message.clinical = true;
    else if (is("OBX")) {
      message.clinical = true;
      const kind = mdcKind(bytes, segment, separators, 3);
      addKind(kind);
      if (named >= MAX_DEVICE_SEGMENTS) return;
      const equipment = part(bytes, segment, separators.field, 18);
      const place = part(bytes, segment, separators.field, 4);
      // A monitor names itself with every value: what is said of it is read once.
      if (last !== undefined && isSame(bytes, equipment, last.equipment) && isSame(bytes, place, last.place, DOT)) {
        named++;
        return;
      }
      const droppedBefore = droppedNames.count;
      const device = deviceOfObx(bytes, equipment, separators);
      last = undefined;
      if (device === undefined) return;
      const known = addDevice(message.devices, device);
      if (known !== undefined) owners.set(containingDevice(bytes, segment, separators), known);
      if (droppedNames.count === droppedBefore) last = { equipment, place };
      named++;
    } else if (is("OBR")) addKind(mdcKind(bytes, segment, separators, 4));
    else if (is("PRT") && named++ < MAX_DEVICE_SEGMENTS) {
      const device = deviceOfPrt(bytes, segment, separators);
      if (device !== undefined) addDevice(message.devices, device);
    }
  });
  for (const kind of kinds) giveKind(kind, owners, message);
  message.several = remember(message.devices, (device) => isOwn(device, message.senderEui64, flow), flow);
  return message;
}

/** Whether two stretches hold the same bytes, up to `stop` where it comes. */
function isSame(bytes: Buffer, a: Span, b: Span, stop = -1): boolean {
  for (let i = 0; ; i++) {
    const one = a.from + i < a.to ? bytes[a.from + i]! : -1;
    const other = b.from + i < b.to ? bytes[b.from + i]! : -1;
    if (one !== other) return false;
    if (one === stop || one === -1) return true;
  }
}

/** A kind belongs to the equipment of the same containing device, else to the only one named; else it waits for the sender. */
function giveKind(kind: MdcKind, owners: ReadonlyMap<string, Hl7Device>, message: Hl7Message): void {
  const only = message.devices.length === 1 ? message.devices[0] : undefined;
  const owner = (kind.device === "" ? undefined : owners.get(kind.device)) ?? only;
  if (owner !== undefined) addSaid(owner, "hl7.obx.3", kind.name);
  else if (message.devices.length === 0) message.loose.push(kind);
}

/** MSH-1 is the separator itself, so field n stands at part n - 1. */
function readHeader(bytes: Buffer, segment: Span, separators: Separators, message: Hl7Message): void {
  const field = (n: number, count: number) =>
    components(bytes, part(bytes, segment, separators.field, n - 1), separators, count);
  const set = (name: keyof Hl7Message["header"], value: string | undefined) => {
    if (value !== undefined) message.header[name] = value;
  };
  const sender = field(3, 3);
  if (sender[2]!.toString("latin1").trim().toUpperCase() === "EUI-64") message.senderEui64 = eui64Of(sender[1]!);
  set("msh.3", keepName(sender[0]!) ?? message.senderEui64);
  set("msh.4", keepName(field(4, 1)[0]!));
  set("msh.5", keepName(field(5, 1)[0]!));
  set("msh.6", keepName(field(6, 1)[0]!));
  const type = field(9, 2).map((component) => component.toString("latin1").trim());
  set("msh.9", type.filter((component) => MESSAGE_TYPE.test(component)).join("^") || undefined);
  const version = field(12, 1)[0]!.toString("latin1").trim();
  if (/^\d(?:\.\d{1,2}){0,3}$/.test(version)) set("msh.12", version);
  set("msh.21", entity(field(21, 4))?.id);
}

/** Identities that are not the sender's own card: two of them in a flow, and the sender speaks for others. */
function remember(devices: readonly Hl7Device[], own: (device: Hl7Device) => boolean, flow: Flow): boolean {
  const state = (flow.state as Hl7State | undefined) ?? { identity: "", several: false };
  for (const device of devices) {
    if (device.id === "" || own(device)) continue;
    if (state.identity !== "" && state.identity !== device.id) state.several = true;
    state.identity = device.id;
  }
  flow.state = state;
  return state.several;
}

/** IHE Patient Care Device profiles are made for systems that report others' equipment. IHE PCD TF-2, 3.1. */
const isDeviceReport = (header: Hl7Message["header"]) => /^IHE[_ ]?(?:PCD|DEC)/i.test(header["msh.21"] ?? "");

const isOwn = ({ id, isEui64 }: Hl7Device, senderEui64: string | undefined, flow: Flow): boolean =>
  isEui64 && (id === senderEui64 || isEui64Of(id, flow.sourceMac));

/**
 * Whom a device's fields are about. The sender, when it is named by the sender's own EUI-64, or by one
 * identity of another kind (UDI, serial) that stands alone or beside the sender's own. Otherwise (also
 * for equipment in a device report that isn't the sending application's own name) the sender speaks for
 * it; without an identity it is nobody.
 */
function whose(
  device: Hl7Device,
  { devices, several, senderEui64, header }: Hl7Message,
  flow: Flow,
): Subject | undefined {
  if (isOwn(device, senderEui64, flow)) return "sender";
  if (device.inObx && isDeviceReport(header) && device.id !== header["msh.3"]) return { reported: device.id };
  const others = devices.filter((one) => !isOwn(one, senderEui64, flow));
  if (others.length === 1 && !several && !device.isEui64) return "sender";
  return device.id === "" ? undefined : { reported: device.id };
}
