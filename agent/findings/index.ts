/** All finding rules. */

import mirrorNotMirroring from "./mirror-not-mirroring.ts";
import type { FindingRule } from "./rule.ts";
import tapTransmitted from "./tap-transmitted.ts";
import unencryptedClinicalData from "./unencrypted-clinical-data.ts";

export const findingRules: readonly FindingRule[] = [mirrorNotMirroring, tapTransmitted, unencryptedClinicalData];
