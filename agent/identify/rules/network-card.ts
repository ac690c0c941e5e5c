/** The registered owner of a MAC address suggests the maker, and for some medical makers the class. */
import type { Maker } from "../../knowledge/knowledge.ts";
import { makersOf } from "../maker-name.ts";
import type { ClaimPart, IdentifyRule } from "../rule.ts";
import type { DeviceView } from "../view.ts";

const MAKER_WEIGHT = 85;
/** The organisation's own spelling, when no entry of ours knows it. */
const UNKNOWN_MAKER_WEIGHT = 60;

export default {
  id: "network-card",
  claims(view: DeviceView): ClaimPart[] {
    return view.organisations.flatMap((organisation) => {
      const makers = makersOf(organisation);
      const words = `its network card belongs to ${organisation}`;
      if (makers.length === 0)
        return [{ field: "maker" as const, value: organisation, weight: UNKNOWN_MAKER_WEIGHT, words }];
      return makers.flatMap((maker) => claimsOf(maker, words));
    });
  },
} satisfies IdentifyRule;

function claimsOf(maker: Maker, words: string): ClaimPart[] {
  if (!maker.ofDevice) return [];
  const claims: ClaimPart[] = [{ field: "maker", value: maker.maker, weight: MAKER_WEIGHT, words }];
  if (maker.class !== undefined) claims.push({ field: "class", value: maker.class, weight: maker.classWeight, words });
  return claims;
}
