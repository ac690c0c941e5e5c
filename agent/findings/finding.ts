/** A finding: a judgement about a device, the network or the tap itself, with its reasons. */
import type { DeviceEvidence } from "../identify/device.ts";

export type Severity = "info" | "low" | "medium" | "high" | "critical";
/** confirmed: seen on the wire; likely: identity certain, version unknown; possible: maker or stack only. */
export type Certainty = "confirmed" | "likely" | "possible";
export type FindingState = "open" | "acknowledged" | "accepted" | "resolved" | "false-alarm";

export interface Vulnerability {
  cve: string;
  verdict: "confirmed" | "likely" | "possible" | "not-affected";
  scores: { value: number; source: string }[];
  kev: boolean;
  ransomware: boolean;
  advisory: string;
  /** Why this verdict, in words. */
  because?: string;
}

/** Other ends told of one finding. */
export const MAX_BETWEEN = 20;

/** With whom: another device, or an address or network outside; and the service ("tcp/23"). */
export interface OtherEnd {
  deviceId: string | null;
  remote: string | null;
  service: string;
}

export interface Finding {
  id: string;
  rule: string;
  severity: Severity;
  certainty: Certainty;
  state: FindingState;
  about: "device" | "network" | "tap";
  deviceId: string | null;
  relatedDeviceIds: string[];
  title: string;
  why: string;
  advice: string;
  vulnerabilities: Vulnerability[];
  /** Digest of the knowledge it was judged by; null when read back from before there was one. */
  knowledgeVersion?: string | null;
  evidence: DeviceEvidence[];
  /** At most MAX_BETWEEN, where the rule knows. */
  between?: OtherEnd[];
  /** Microseconds. */
  firstSeenAt: number;
  lastSeenAt: number;
}
