/** The port only hears what every port hears: the switch does not mirror to it. */
import { isMirroring } from "./mirror.ts";
import { defineRule } from "./rule.ts";

/** Frames to be heard before the verdict means anything. */
const MIN_FRAMES = 50;

export default defineRule({
  id: "mirror-not-mirroring",
  title: "The switch port is not mirroring",
  severity: "medium",
  about: "tap",
  advice: "Ask network staff to set this switch port as the destination of a mirror (SPAN) session, both directions.",
  references: ["wardtap light table: MIRROR slow blink"],
  judge: ({ tap }) =>
    tap
      .filter(({ mirror }) => mirror.toMany >= MIN_FRAMES && !isMirroring(mirror))
      .map((facts) => ({
        key: facts.interface,
        deviceId: null,
        certainty: "confirmed" as const,
        why: `${facts.interface} hears broadcast and multicast, and next to nothing between two other devices.`,
        evidence: [],
        firstSeenAt: facts.at,
        lastSeenAt: facts.at,
      })),
  isOver: ({ mirror }) => isMirroring(mirror),
});
