/** The contract of a finding rule: a pure judgement over one device or over the tap itself. */
import type { Behaviour } from "../behaviour/behaviour.ts";
import type { Contact } from "../identify/contacts.ts";
import type { Device, DeviceEvidence } from "../identify/device.ts";
import type { FanOut, Stranger } from "../identify/identifier.ts";
import type { AdvisoryIndex } from "../knowledge/advisories/advisory-index.ts";
import type { MirrorCounts } from "../observe/observation.ts";
import type { Certainty, OtherEnd, Severity, Vulnerability } from "./finding.ts";
import { isOneWay } from "./mirror.ts";
import { DEFAULT_SETTINGS, type FindingSettings } from "./settings.ts";

/** What the tap knows of its own port; null in a replay, where there is no port. */
export interface TapFacts {
  interface: string;
  transmitted: number | null;
  /** When that count last rose, microseconds; left out by who doesn't watch it: then it is taken as rising now. */
  transmittedAt?: number;
  framesLost: number | null;
  frames: number;
  mirror: MirrorCounts;
  at: number;
  /** Share of frames lost over the last minutes, 0 to 1; null when it can't be known (yet). */
  lossShare?: number | null;
  /** How the machine's clock stands; synchronising: it has not yet waited long for a time server. */
  clock?: "synchronised" | "synchronising" | "unsynchronised" | "impossible" | "unknown";
}

export interface RuleContext {
  devices: readonly Device[];
  strangers: readonly Stranger[];
  fanOuts: readonly FanOut[];
  tap: readonly TapFacts[];
  /** Microseconds: judged by the observations' own time, or by --at. */
  now: number;
  /** Microseconds: dates are judged as of this moment (--at) rather than as of the observations' own. */
  at?: number;
  /** Published vulnerabilities; those that come with the program when left out. */
  advisories?: AdvisoryIndex;
  /** From the configuration; the defaults when left out. */
  settings?: FindingSettings;
  /** Whom these devices talk to; left out where that isn't known. */
  contactsOf?: (deviceIds: ReadonlySet<string>) => readonly Contact[];
  /** What was learnt of habits; left out, nothing is found unusual. */
  behaviour?: Behaviour;
}

/** One judgement. `key` tells several findings of one rule on one device apart, and must stay the same. */
export interface Verdict {
  key?: string;
  deviceId: string | null;
  relatedDeviceIds?: string[];
  severity?: Severity;
  /** When it differs from the rule's. */
  about?: "device" | "network" | "tap";
  certainty: Certainty;
  why: string;
  /** When there is better than the rule's. */
  advice?: string;
  vulnerabilities?: Vulnerability[];
  evidence: DeviceEvidence[];
  /** With whom, over which service. */
  between?: OtherEnd[];
  /**
   * What the behaviour consists of, in stable words: a decision on the finding covers these and no others. The values
   * of the evidence when left out.
   */
  signs?: string[];
  firstSeenAt: number;
  lastSeenAt: number;
}

/** What a piece of evidence stands for when a rule has no better word. */
export const valueSign = ({ attribute, value }: DeviceEvidence): string => `${attribute}=${value}`;

export const signsOf = ({ signs, evidence }: Pick<Verdict, "signs" | "evidence">): string[] =>
  signs ?? evidence.map(valueSign);

export interface FindingRule {
  /** Stable id; outside checks rely on it. */
  id: string;
  title: string;
  severity: Severity;
  about: "device" | "network" | "tap";
  /** What to do on a device that may not be patched. */
  advice: string;
  references: readonly string[];
  judge(context: RuleContext): Verdict[];
  /**
   * How a finding ends by itself. Left out: once its device was heard on 30 days without it (about the tap: never).
   * event: a day after it was last seen. condition: when the rule has stopped saying so for a while; its verdicts come
   * with every judgement as long as it holds, so only coming back counts as seen again.
   */
  lasts?: "event" | "condition";
  /**
   * Rules about the tap, whose verdicts are keyed by interface: true when this port's facts prove that an earlier
   * finding no longer holds. Without it a finding stays open until somebody closes it.
   */
  isOver?(facts: TapFacts): boolean;
}

/** A mirror of one direction carries no answers: there, that nobody answered proves nothing. */
export const hearsAnswers = ({ tap }: Pick<RuleContext, "tap">): boolean =>
  tap.length === 0 || tap.some(({ mirror }) => mirror.bothDirections > 0 && !isOneWay(mirror));

export const settingsOf = ({ settings }: Pick<RuleContext, "settings">): FindingSettings =>
  settings ?? DEFAULT_SETTINGS;

export const defineRule = (rule: FindingRule): FindingRule => rule;
