/** What the scan rules share: which attempts are unanswered ones of nobody who scans on purpose, one finding per host. */
import type { Device } from "../identify/device.ts";
import type { FanOut } from "../identify/identifier.ts";
import { hearsAnswers, type RuleContext, settingsOf, type Verdict } from "./rule.ts";
import { isListed } from "./settings.ts";

/** A server of many clients is asked by them; a scan asks those who mostly are not there. */
const MAX_ANSWERED_SHARE = 0.5;

export interface ScanWords {
  /** Tells several findings on one host apart. */
  key: string;
  why(widest: FanOut): string;
}

/** Text must not change with every count: so many at least are told. */
const STEPS = [1000, 500, 250, 100, 50, 25, 15] as const;

/** "at least 50 different addresses; few answered", for a finding's words. */
export const triedWords = ({ tried, answered }: FanOut, what: string): string =>
  `at least ${STEPS.find((step) => step <= tried) ?? tried} different ${what} in a short time; ${answered === 0 ? "none" : "few"} answered`;

/** One verdict per host and key over all its windows that `counts` picks: its first and last time are theirs. */
export function scans(
  context: RuleContext,
  counts: (fan: FanOut, device: Device | undefined) => boolean,
  words: (fan: FanOut) => ScanWords,
): Verdict[] {
  if (!hearsAnswers(context)) return [];
  const { knownScanners } = settingsOf(context);
  const devices = new Map(context.devices.map((device) => [device.id, device]));
  const found = new Map<string, FanOut[]>();
  for (const fan of context.fanOuts) {
    if (fan.answered > fan.tried * MAX_ANSWERED_SHARE) continue;
    const device = fan.deviceId === null ? undefined : devices.get(fan.deviceId);
    if (!counts(fan, device) || isKnown(knownScanners, fan, device)) continue;
    const key = `${fan.deviceId ?? fan.ip} ${words(fan).key}`;
    found.set(key, [...(found.get(key) ?? []), fan]);
  }
  return [...found.values()].map((windows) => {
    const widest = windows.reduce((a, b) => (b.tried > a.tried ? b : a));
    const { deviceId, ip } = widest;
    const { key, why } = words(widest);
    return {
      key: deviceId === null ? `${key} ${ip}`.trim() : key,
      ...(deviceId === null ? { about: "network" as const } : {}),
      deviceId,
      certainty: "confirmed" as const,
      why: why(widest),
      evidence: [],
      firstSeenAt: Math.min(...windows.map(({ firstSeenAt }) => firstSeenAt)),
      lastSeenAt: Math.max(...windows.map(({ lastSeenAt }) => lastSeenAt)),
    };
  });
}

const isKnown = (list: readonly string[], { ip }: FanOut, device: Device | undefined) =>
  device === undefined ? ip !== null && list.includes(ip) : isListed(list, device);
