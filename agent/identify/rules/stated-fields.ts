/** Fields in which a protocol states maker, model, serial or version outright. */
import { attributeWords } from "../../knowledge/attribute-words.ts";
import type { Claim } from "../device.ts";
import { makerName } from "../maker-name.ts";
import type { ClaimPart, IdentifyRule } from "../rule.ts";
import type { DeviceView } from "../view.ts";

/** Attribute → field, and how far to believe it. DICOM PS3.6; IEEE 802.1AB Annex (LLDP-MED, TIA-1057). */
const STATED: readonly (readonly [attribute: string, field: Claim["field"], weight: number])[] = [
  ["dicom.manufacturer", "maker", 90],
  ["dicom.manufacturer_model_name", "model", 90],
  ["dicom.device_serial_number", "serial", 90],
  ["dicom.software_versions", "version", 85],
  ["lldp.media.manufacturer", "maker", 90],
  ["lldp.media.model", "model", 90],
  ["lldp.media.sn", "serial", 90],
  ["lldp.media.software", "version", 85],
  ["hl7.prt.20", "serial", 85],
  ["dns.txt.model", "model", 70],
  ["dns.txt.manufacturer", "maker", 80],
];

export default {
  id: "stated-field",
  claims(view: DeviceView): ClaimPart[] {
    return STATED.flatMap(([attribute, field, weight]) =>
      view.values(attribute).map((value) => ({
        field,
        value: field === "maker" ? makerName(value) : value,
        weight,
        words: `states its ${field} "${value}" in ${attributeWords(attribute)}`,
      })),
    );
  },
} satisfies IdentifyRule;
