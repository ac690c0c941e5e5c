/** Rules on vulnerable network software inside devices: which signs were heard, and what is known of that software. */

import type { Device } from "../identify/device.ts";
import { bundledKnowledge } from "../knowledge/advisories/bundled.ts";
import type { Stack } from "../knowledge/advisories/stacks.ts";
import { affectedBy, listedOf, signsOf } from "./affected-by.ts";
import type { FindingRule } from "./rule.ts";
import { worstSeverity } from "./severity-of.ts";
import { type SeenSign, stackSigns } from "./stack-signs.ts";

interface StackRule extends Omit<FindingRule, "judge" | "about" | "severity" | "lasts"> {
  stack: Stack;
  why(sign: SeenSign): string;
}

export const fromStack = ({ stack, why, ...rule }: StackRule): FindingRule => ({
  ...rule,
  severity: "low",
  about: "device",
  lasts: "condition",
  judge: ({ devices, advisories = bundledKnowledge() }) =>
    devices.flatMap((device) => {
      const sign = stackSigns(device).find((one) => one.stack === stack);
      if (sign === undefined) return [];
      const all = affectedBy(bare(device, sign), advisories);
      const affected = all.filter(({ verdict }) => verdict !== "not-affected");
      const [worst] = affected;
      // A version that is free of all of them is good news, and none of a finding.
      if (worst === undefined || worst.verdict === "not-affected") return [];
      return [
        {
          deviceId: device.id,
          severity: worstSeverity(affected) ?? "low",
          certainty: worst.verdict,
          why: why(sign),
          vulnerabilities: listedOf(all),
          signs: signsOf(affected),
          evidence: sign.evidence,
          firstSeenAt: device.firstSeenAt,
          lastSeenAt: device.lastSeenAt,
        },
      ];
    }),
});

/** Only the sign counts here: products have a rule of their own. */
const bare = (device: Device, sign: SeenSign) => ({
  maker: null,
  model: null,
  version: null,
  class: device.class,
  medical: device.medical,
  stacks: [sign],
});
