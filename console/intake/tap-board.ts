/** The live side of every tap: who is connected, what its last summary said, which devices were heard just now. */
import { type Summary, summarySchema } from "../../agent/uplink/messages.ts";
import { LIGHTS, type LightName } from "../../hardware/lights.ts";
import type { TapView } from "../api/shapes.ts";
import type { KeptTap } from "../store/store.ts";
import { readTime } from "../store/views.ts";

/** Devices per tap whose last heard time is held between two `period` rows; past it the longest held go. */
const MAX_SEEN_LIVE = 2000;
/** Shown until the first summary. */
const NOT_HEARD = "not heard yet";
const UNKNOWN = "unknown";

interface Tap {
  name: string;
  version: string;
  connected: boolean;
  lastHeardAt: string | null;
  summary: Summary | null;
  /** From the register, shown until the first summary. */
  devices: number;
  openFindings: number;
  seen: Map<string, string>;
}
export type Seen = { deviceId: string; lastSeenAt: string }[];

const LIGHT_NAMES = Object.keys(LIGHTS) as LightName[];
const eachLight = (text: (light: LightName) => string) =>
  Object.fromEntries(LIGHT_NAMES.map((light) => [light, text(light)])) as TapView["lights"];

/** A newer tap's patterns are shown as given; words it didn't send come from the light table. */
function wordsOf(summary: Summary, light: LightName): string {
  const pattern = summary.lights[light];
  return summary.lightWords?.[light] ?? LIGHTS[light].rows.find((row) => row.pattern === pattern)?.words ?? pattern;
}

const viewOf = (tapId: string, { summary, ...tap }: Tap): TapView => ({
  tapId,
  name: tap.name,
  version: tap.version,
  connected: tap.connected,
  lastHeardAt: tap.lastHeardAt,
  lights: eachLight((light) => summary?.lights[light] ?? UNKNOWN),
  lightWords: eachLight((light) => (summary ? wordsOf(summary, light) : NOT_HEARD)),
  devices: summary?.devices ?? tap.devices,
  openFindings: summary?.openFindings ?? tap.openFindings,
  framesPerSecond: tap.connected ? (summary?.framesPerSecond ?? 0) : 0,
  framesLost: summary?.framesLost ?? null,
  observationsLost: summary?.observationsLost ?? 0,
  backlog: summary?.backlog ?? 0,
  interfaces: summary?.interfaces ?? [],
});

/** `kept`: what the store remembers from before this start. */
export function createTapBoard(kept: readonly KeptTap[]) {
  const taps = new Map<string, Tap>();
  for (const { tapId, summary, ...tap } of kept) {
    const checked = summarySchema.safeParse(summary);
    taps.set(tapId, { ...tap, connected: false, summary: checked.success ? checked.data : null, seen: new Map() });
  }

  return {
    views: (): TapView[] => [...taps].sort(([a], [b]) => (a < b ? -1 : 1)).map(([tapId, tap]) => viewOf(tapId, tap)),
    connectedCount: () => [...taps.values()].filter((tap) => tap.connected).length,
    /** The store greeted it. */
    greeted(tapId: string, name: string, version: string): TapView {
      const fresh = { lastHeardAt: null, summary: null, devices: 0, openFindings: 0, seen: new Map() };
      const tap: Tap = { ...fresh, ...taps.get(tapId), name, version, connected: true };
      taps.set(tapId, tap);
      return viewOf(tapId, tap);
    },
    /** Gives the tap as it is now and the devices heard later than was known. */
    heard(tapId: string, summary: Summary, at: string): { tap: TapView; seen: Seen } | undefined {
      const tap = taps.get(tapId);
      if (!tap) return undefined;
      Object.assign(tap, { summary, lastHeardAt: at });
      const seen: Seen = [];
      for (const { deviceId, lastSeenAt } of summary.active) {
        const time = readTime(lastSeenAt);
        if (time === null || time <= (tap.seen.get(deviceId) ?? "")) continue;
        // Deleted first, so that the map stays in the order of hearing.
        tap.seen.delete(deviceId);
        tap.seen.set(deviceId, time);
        seen.push({ deviceId, lastSeenAt: time });
      }
      for (const longest of tap.seen.keys()) {
        if (tap.seen.size <= MAX_SEEN_LIVE) break;
        tap.seen.delete(longest);
      }
      return { tap: viewOf(tapId, tap), seen };
    },
    gone(tapId: string): void {
      const tap = taps.get(tapId);
      if (tap) tap.connected = false;
    },
    /** For the store, when there is something to remember. */
    lastSummary(tapId: string): { at: string; summary: Summary } | undefined {
      const tap = taps.get(tapId);
      return tap?.summary && tap.lastHeardAt !== null ? { at: tap.lastHeardAt, summary: tap.summary } : undefined;
    },
    isConnected: (tapId: string): boolean => taps.get(tapId)?.connected ?? false,
    seenAt: (tapId: string, deviceId: string): string | undefined => taps.get(tapId)?.seen.get(deviceId),
  };
}
export type TapBoard = ReturnType<typeof createTapBoard>;
