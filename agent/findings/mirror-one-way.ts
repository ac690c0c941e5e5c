/** The port hears what devices send or what they are sent, and not both: half of the traffic is missing. */
import { isMirroring, isOneWay } from "./mirror.ts";
import { defineRule } from "./rule.ts";

/** Pairs to be heard before the verdict means anything: a quiet night has few that answer each other. */
const MIN_PAIRS = 10;

export default defineRule({
  id: "mirror-one-way",
  title: "The mirror carries one direction only",
  severity: "medium",
  about: "tap",
  advice:
    "Ask network staff to mirror both directions (ingress and egress, rx and tx) of the ports or the VLAN. Until then devices that only answer are missed.",
  references: ["wardtap light table: MIRROR fast blink"],
  judge: ({ tap }) =>
    tap
      .filter(({ mirror }) => mirror.oneDirection + mirror.bothDirections >= MIN_PAIRS && isOneWay(mirror))
      .map((facts) => ({
        key: facts.interface,
        deviceId: null,
        certainty: "confirmed" as const,
        why: `On ${facts.interface} nearly all devices that talk to each other are heard from one side only.`,
        evidence: [],
        firstSeenAt: facts.at,
        lastSeenAt: facts.at,
      })),
  isOver: ({ mirror }) => isMirroring(mirror) && !isOneWay(mirror),
});
