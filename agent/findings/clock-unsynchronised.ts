/** The tap's clock can't be believed: times in the ledger, and judgements by date, may be wrong. */
import { defineRule } from "./rule.ts";

export default defineRule({
  id: "clock-unsynchronised",
  title: "The tap's clock is not set by a time server",
  severity: "low",
  about: "tap",
  advice:
    "Let the tap's management port reach the hospital's time server, and name it to the system (systemd-timesyncd or chrony).",
  references: ["wardtap light table: HEALTH double blink"],
  judge({ tap }) {
    // One machine has one clock, however many ports.
    const first = [...tap].sort((a, b) => (a.interface < b.interface ? -1 : 1))[0];
    if (first?.clock !== "unsynchronised" && first?.clock !== "impossible") return [];
    return [
      {
        key: first.interface,
        deviceId: null,
        certainty: "confirmed" as const,
        ...(first.clock === "impossible" ? { severity: "medium" as const } : {}),
        why:
          first.clock === "impossible"
            ? "The clock says a time that can't be."
            : "The system's time client has not heard a time server since it started.",
        evidence: [],
        firstSeenAt: first.at,
        lastSeenAt: first.at,
      },
    ];
  },
  // Where no time client says anything, a clock that is possible again is all there is to go by.
  isOver: ({ clock }) => clock === "synchronised" || clock === "unknown",
});
