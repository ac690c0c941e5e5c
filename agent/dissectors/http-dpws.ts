/** What a device says of itself in DPWS metadata, as printers and IEEE 11073 SDC devices answer it. OASIS DPWS 1.1, 5.1; IEEE 11073-20702. */
import { keepName, keepText } from "./self-given.ts";

/** More of an answer is not searched. */
const MAX_TEXT = 32_768;
/** Only an answer that carries metadata is read: not the reports and results that SDC sends the same way. */
const METADATA = /(?:^|[:<])(?:ThisModel|ThisDevice)[\s>]/;
/** XML element → attribute. The language of a text and addresses of pages are not read. */
const ELEMENTS: readonly (readonly [element: string, attribute: string, keep: typeof keepText])[] = [
  ["Manufacturer", "dpws.manufacturer", keepText],
  ["ModelName", "dpws.model_name", keepText],
  ["ModelNumber", "dpws.model_number", keepText],
  ["FriendlyName", "dpws.friendly_name", keepName],
  ["FirmwareVersion", "dpws.firmware_version", keepText],
  ["SerialNumber", "dpws.serial_number", keepName],
];
/** 11073-20702 names medical devices by this type, in its own namespace. */
const MEDICAL_TYPE = /[:>\s]MedicalDevice[\s<]/;
const MEDICAL_NAMESPACE = "http://standards.ieee.org/downloads/11073/";

/** Attributes and values of one body; empty when it is no device's metadata. */
export function dpwsMetadata(body: Buffer): [attribute: string, value: string][] {
  const text = body.toString("utf8", 0, MAX_TEXT);
  if (!METADATA.test(text)) return [];
  const said: [string, string][] = [];
  for (const [element, attribute, keep] of ELEMENTS) {
    // "<dpws:Manufacturer xml:lang="en">Maker</dpws:Manufacturer>"
    const match = new RegExp(`<(?:[\\w.-]{1,32}:)?${element}(?:\\s[^<>]{0,200})?>([^<]{1,256})<`).exec(text);
    const value = match === null ? undefined : keep(plain(match[1]!));
    if (value !== undefined) said.push([attribute, value]);
  }
  if (MEDICAL_TYPE.test(text) && text.includes(MEDICAL_NAMESPACE)) said.push(["sdc.type", "MedicalDevice"]);
  return said;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
const plain = (text: string) => text.replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => ENTITIES[name]!);
