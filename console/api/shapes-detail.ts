/** What the page may ask about one device, one finding, lists of findings, and what people ask of a tap. */
import type { DeviceView, FeedItem, FindingView } from "./shapes.ts";

/** What a person may do with a finding; the tap that keeps it does it. */
export const FINDING_ACTIONS = ["acknowledge", "accept", "resolve", "false-alarm", "reopen"] as const;
export type FindingAction = (typeof FINDING_ACTIONS)[number];

/** POST /api/findings/:registerId/work, as JSON from the console's own page. */
export interface WorkRequest {
  /** Made by the page: asked twice with one id it is done once. */
  id: string;
  action: FindingAction;
  /** Who asks, as they call themselves: there are no accounts. */
  by: string;
  reason?: string;
  /** What protects the device meanwhile. */
  control?: string;
  /** Who answers for it. */
  owner?: string;
  /** "2027-01-31": when an accepted risk comes up again. */
  reviewAt?: string;
}

/** What was asked of a tap, kept until it answers: waiting | done | refused | withdrawn. */
export interface WorkView {
  id: string;
  tapId: string;
  findingId: string;
  /** The finding's id in the register. */
  registerId: string;
  action: FindingAction;
  by: string;
  reason: string | null;
  control: string | null;
  owner: string | null;
  reviewAt: string | null;
  askedAt: string;
  state: "waiting" | "done" | "refused" | "withdrawn";
  answeredAt: string | null;
  /** What the tap said to it; "" while it waits. */
  message: string;
}

/** One step of what happened to a finding. */
export interface FindingStep {
  at: string | null;
  by: string | null;
  /** The state it came to, or what was done: as the tap says. */
  what: string;
  why: string | null;
}

export interface DeviceLink {
  /** null where the register doesn't show the device. */
  registerId: string | null;
  deviceId: string;
  /** What people call it; its id where nothing is known. */
  name: string;
  class: string;
  medical: boolean;
}

export interface EvidenceView {
  attribute: string;
  value: string;
  protocol: string;
  firstSeenAt: string | null;
  /** null where the tap doesn't say. */
  lastSeenAt: string | null;
  count: number | null;
}

export interface VulnerabilityView {
  cve: string;
  verdict: string;
  scores: { value: number; source: string }[];
  kev: boolean;
  ransomware: boolean;
  advisory: string;
  /** Why this verdict; "" where nobody says. */
  why: string;
}

/** GET /api/devices/:registerId */
export interface DeviceDetail {
  device: DeviceView;
  aliases: string[];
  claims: { field: string; value: string; because: string[]; confidence: number }[];
  contradictions: { field: string; values: string[]; because: string[] }[];
  evidence: EvidenceView[];
  services: { transport: string; port: number; protocol: string | null; side: string; firstSeenAt: string | null }[];
  peers: { device: DeviceLink | null; remote: string | null; service: string; firstSeenAt: string | null }[];
  findings: FindingView[];
  /** What the console judges of it by the advisories it knows; worst first. */
  vulnerabilities: VulnerabilityView[];
  /** Newest first, of the feed's lines. */
  history: FeedItem[];
  /** Heard per hour, newest first. */
  hours: { hourAt: string; frames: number; bytes: number }[];
  /** How many of each list there are; lists are cut. */
  totals: { evidence: number; services: number; peers: number; findings: number };
}

/** GET /api/findings/:registerId */
export interface FindingDetail {
  finding: FindingView;
  /** device | network | tap */
  about: string;
  device: DeviceLink | null;
  related: DeviceLink[];
  /** With whom, over which service. */
  between: { device: DeviceLink | null; remote: string | null; service: string }[];
  evidence: EvidenceView[];
  /** Pieces that the tap knows of, but doesn't tell one by one. */
  evidenceLeftOut: number;
  vulnerabilities: VulnerabilityView[];
  /** Addresses of standards and guidance behind the rule. */
  references: string[];
  /** How often its condition came back; null where the tap doesn't say. */
  times: number | null;
  /** Who works on it, by the tap's ledger; null while nobody has. */
  work: {
    by: string | null;
    at: string | null;
    reason: string | null;
    control: string | null;
    owner: string | null;
    reviewAt: string | null;
  } | null;
  /** Newest first. */
  history: FindingStep[];
  /** What was asked from here, newest first. */
  asked: WorkView[];
}

export interface FindingInList extends FindingView {
  device: DeviceLink | null;
  /** What was asked and its tap hasn't answered yet. */
  asked: FindingAction | null;
}

/** GET /api/findings?state=&severity=&medical=&tap=&rule=&from=&limit= */
export interface FindingPage {
  total: number;
  findings: FindingInList[];
}

/** GET /api/findings/groups, with the same filters: one of each rule. */
export interface FindingGroup {
  rule: string;
  /** Of its worst finding. */
  title: string;
  severity: string;
  findings: number;
  devices: number;
  medicalDevices: number;
  open: number;
  lastSeenAt: string;
}

/** How many of our devices, by verdict. */
export interface VerdictCounts {
  confirmed: number;
  likely: number;
  possible: number;
  notAffected: number;
}

export interface AdvisoryInList {
  id: string;
  title: string;
  publisher: string;
  /** "2019-10-01" */
  publishedAt: string | null;
  updatedAt: string | null;
  cves: number;
  worstScore: number | null;
  /** One of its vulnerabilities is known to be exploited. */
  kev: boolean;
  affected: VerdictCounts;
}

/** GET /api/advisories?search=&from=&limit=: those that concern our devices first, then the newest. */
export interface AdvisoryPage {
  total: number;
  advisories: AdvisoryInList[];
}

export interface AffectedDevice {
  device: DeviceLink;
  maker: string | null;
  model: string | null;
  version: string | null;
  verdict: string;
  why: string;
  cves: number;
}

/** GET /api/advisories/:what?from=&limit=, of an advisory's id or a CVE. */
export interface AffectedPage {
  what: string;
  /** The advisory itself, or those that name the CVE. */
  advisories: {
    id: string;
    title: string;
    publisher: string;
    publishedAt: string | null;
    url: string | null;
    remedies: string[];
    vulnerabilities: { cve: string; scores: { value: number; source: string }[]; kev: boolean; ransomware: boolean }[];
  }[];
  affected: VerdictCounts;
  /** Devices with a verdict, the surest first. */
  total: number;
  devices: AffectedDevice[];
}
