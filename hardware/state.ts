/** From the facts a tap knows of itself to the four lights: pure, so that panel, LEDs and console show the same. */
import {
  LIGHT_NAMES,
  type LightName,
  type LightState,
  type LightStates,
  PATTERN_GLYPH,
  type Pattern,
  VERDICTS,
  type Verdict,
  worstPattern,
} from "./lights.ts";

/** Conversations between other people's devices heard on the mirror port in the window that is judged. */
export interface MirrorCounts {
  /** Pairs of unicast addresses heard talking TCP to each other both ways. */
  bothDirections: number;
  /** The same, but only one of the two was heard. */
  oneDirection: number;
  /** Broadcast and multicast frames. They prove a link, not a mirror. */
  broadcast: number;
  /** Frames lost in the window; 0 when it can't be known. */
  framesLost: number;
}

export type UplinkState = "none" | "current" | "backlog" | "unreachable" | "not-approved" | "refused";

/** What the agent knows; lightsFor turns it into lights. */
export interface TapState {
  agentRunning: boolean;
  /** `restarting` also while it is gone and nobody has brought it back yet. */
  sniffer: "running" | "starting" | "restarting";
  storageTrouble: boolean;
  clockTrouble: boolean;
  /** False when any capture interface has no link: a pulled cable must show. */
  linkUp: boolean;
  mirror: MirrorCounts;
  uplink: UplinkState;
  /** Severity of the worst open finding; null when none is open. */
  worstOpenFinding: "info" | "low" | "medium" | "high" | "critical" | null;
  /** The console asked "where are you?": all four lights chase, drivers see to it. */
  locate: boolean;
}

/** A switch floods a few frames of others to every port; so few one-way pairs are no mirror. */
export const MIN_ONE_WAY_PAIRS = 3;
/** More than this share of pairs heard one way only means that half of the traffic is missing. */
export const MAX_ONE_WAY_SHARE = 0.8;

/** What the mirror port proves: at least one verdict, the worst one is shown. */
export function mirrorVerdicts(linkUp: boolean, counts: MirrorCounts): Verdict[] {
  if (!linkUp) return ["no-link"];
  const verdicts: Verdict[] = [];
  if (counts.framesLost > 0) verdicts.push("losing-frames");
  const { bothDirections, oneDirection } = counts;
  if (bothDirections === 0 && oneDirection < MIN_ONE_WAY_PAIRS) verdicts.push("broadcast-only");
  else if (oneDirection > (bothDirections + oneDirection) * MAX_ONE_WAY_SHARE) verdicts.push("one-direction");
  else verdicts.push("both-directions");
  return verdicts;
}

const UPLINK_VERDICT: Readonly<Record<UplinkState, Verdict>> = {
  none: "no-console",
  current: "current",
  backlog: "backlog",
  unreachable: "unreachable",
  "not-approved": "not-approved",
  refused: "refused",
};

function healthVerdicts(state: TapState): Verdict[] {
  const verdicts: Verdict[] = ["running"];
  if (state.sniffer === "starting") verdicts.push("sniffer-starting");
  if (state.sniffer === "restarting") verdicts.push("sniffer-restarting");
  if (state.storageTrouble) verdicts.push("storage-trouble");
  if (state.clockTrouble) verdicts.push("clock-trouble");
  return verdicts;
}

function alertVerdict(worst: TapState["worstOpenFinding"]): Verdict {
  if (worst === "critical" || worst === "high") return "high-open";
  return worst === "medium" ? "medium-open" : "nothing-open";
}

/** Every verdict that holds, per light. */
export function verdictsFor(state: TapState): Record<LightName, Verdict[]> {
  return {
    health: healthVerdicts(state),
    mirror: mirrorVerdicts(state.linkUp, state.mirror),
    uplink: [UPLINK_VERDICT[state.uplink]],
    alert: [alertVerdict(state.worstOpenFinding)],
  };
}

/** The four lights for a state. With the agent dead all four are off, as they are in the ward. */
export function lightsFor(state: TapState): LightStates {
  if (!state.agentRunning) return lightsOff();
  const verdicts = verdictsFor(state);
  return {
    health: worstOf(verdicts.health),
    mirror: worstOf(verdicts.mirror),
    uplink: worstOf(verdicts.uplink),
    alert: worstOf(verdicts.alert),
  };
}

/** All four off, as after a shutdown or without power. */
export function lightsOff(words: string = VERDICTS["agent-dead"].words): LightStates {
  const off: LightState = { pattern: "off", words, glyph: PATTERN_GLYPH.off };
  return Object.fromEntries(LIGHT_NAMES.map((name) => [name, off])) as LightStates;
}

/** Several verdicts of one pattern are all said ("storage trouble; clock trouble"). */
function worstOf(verdicts: readonly Verdict[]): LightState {
  const pattern: Pattern = worstPattern(verdicts.map((name) => VERDICTS[name].pattern));
  const words = verdicts.filter((name) => VERDICTS[name].pattern === pattern).map((name) => VERDICTS[name].words);
  return { pattern, words: words.join("; "), glyph: PATTERN_GLYPH[pattern] };
}
