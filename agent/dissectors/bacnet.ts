/** BACnet/IP and BACnet over Ethernet: controllers that name themselves, also those behind a BACnet router. ASHRAE 135 annex J, clauses 6, 20. */
import { isClosing, isOpening, Tags } from "./bacnet-values.ts";
import { defineDissector, type Evidence, type Flow, type Malformed, malformed, type Subject } from "./dissector.ts";

const BVLC = 0x81;
const BVLC_HEAD = 4;
const FUNCTION = { forwarded: 0x04, distribute: 0x09, unicast: 0x0a, broadcast: 0x0b } as const;
const MAX_FUNCTION = 0x0c;
const NPDU_VERSION = 1;
const CONTROL = { networkMessage: 0x80, destination: 0x20, source: 0x08 } as const;
const I_AM_ROUTER = 0x01;
const APDU = { confirmed: 0, unconfirmed: 1, complexAck: 3 } as const;
const SERVICE = { iAm: 0, readProperty: 12, readPropertyMultiple: 14 } as const;
/** Properties and objects looked at in one answer. */
const MAX_PROPERTIES = 64;
const MAX_ADDRESS = 8;

/** A BACnet/IP station's address is its IPv4 address and port; networks use ports from here to +15. J.1.2. */
const FIRST_PORT = 0xbac0;
/** Stands for "whichever device you are". 20.2.14. */
const WILDCARD = 4194303;

interface BacnetMessage {
  kind: "asks" | "answers" | "other";
  /** "net:address" of a station behind the sending router. */
  behind: string | undefined;
  /** Address of the station that a broadcast manager forwards for. */
  forwardedFor: string | undefined;
  isRouter: boolean;
  said: [attribute: string, value: string][];
}

export default defineDissector<BacnetMessage>({
  protocol: "bacnet",
  over: ["udp", "link"],
  llcDsaps: [0x82],
  recognise: [
    { at: 0, bytes: "81 ?? ?? ?? 01" },
    { at: 0, bytes: "81 04 ?? ?? ?? ?? ?? ?? ?? ?? 01" },
  ],
  hints: { udp: [47808] },
  dissect(payload, flow): BacnetMessage | Malformed | undefined {
    if (flow.transport === "link") return readNetwork(payload, 0, undefined);
    if (payload[0] !== BVLC || (payload[1] ?? 255) > MAX_FUNCTION) return undefined;
    if (payload.length < BVLC_HEAD) return malformed("BVLC head cut short");
    const length = payload.readUInt16BE(2);
    if (length < BVLC_HEAD || (length !== payload.length && !flow.cut)) {
      return length > payload.length ? malformed("BVLC length runs past the datagram") : undefined;
    }
    const name = payload[1]!;
    if (name === FUNCTION.unicast || name === FUNCTION.broadcast || name === FUNCTION.distribute)
      return readNetwork(payload, BVLC_HEAD, undefined);
    if (name !== FUNCTION.forwarded) return empty();
    if (payload.length < BVLC_HEAD + 6) return malformed("forwarded address cut short");
    return readNetwork(payload, BVLC_HEAD + 6, [...payload.subarray(4, 8)].join("."));
  },
  evidence: (message, flow) => evidenceOf(message, flow),
  server: ({ kind }) => (kind === "asks" ? "receiver" : kind === "answers" ? "sender" : undefined),
});

const empty = (): BacnetMessage => ({
  kind: "other",
  behind: undefined,
  forwardedFor: undefined,
  isRouter: false,
  said: [],
});

function readNetwork(
  payload: Buffer,
  from: number,
  forwardedFor: string | undefined,
): BacnetMessage | Malformed | undefined {
  if (payload[from] !== NPDU_VERSION) return undefined;
  const message = { ...empty(), forwardedFor };
  let at = from + 2;
  const control = payload[from + 1];
  if (control === undefined) return malformed("network head cut short");
  const station = () => {
    if (at + 3 > payload.length) return undefined;
    const net = payload.readUInt16BE(at);
    const length = payload[at + 2]!;
    if (length > MAX_ADDRESS || at + 3 + length > payload.length) return undefined;
    const address = payload.toString("hex", at + 3, at + 3 + length);
    at += 3 + length;
    return { net, address };
  };
  if ((control & CONTROL.destination) !== 0 && station() === undefined) return malformed("destination cut short");
  if ((control & CONTROL.source) !== 0) {
    const source = station();
    if (source === undefined) return malformed("source cut short");
    if (source.address === "" || source.net === 0 || source.net === 0xffff) return malformed("source without address");
    message.behind = `${source.net}:${source.address}`;
  }
  if ((control & CONTROL.destination) !== 0) at++; // hop count
  if ((control & CONTROL.networkMessage) !== 0) {
    message.isRouter = payload[at] === I_AM_ROUTER;
    return message;
  }
  readApplication(payload, at, message);
  return message;
}

function readApplication(payload: Buffer, at: number, message: BacnetMessage): void {
  const first = payload[at];
  if (first === undefined) return;
  const type = first >>> 4;
  if (type === APDU.confirmed) message.kind = "asks";
  else if (type === APDU.unconfirmed && payload[at + 1] === SERVICE.iAm) readIAm(payload, at + 2, message);
  else if (type >= 2 && type <= 6) {
    message.kind = "answers";
    // Of an answer in segments only the first begins with tags.
    const segmented = (first & 8) !== 0;
    if (type !== APDU.complexAck || (segmented && payload[at + 2] !== 0)) return;
    const service = payload[at + (segmented ? 4 : 2)];
    const tags = new Tags(payload, at + (segmented ? 5 : 3));
    if (service === SERVICE.readProperty) readProperty(tags, message);
    if (service === SERVICE.readPropertyMultiple) readProperties(tags, message);
  }
}

function sayInstance(instance: number, message: BacnetMessage): void {
  if (instance !== WILDCARD) message.said.push(["bacapp.instance_number", String(instance)]);
}

/** 16.10.2: device identifier, largest APDU, segmentation, vendor identifier. */
function readIAm(payload: Buffer, at: number, message: BacnetMessage): void {
  const tags = new Tags(payload, at);
  const device = tags.next();
  const instance = device === undefined || device.context || device.number !== 12 ? -1 : tags.deviceInstance(device);
  if (instance < 0) return;
  sayInstance(instance, message);
  tags.next();
  tags.next();
  const vendor = tags.next();
  if (vendor !== undefined && !vendor.context && vendor.number === 2)
    message.said.push(["bacapp.vendor_identifier", String(tags.unsigned(vendor))]);
}

/** 15.5: object, property, index, value. */
function readProperty(tags: Tags, message: BacnetMessage): void {
  const object = tags.next();
  const instance = object === undefined ? -1 : tags.deviceInstance(object);
  const property = tags.next();
  if (instance < 0 || property === undefined) return;
  sayInstance(instance, message);
  let tag = tags.next();
  if (tag?.context && tag.mark === 0) tag = tags.next();
  if (tag !== undefined && isOpening(tag, 3)) tags.property(tags.unsigned(property), message.said);
}

/** 15.7: for each object a list of properties, each with a value or an error. */
function readProperties(tags: Tags, message: BacnetMessage): void {
  let wanted = false;
  let property = -1;
  for (let step = 0; step < MAX_PROPERTIES * 4; step++) {
    const tag = tags.next();
    if (tag === undefined) return;
    if (tag.mark === 0 && tag.number === 0) {
      const instance = tags.deviceInstance(tag);
      wanted = instance >= 0;
      if (wanted) sayInstance(instance, message);
    } else if (tag.mark === 0 && tag.number === 2) property = tags.unsigned(tag);
    else if (isOpening(tag, 4)) {
      if (wanted && message.said.length < MAX_PROPERTIES) tags.property(property, message.said);
      else tags.skip();
    } else if (isOpening(tag, 5)) tags.skip();
    else if (isClosing(tag, 1)) wanted = false;
  }
}

/** A station with an IPv4 address of its own is known by that. */
function stationBehind(behind: string): Subject {
  const [, address = ""] = behind.split(":");
  const port = Number.parseInt(address.slice(8), 16);
  if (address.length !== 12 || port < FIRST_PORT || port > FIRST_PORT + 15) return { reported: `bacnet ${behind}` };
  return { ip: [...Buffer.from(address.slice(0, 8), "hex")].join(".") };
}

function evidenceOf(message: BacnetMessage, flow: Flow): Evidence[] {
  const found: Evidence[] = [];
  const speaksFor = message.behind !== undefined;
  const about: Subject = speaksFor
    ? stationBehind(message.behind!)
    : message.forwardedFor !== undefined && message.forwardedFor !== flow.sourceIp
      ? { ip: message.forwardedFor }
      : "sender";
  for (const [attribute, value] of message.said) found.push({ about, attribute, value });
  // Whoever answers for its own objects, or for stations behind it, is a controller.
  if (message.said.length > 0) found.push({ about, attribute: "bacnet.role", value: "device" });
  if (message.isRouter || (speaksFor && message.said.length > 0 && message.forwardedFor === undefined))
    found.push({ about: "sender", attribute: "bacnet.role", value: "router" });
  return found;
}
