/** What networks are for, as the hospital says: by VLAN, and by prefix, the longest of which wins. */
import { isInPrefix, type Prefix, parsePrefix } from "./networks.ts";

export const PURPOSES = ["clinical", "office", "guest", "building"] as const;
export type Purpose = (typeof PURPOSES)[number];

export type PurposeEntry = { vlan: number; purpose: Purpose } | { prefix: string; purpose: Purpose };

export interface Purposes {
  /** undefined: nothing was said about it. */
  ofIp(ip: string): Purpose | undefined;
  ofVlan(vlan: number): Purpose | undefined;
}

/** Throws with a plain sentence when a prefix can't be read. Of two entries for the same network the last one holds. */
export function createPurposes(entries: readonly PurposeEntry[]): Purposes {
  const vlans = new Map<number, Purpose>();
  const prefixes: { prefix: Prefix; purpose: Purpose }[] = [];
  for (const entry of entries) {
    if ("vlan" in entry) vlans.set(entry.vlan, entry.purpose);
    else prefixes.unshift({ prefix: parsePrefix(entry.prefix), purpose: entry.purpose });
  }
  prefixes.sort((a, b) => b.prefix.bits - a.prefix.bits);
  return {
    ofIp: (ip) => prefixes.find(({ prefix }) => isInPrefix(ip, prefix))?.purpose,
    ofVlan: (vlan) => vlans.get(vlan),
  };
}
