/** Equipment named in an HL7 message: device fields of PRT and OBX-18, and whether they are the sender's own. HL7 v2.8.2 chapter 7.4.2 and 7.4.4. */
import { components, part, type Separators, type Span } from "./hl7-segments.ts";
import { keepName, keepText } from "./self-given.ts";

/** Devices kept of one message; a gateway's report of more is read up to here. */
const MAX_DEVICES = 32;

/** Pieces kept of one device: each field once, and room for a second reading of some. */
const MAX_SAID = 8;

const MAX_NAMESPACE = 40;
/** An EUI-64 of a maker alone, used for all its devices: nothing follows the organisation. */
const NO_EXTENSION = /^.{6}0{6,10}$/;

/** One device with what the message says of it. */
export interface Hl7Device {
  /** EUI-64, else UDI, else serial number; "" when the message gives none. */
  id: string;
  isEui64: boolean;
  /** Named as an observation's equipment (OBX-18), as device reporters do. */
  inObx: boolean;
  said: [attribute: string, value: string][];
}

/** PRT-10 device (EI), 16 UDI device identifier (EI), 19 lot, 20 serial number, 22 device type (CNE). Nothing else of PRT is read. */
export function deviceOfPrt(bytes: Buffer, segment: Span, separators: Separators): Hl7Device | undefined {
  const field = (n: number, count: number) =>
    components(bytes, part(bytes, segment, separators.field, n), separators, count);
  const said: Hl7Device["said"] = [];
  const add = (n: number, value: string | undefined) => {
    if (value !== undefined) said.push([`hl7.prt.${n}`, value]);
    return value;
  };
  const equipment = entity(field(10, 4));
  if (equipment !== undefined) add(10, equipment.id);
  const udi = add(16, keepName(field(16, 1)[0]!));
  add(19, keepName(field(19, 1)[0]!));
  const serial = add(20, keepName(field(20, 1)[0]!));
  const [code, text] = field(22, 2);
  add(22, keepText(text!) ?? keepText(code!));
  if (said.length === 0) return undefined;
  // A UDI device identifier alone names a product, not one piece of it.
  const id = equipment?.id ?? (serial === undefined ? "" : [udi, serial].filter(Boolean).join(" "));
  return { id, isEui64: equipment?.isEui64 ?? false, inObx: false, said };
}

/** OBX-18 equipment instance identifier (EI), `field` of it. Nothing else of OBX is read. */
export function deviceOfObx(bytes: Buffer, field: Span, separators: Separators): Hl7Device | undefined {
  if (field.from === field.to) return undefined;
  const parts = components(bytes, field, separators, 4);
  const equipment = entity(parts);
  if (equipment === undefined) return undefined;
  const said: Hl7Device["said"] = [["hl7.obx.18", equipment.id]];
  // Many senders put the maker's name into the namespace; a number or a person's identifier is none.
  const namespace = keepText(parts[1]!, MAX_NAMESPACE);
  if (namespace !== undefined && /^\p{L}[\p{L} .&+-]+$/u.test(namespace))
    said.push(["hl7.obx.18.namespace", namespace]);
  return { ...equipment, inObx: true, said };
}

/** EI: identifier, namespace, universal id, its type. An EUI-64 has a fixed shape, so it can be no person's number. */
export function entity(ei: readonly Buffer[]): { id: string; isEui64: boolean } | undefined {
  const [identifier, , universal, type] = ei as [Buffer, Buffer, Buffer, Buffer];
  if (type.toString("latin1").trim().toUpperCase() === "EUI-64") {
    const eui64 = eui64Of(universal) ?? eui64Of(identifier);
    if (eui64 !== undefined && !NO_EXTENSION.test(eui64)) return { id: eui64, isEui64: true };
    // The identifier tells the maker's devices apart then; it still is no name of the sender.
    const own = keepName(identifier);
    if (eui64 !== undefined && own !== undefined) return { id: own, isEui64: true };
  }
  const id = keepName(identifier) ?? keepName(universal);
  return id === undefined ? undefined : { id, isEui64: false };
}

/** 16 hex digits; some senders put the 12 of a MAC address there. */
export function eui64Of(raw: Buffer): string | undefined {
  const text = raw.toString("latin1").replace(/[:-]/g, "").trim().toUpperCase();
  return /^(?:[0-9A-F]{16}|[0-9A-F]{12})$/.test(text) ? text : undefined;
}

/** Adds a device to those already named; what is said of the same identity is joined. */
export function addDevice(devices: Hl7Device[], device: Hl7Device): Hl7Device | undefined {
  const known = devices.find(({ id, said }) =>
    device.id === "" ? id === "" && says(said, device.said) : id === device.id,
  );
  if (known === undefined) {
    if (devices.length >= MAX_DEVICES) return undefined;
    devices.push(device);
    return device;
  }
  known.inObx ||= device.inObx;
  for (const [attribute, value] of device.said) addSaid(known, attribute, value);
  return known;
}

export function addSaid(device: Hl7Device, attribute: string, value: string): void {
  if (device.said.length < MAX_SAID && !says(device.said, [[attribute, value]])) device.said.push([attribute, value]);
}

/** Whether every piece of `pieces` is among `said`. */
const says = (said: Hl7Device["said"], pieces: Hl7Device["said"]) =>
  pieces.every(([attribute, value]) => said.some(([known, its]) => known === attribute && its === value));

/** Whether an EUI-64 is made of this MAC address ("00:12:21:0a:0b:0c"): plain, or with FFFE or FFFF put in the middle. */
export function isEui64Of(id: string, mac: string): boolean {
  const hex = mac.replaceAll(":", "").toUpperCase();
  if (hex === "") return false;
  return id === hex || id === `${hex.slice(0, 6)}FFFE${hex.slice(6)}` || id === `${hex.slice(0, 6)}FFFF${hex.slice(6)}`;
}
