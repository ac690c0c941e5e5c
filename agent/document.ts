/** The JSON document of `wardtap replay --json`: devices and findings with outside forms of times and numbers. */
import type { Finding } from "./findings/finding.ts";
import type { Device, DeviceEvidence } from "./identify/device.ts";
import { isoMicros } from "./time.ts";

export interface CaptureSection {
  frames: number;
  bytes: number;
  firstFrameAt: string | null;
  lastFrameAt: string | null;
  truncated: boolean;
  interfaces: string[];
  malformed: Record<string, number>;
  unknown: Record<string, number>;
  duplicates: number;
  droppedNames: number;
  hiddenAccessPoints: number;
}

export interface Document {
  schema: 1;
  tap: { id: string; version: string; knowledge: string; config: string };
  capture: CaptureSection;
  devices: unknown[];
  findings: unknown[];
}

export const deviceForm = (device: Device) => ({
  ...device,
  confidence: twoDecimals(device.confidence),
  firstSeenAt: isoMicros(device.firstSeenAt),
  lastSeenAt: isoMicros(device.lastSeenAt),
  evidence: device.evidence.map(evidenceForm),
  claims: device.claims.map((claim) => ({ ...claim, confidence: twoDecimals(claim.confidence) })),
});

/** Without what only serves to recognise it again. */
export const findingForm = ({ key: _, marks: __, ...finding }: Finding & { key?: string; marks?: string[] }) => ({
  ...finding,
  evidence: finding.evidence.map(evidenceForm),
  firstSeenAt: isoMicros(finding.firstSeenAt),
  lastSeenAt: isoMicros(finding.lastSeenAt),
});

const evidenceForm = (piece: DeviceEvidence) => ({
  attribute: piece.attribute,
  value: piece.value,
  protocol: piece.protocol,
  count: piece.count,
  firstSeenAt: isoMicros(piece.firstSeenAt),
  lastSeenAt: isoMicros(piece.lastSeenAt),
  firstFrame: piece.firstFrame,
});

const twoDecimals = (value: number) => Math.round(value * 100) / 100;

/** Keys sorted by code unit, so that the same counts give the same bytes. */
export const sortedCounts = (counts: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
