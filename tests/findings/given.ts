/** Devices and evidence for tests of the rules: named is only what matters. */
import type { Finding } from "../../agent/findings/finding.ts";
import { judgeFindings } from "../../agent/findings/judge.ts";
import type { RuleContext } from "../../agent/findings/rule.ts";
import type { Device, DeviceEvidence } from "../../agent/identify/device.ts";

export const NOW = 1_760_000_000_000_000;

export const piece = (attribute: string, value: string, more: Partial<DeviceEvidence> = {}): DeviceEvidence => ({
  attribute,
  value,
  protocol: value,
  count: 1,
  firstSeenAt: NOW,
  lastSeenAt: NOW + 5,
  firstFrame: null,
  ...more,
});

export const device = (more: Partial<Device> = {}): Device => ({
  id: "dev-0000000000000001",
  aliases: [],
  macs: [],
  ips: [],
  vlans: [],
  names: [],
  class: "unknown",
  medical: false,
  criticality: null,
  maker: null,
  model: null,
  version: null,
  serial: null,
  os: null,
  confidence: 0,
  roles: [],
  randomisedMac: false,
  reportedBy: null,
  firstSeenAt: NOW,
  lastSeenAt: NOW,
  frames: 1,
  bytes: 1,
  services: [],
  peers: [],
  evidence: [],
  claims: [],
  contradictions: [],
  ...more,
});

/** All rules, over these devices and whatever else is given. */
export const judge = (context: Partial<RuleContext>): Finding[] =>
  judgeFindings({ devices: [], strangers: [], fanOuts: [], tap: [], now: NOW, ...context });

/** What one rule says of these devices. */
export const ofRule = (rule: string, ...devices: Device[]): Finding[] =>
  judge({ devices }).filter((finding) => finding.rule === rule);
