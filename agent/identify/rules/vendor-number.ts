/** A registered vendor number in what a device says of itself names its maker. */
import { attributeWords } from "../../knowledge/attribute-words.ts";
import { vendorNumbers } from "../../knowledge/vendor-numbers.ts";
import type { ClaimPart, IdentifyRule } from "../rule.ts";
import type { DeviceView } from "../view.ts";

export default {
  id: "vendor-number",
  claims(view: DeviceView): ClaimPart[] {
    return vendorNumbers().flatMap(({ attribute, weight, makers }) =>
      view.values(attribute).flatMap((number) => {
        const maker = Object.hasOwn(makers, number) ? makers[number] : undefined;
        if (maker === undefined) return [];
        const words = `gives ${maker}'s number ${number} in ${attributeWords(attribute)}`;
        return [{ field: "maker" as const, value: maker, weight, words }];
      }),
    );
  },
} satisfies IdentifyRule;
