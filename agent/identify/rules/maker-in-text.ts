/** Free text that begins with a medical maker's name: "OLYMPUS EVIS EXERA III", "GE Healthcare CIC Pro". */
import { attributeWords } from "../../knowledge/attribute-words.ts";
import { makersOf } from "../maker-name.ts";
import type { ClaimPart, IdentifyRule } from "../rule.ts";
import type { DeviceView } from "../view.ts";

const WEIGHT = 88;
/** Texts in which devices describe themselves. A user agent or a server's header names its programs. */
const TEXTS = [
  "astm.sender",
  "dhcp.option.vendor_class_id",
  "dpws.friendly_name",
  "hl7.prt.16",
  "hl7.prt.22",
  "http.www_authenticate.realm",
  "lldp.tlv.system.desc",
  "snmp.sysdescr",
] as const;

export default {
  id: "maker-in-text",
  claims(view: DeviceView): ClaimPart[] {
    return TEXTS.flatMap((attribute) =>
      view.values(attribute).flatMap((value) => {
        const maker = makersOf(value).find(({ medical, ofDevice }) => medical && ofDevice);
        if (maker === undefined) return [];
        const words = `names ${maker.maker} in ${attributeWords(attribute)}`;
        return [{ field: "maker" as const, value: maker.maker, weight: WEIGHT, words }];
      }),
    );
  },
} satisfies IdentifyRule;
