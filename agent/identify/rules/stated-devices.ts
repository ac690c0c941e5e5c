/** Fields in which medical devices, controllers and DPWS devices state maker, model, serial or version outright. */
import { attributeWords } from "../../knowledge/attribute-words.ts";
import type { Claim } from "../device.ts";
import { isKnownMaker, makerName } from "../maker-name.ts";
import type { ClaimPart, IdentifyRule } from "../rule.ts";
import type { DeviceView } from "../view.ts";

/** Attribute → field, and how far to believe it. The standards are those of the dissectors that read them. */
const STATED: readonly (readonly [attribute: string, field: Claim["field"], weight: number])[] = [
  ["bacapp.vendor_name", "maker", 90],
  ["bacapp.model_name", "model", 90],
  ["bacapp.firmware_revision", "version", 85],
  ["modbus.vendor_name", "maker", 90],
  ["modbus.revision", "version", 80],
  ["enip.lir.name", "model", 90],
  ["enip.lir.serial", "serial", 90],
  ["enip.lir.revision", "version", 80],
  ["s7comm.szl.001c.0007.cputypname", "model", 90],
  ["s7comm.szl.001c.0005.serialn", "serial", 90],
  ["s7comm.szl.xy11.0007.version", "version", 85],
  ["knxip.sernr", "serial", 85],
  ["dpws.manufacturer", "maker", 90],
  ["dpws.model_name", "model", 88],
  ["dpws.serial_number", "serial", 88],
  ["dpws.firmware_version", "version", 85],
  ["poct1a.dev.manufacturer_name", "maker", 88],
  ["poct1a.dev.model_id", "model", 85],
  ["poct1a.dev.serial_id", "serial", 88],
  ["poct1a.dev.sw_version", "version", 85],
  ["intellivue.manufacturer", "maker", 92],
  ["intellivue.model", "model", 90],
  ["intellivue.serial_number", "serial", 92],
  ["intellivue.software_revision", "version", 88],
  ["fhir.device.manufacturer", "maker", 85],
  ["fhir.device.model_number", "model", 80],
  ["fhir.device.serial_number", "serial", 88],
];

/** Free fields that often hold the maker's name: believed only when we know the name. */
const MAYBE_MAKER: readonly (readonly [attribute: string, weight: number])[] = [
  ["hl7.obx.18.namespace", 75],
  ["poct1a.dev.vendor_id", 80],
  ["hl7.msh.4", 55],
];

/** Alternatives of one field: the first attribute that is there speaks. */
const FIRST_OF: readonly (readonly [field: Claim["field"], weight: number, attributes: readonly string[]])[] = [
  ["model", 88, ["modbus.model_name", "modbus.product_name", "modbus.product_code"]],
  ["model", 85, ["s7comm.szl.xy11.0001.anz"]],
];

export default {
  id: "stated-device",
  claims(view: DeviceView): ClaimPart[] {
    const claims: ClaimPart[] = [];
    const say = (attribute: string, field: Claim["field"], value: string, weight: number) => {
      const words = `states its ${field} "${value}" in ${attributeWords(attribute)}`;
      claims.push({ field, value: field === "maker" ? makerName(value) : value, weight, words });
    };
    for (const [attribute, field, weight] of STATED) {
      for (const value of view.values(attribute)) say(attribute, field, value, weight);
    }
    for (const [attribute, weight] of MAYBE_MAKER) {
      for (const value of view.values(attribute)) if (isKnownMaker(value)) say(attribute, "maker", value, weight);
    }
    for (const [field, weight, attributes] of FIRST_OF) {
      const attribute = attributes.find((one) => view.has(one));
      if (attribute === undefined || claims.some((claim) => claim.field === field)) continue;
      for (const value of view.values(attribute)) say(attribute, field, value, weight);
    }
    return claims;
  },
} satisfies IdentifyRule;
