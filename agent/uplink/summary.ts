/** What the tap tells of a period: lights, counts, and who was heard last, cut to what one message may hold. */
import { isoMicros } from "../time.ts";
import type { Summary } from "./messages.ts";

/** Devices named in one summary; the least recently heard are left out. */
export const MAX_ACTIVE = 200;
const MAX_INTERFACES = 16;
const MAX_PATTERN = 16;
const MAX_WORDS = 200;

type LightTexts = { health: string; mirror: string; uplink: string; alert: string };

export interface SummaryState {
  /** Microseconds. */
  at: number;
  lights: LightTexts;
  /** Plain words for each light. */
  lightWords: LightTexts;
  devices: number;
  openFindings: number;
  framesPerSecond: number;
  bytesPerSecond: number;
  /** null when the source can't tell. */
  framesLost: number | null;
  observationsLost: number;
  /** Rows not yet acknowledged. */
  backlog: number;
  interfaces: readonly string[];
  /** Device id → last heard, microseconds; any order. */
  active: Iterable<readonly [deviceId: string, lastSeenAt: number]>;
}

export function buildSummary(state: SummaryState): Summary {
  const active = [...state.active].sort(([a, aAt], [b, bAt]) => bAt - aAt || (a < b ? -1 : 1)).slice(0, MAX_ACTIVE);
  return {
    type: "summary",
    at: isoMicros(state.at),
    lights: eachLight((light) => state.lights[light].slice(0, MAX_PATTERN)),
    lightWords: eachLight((light) => state.lightWords[light].slice(0, MAX_WORDS)),
    devices: state.devices,
    openFindings: state.openFindings,
    framesPerSecond: rate(state.framesPerSecond),
    bytesPerSecond: rate(state.bytesPerSecond),
    framesLost: state.framesLost,
    observationsLost: state.observationsLost,
    backlog: state.backlog,
    interfaces: state.interfaces.slice(0, MAX_INTERFACES).map((name) => name.slice(0, 64)),
    active: active.map(([deviceId, lastSeenAt]) => ({ deviceId, lastSeenAt: isoMicros(lastSeenAt) })),
  };
}

const eachLight = (text: (light: keyof LightTexts) => string): LightTexts => ({
  health: text("health"),
  mirror: text("mirror"),
  uplink: text("uplink"),
  alert: text("alert"),
});

/** One decimal is all a page shows; a clock that jumped gives 0 rather than a negative or endless rate. */
const rate = (value: number) => (Number.isFinite(value) && value > 0 ? Math.round(value * 10) / 10 : 0);
