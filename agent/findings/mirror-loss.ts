/** The tap loses part of what the mirror brings: what it says is incomplete. */
import { defineRule } from "./rule.ts";

/** Of the frames of the last minutes. A burst that is over soon stays below it. */
const MAX_LOST_SHARE = 0.01;
/** It must fall well below before the matter is over, or it would come and go. */
const SOUND_SHARE = 0.001;

export default defineRule({
  id: "mirror-loss",
  title: "The tap loses frames",
  severity: "medium",
  about: "tap",
  advice:
    "Raise bufferMb in the configuration, mirror fewer ports or one VLAN to this tap, or give it a faster machine. What is lost can't be judged.",
  references: ["wardtap light table: MIRROR double blink", "wardtap promise 3: honesty"],
  judge: ({ tap }) =>
    tap
      .filter(({ lossShare }) => (lossShare ?? 0) > MAX_LOST_SHARE)
      .map((facts) => ({
        key: facts.interface,
        deviceId: null,
        certainty: "confirmed" as const,
        why: `More than one frame in a hundred was lost on ${facts.interface} over some minutes.`,
        evidence: [],
        firstSeenAt: facts.at,
        lastSeenAt: facts.at,
      })),
  isOver: ({ lossShare }) => lossShare !== undefined && lossShare !== null && lossShare < SOUND_SHARE,
});
