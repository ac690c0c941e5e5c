/** The port only hears what every port hears: the switch does not mirror to it. */
import type { MirrorCounts } from "../observe/observation.ts";
import { defineRule } from "./rule.ts";

/** Frames to be heard before the verdict means anything. */
const MIN_FRAMES = 50;
/** A switch floods a few frames of others to every port: so few one-way pairs are no mirror. As the MIRROR light has it. */
const MIN_ONE_WAY_PAIRS = 3;

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

const isMirroring = ({ bothDirections, oneDirection }: MirrorCounts) =>
  bothDirections > 0 || oneDirection >= MIN_ONE_WAY_PAIRS;
