/** Devices told of in FHIR over clear HTTP; who uses them, owns them or wrote notes on them is never read. HL7 FHIR R4, 8.13 Device. */
import { keepName, keepText } from "./self-given.ts";

/** Devices kept of one bundle. */
const MAX_DEVICES = 16;
/** Names, types or versions kept of one device. */
const MAX_VALUES = 4;
/** Entries of a bundle looked at. */
const MAX_ENTRIES = 256;

export interface FhirDevice {
  /** UDI and serial number; a device without either can't be told from others. */
  id: string;
  said: [attribute: string, value: string][];
}

type Json = Record<string, unknown>;

export function fhirDevices(body: Buffer): FhirDevice[] {
  let resource: unknown;
  try {
    resource = JSON.parse(body.toString("utf8"));
  } catch {
    return [];
  }
  if (!isObject(resource)) return [];
  const found =
    resource.resourceType === "Bundle"
      ? list(resource.entry, MAX_ENTRIES).map((entry) => (isObject(entry) ? entry.resource : undefined))
      : [resource];
  const devices: FhirDevice[] = [];
  for (const candidate of found) {
    if (!isObject(candidate) || candidate.resourceType !== "Device") continue;
    const device = deviceOf(candidate);
    if (device !== undefined) devices.push(device);
    if (devices.length >= MAX_DEVICES) break;
  }
  return devices;
}

/** R4 names; `name` and `deviceName.name` differ by release, as do `type` one and many. */
function deviceOf(resource: Json): FhirDevice | undefined {
  const said: FhirDevice["said"] = [];
  const add = (attribute: string, value: unknown, keep: typeof keepText = keepText) => {
    const kept = typeof value === "string" ? keep(value) : undefined;
    if (kept !== undefined) said.push([`fhir.device.${attribute}`, kept]);
    return kept;
  };
  const carrier = list(resource.udiCarrier, 1)[0];
  const udi = isObject(carrier) ? add("udi", carrier.deviceIdentifier, keepName) : undefined;
  const serial = add("serial_number", resource.serialNumber, keepName);
  if (serial === undefined) return undefined;
  add("manufacturer", resource.manufacturer);
  add("model_number", resource.modelNumber);
  for (const name of list(resource.deviceName, MAX_VALUES))
    if (isObject(name)) add("name", name.name ?? name.value, keepName);
  for (const type of [resource.type].flat().slice(0, MAX_VALUES)) {
    if (!isObject(type)) continue;
    const coding = list(type.coding, 1)[0];
    if (isObject(coding)) add("type", coding.display);
  }
  for (const version of list(resource.version, MAX_VALUES)) if (isObject(version)) add("version", version.value);
  return { id: [udi, serial].filter((part) => part !== undefined).join(" "), said };
}

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
/** The first of a list; of anything else none. */
const list = (value: unknown, most: number): unknown[] => (Array.isArray(value) ? value.slice(0, most) : []);
