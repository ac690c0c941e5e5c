/** A device that patients depend on is gone for longer than it ever was. */
import { defineRule } from "./rule.ts";

const HOUR_MICROS = 3600 * 1_000_000;

export default defineRule({
  id: "silent-device",
  title: "A device that patients depend on is no longer heard",
  severity: "low",
  about: "device",
  advice:
    "Look whether it was switched off, moved or unplugged, and whether its alarms and data still reach their station. wardtap only hears the network: this is no clinical alarm.",
  references: ["IEC 80001-1, risk management for networks with medical devices"],
  lasts: "condition",
  judge({ devices, behaviour }) {
    if (behaviour === undefined || behaviour.silences.length === 0) return [];
    const byId = new Map(devices.map((device) => [device.id, device]));
    return behaviour.silences.flatMap(({ deviceId, since, longestPause }) => {
      const device = byId.get(deviceId);
      if (device === undefined) return [];
      const hours = Math.floor(longestPause / HOUR_MICROS);
      const usual =
        hours < 1 ? "It was never silent for an hour before" : `Before, it was silent for ${inWords(hours)} at most`;
      return [
        {
          deviceId,
          // Somebody switches off what has breaks; what was always on is missed.
          severity: device.criticality === "life-sustaining" && hours < 1 ? ("medium" as const) : ("low" as const),
          certainty: "confirmed" as const,
          why: `${usual}; now it has not been heard for longer than that by far.`,
          evidence: [],
          signs: ["silent"],
          firstSeenAt: since,
          lastSeenAt: since,
        },
      ];
    });
  },
});

const inWords = (hours: number): string =>
  hours < 48 ? `${hours} ${hours === 1 ? "hour" : "hours"}` : `${Math.floor(hours / 24)} days`;
