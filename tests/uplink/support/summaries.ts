/** A tap's summary, made by the code that makes them. */
import { buildSummary, type SummaryState } from "../../../agent/uplink/summary.ts";

export const summaryOf = (fields: Partial<SummaryState> = {}) =>
  buildSummary({
    at: Date.UTC(2026, 4, 1, 12) * 1000,
    lights: { health: "slow", mirror: "solid", uplink: "solid", alert: "off" },
    lightWords: {
      health: "running",
      mirror: "both directions of other people's traffic seen",
      uplink: "console has everything",
      alert: "nothing medium or above open",
    },
    devices: 1,
    openFindings: 0,
    framesPerSecond: 12.5,
    bytesPerSecond: 4800,
    framesLost: 0,
    observationsLost: 0,
    backlog: 0,
    interfaces: ["mirror0"],
    active: [],
    ...fields,
  });
