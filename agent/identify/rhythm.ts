/** How steadily a device is heard: since when, until when, and how long it was silent at most in between. */
import type { Group } from "./groups.ts";

export interface Rhythm {
  /** Microseconds: first and last heard since the tap started. */
  firstAt: number;
  lastAt: number;
  /** The longest silence meanwhile; rather too long than too short where a device has several addresses. */
  longestPause: number;
}

/** Null for a device that was never heard itself, such as one that a gateway reports. */
export function rhythmOf({ hosts }: Pick<Group, "hosts">): Rhythm | null {
  const heard = hosts.filter((host) => host.sentFrames > 0);
  if (heard.length === 0) return null;
  const firstAt = Math.min(...heard.map((host) => host.firstAt));
  const lastAt = Math.max(...heard.map((host) => host.presentAt));
  // While the device was silent each of its addresses was, so none of them tells of a shorter silence.
  const pauses = heard.map((host) => Math.max(host.firstAt - firstAt, host.longestPause, lastAt - host.presentAt));
  return { firstAt, lastAt, longestPause: Math.min(...pauses) };
}
