/** The mirror port sent frames: the promise of silence is broken, by us or by the system's set-up. */
import { defineRule } from "./rule.ts";

export default defineRule({
  id: "tap-transmitted",
  title: "The tap's mirror port has sent frames",
  severity: "high",
  about: "tap",
  advice:
    "Unplug the mirror cable, run the install script again for this interface, plug in and watch the ALERT light.",
  references: ["wardtap promise 1: silence"],
  judge: ({ tap }) =>
    tap
      .filter(({ transmitted }) => (transmitted ?? 0) > 0)
      .map((facts) => ({
        key: facts.interface,
        deviceId: null,
        certainty: "confirmed" as const,
        why: `The kernel counts frames sent by ${facts.interface} since the sniffer started; there must be none.`,
        evidence: [],
        // Frames sent before somebody resolved it are no new ones: the count goes down only when the sniffer starts anew.
        firstSeenAt: facts.transmittedAt ?? facts.at,
        lastSeenAt: facts.transmittedAt ?? facts.at,
      })),
});
