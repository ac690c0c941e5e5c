/** All rules of identification, in the order in which they are asked. */
import type { IdentifyRule } from "../rule.ts";
import hostServices from "./host-services.ts";
import networkCard from "./network-card.ts";
import role from "./role.ts";
import { patternRules } from "./said-itself.ts";
import statedFields from "./stated-fields.ts";
import windows from "./windows.ts";

export const identifyRules = (): IdentifyRule[] => [
  networkCard,
  statedFields,
  role,
  hostServices,
  windows,
  ...patternRules(),
];
