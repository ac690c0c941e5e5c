/** All rules of identification, in the order in which they are asked; the patterns of said-itself.ts follow. */
import type { IdentifyRule } from "../rule.ts";
import hostServices from "./host-services.ts";
import imagingModality from "./imaging-modality.ts";
import makerInText from "./maker-in-text.ts";
import networkCard from "./network-card.ts";
import portOnly from "./port-only.ts";
import role from "./role.ts";
import statedDevices from "./stated-devices.ts";
import statedFields from "./stated-fields.ts";
import vendorNumber from "./vendor-number.ts";
import windows from "./windows.ts";

export const identifyRules = (): IdentifyRule[] => [
  networkCard,
  statedFields,
  role,
  hostServices,
  windows,
  portOnly,
  statedDevices,
  vendorNumber,
  makerInText,
  imagingModality,
];
