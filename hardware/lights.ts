/** The light table: what each of the four lights says by which blink pattern. Card, docs, panel and pages draw from it. */

/** Best first; "the worst state that holds wins" reads this list from its end. */
export const PATTERNS = ["off", "solid", "slow", "fast", "double"] as const;
export type Pattern = (typeof PATTERNS)[number];

/** In the order they sit on the tap, left to right. */
export const LIGHT_NAMES = ["health", "mirror", "uplink", "alert"] as const;
export type LightName = (typeof LIGHT_NAMES)[number];

/** Milliseconds on, off, on, off ... repeated from the start; slow is 1 Hz, fast is 5 Hz. */
export const PATTERN_MS: Readonly<Record<Pattern, readonly number[]>> = {
  off: [0, 1000],
  solid: [1000, 0],
  slow: [500, 500],
  fast: [100, 100],
  double: [100, 150, 100, 650],
};

/** How people name a pattern aloud. */
export const PATTERN_WORDS: Readonly<Record<Pattern, string>> = {
  off: "off",
  solid: "on, steady",
  slow: "slow blink (once a second)",
  fast: "fast blink (five times a second)",
  double: "double blink (two flashes, a pause)",
};

/** Still signs for pages and terminals, told apart by shape, not by colour. */
export const PATTERN_GLYPH: Readonly<Record<Pattern, string>> = {
  off: "○",
  solid: "●",
  slow: "◐",
  fast: "▲",
  double: "◎",
};

export interface LightRow {
  pattern: Pattern;
  /** What it means, in plain words. */
  words: string;
  glyph: string;
  /** What the person in front of it does now. */
  advice: string;
}

export interface Light {
  name: LightName;
  /** As printed on the case. */
  label: string;
  colour: "green" | "blue" | "white" | "red";
  rows: readonly LightRow[];
}

const row = (pattern: Pattern, words: string, advice: string): LightRow => ({
  pattern,
  words,
  glyph: PATTERN_GLYPH[pattern],
  advice,
});

export const LIGHTS: Readonly<Record<LightName, Light>> = {
  health: {
    name: "health",
    label: "HEALTH",
    colour: "green",
    rows: [
      row(
        "off",
        "no power or agent dead",
        "Check the power plug. If it has power, unplug it, wait ten seconds, plug it in.",
      ),
      row("slow", "running", "Nothing to do."),
      row("fast", "starting or restarting the sniffer", "Wait two minutes. If it goes on, report it."),
      row(
        "double",
        "storage or clock trouble",
        "Leave it plugged in and report it: the card or the clock needs attention.",
      ),
    ],
  },
  mirror: {
    name: "mirror",
    label: "MIRROR",
    colour: "blue",
    rows: [
      row("off", "no link", "Push the mirror cable in until it clicks, at both ends. Try another cable."),
      row("solid", "both directions of other people's traffic seen", "Nothing to do."),
      row(
        "slow",
        "link, only broadcast: port isn't mirroring",
        "Ask the network team to turn on mirroring for this port.",
      ),
      row("fast", "one direction only", "Ask the network team to mirror both directions (receive and transmit)."),
      row("double", "losing frames", "Report it: the mirror sends more than the tap or the port can take."),
    ],
  },
  uplink: {
    name: "uplink",
    label: "UPLINK",
    colour: "white",
    rows: [
      row(
        "off",
        "no console configured",
        "Ask the central team for a join token, or leave it so if the tap works alone.",
      ),
      row("solid", "console has everything", "Nothing to do."),
      row("slow", "sending a backlog", "Nothing to do: it catches up by itself."),
      row(
        "fast",
        "cannot reach the console or not yet approved",
        "Check the other network cable; ask the central team to approve the tap.",
      ),
      row(
        "double",
        "refused: revoked or wrong certificate",
        "Report it to the central team: only they can put it right.",
      ),
    ],
  },
  alert: {
    name: "alert",
    label: "ALERT",
    colour: "red",
    rows: [
      row("off", "nothing medium or above open", "Nothing to do."),
      row("slow", "medium finding open", "Nothing to do at the tap: the central team sees it."),
      row("fast", "high or critical finding open", "Nothing to do at the tap: the central team sees it."),
    ],
  },
};

const verdict = <L extends LightName>(light: L, pattern: Pattern, words: string) => ({ light, pattern, words });

/** Every judgement that a light can show, with the pattern it asks for. A row may hold several. */
export const VERDICTS = {
  "agent-dead": verdict("health", "off", "no power or agent dead"),
  running: verdict("health", "slow", "running"),
  "sniffer-starting": verdict("health", "fast", "starting the sniffer"),
  "sniffer-restarting": verdict("health", "fast", "restarting the sniffer"),
  "storage-trouble": verdict("health", "double", "storage trouble"),
  "clock-trouble": verdict("health", "double", "clock trouble"),
  "no-link": verdict("mirror", "off", "no link"),
  "both-directions": verdict("mirror", "solid", "both directions of other people's traffic seen"),
  "broadcast-only": verdict("mirror", "slow", "link, only broadcast: port isn't mirroring"),
  "one-direction": verdict("mirror", "fast", "one direction only"),
  "losing-frames": verdict("mirror", "double", "losing frames"),
  "no-console": verdict("uplink", "off", "no console configured"),
  current: verdict("uplink", "solid", "console has everything"),
  backlog: verdict("uplink", "slow", "sending a backlog"),
  unreachable: verdict("uplink", "fast", "cannot reach the console"),
  "not-approved": verdict("uplink", "fast", "not yet approved by the console"),
  refused: verdict("uplink", "double", "refused: revoked or wrong certificate"),
  "nothing-open": verdict("alert", "off", "nothing medium or above open"),
  "medium-open": verdict("alert", "slow", "medium finding open"),
  "high-open": verdict("alert", "fast", "high or critical finding open"),
} as const;
export type Verdict = keyof typeof VERDICTS;

/** One light as it is now. */
export interface LightState {
  pattern: Pattern;
  words: string;
  glyph: string;
}
export type LightStates = Record<LightName, LightState>;

/** The pattern furthest to the right of the table: double, fast, slow, solid, off. No patterns: off. */
export function worstPattern(patterns: Iterable<Pattern>): Pattern {
  let worst = 0;
  for (const pattern of patterns) worst = Math.max(worst, PATTERNS.indexOf(pattern));
  return PATTERNS[worst]!;
}

/** The row a light shows for a pattern; undefined where the table has no such row. */
export const rowFor = (light: LightName, pattern: Pattern): LightRow | undefined =>
  LIGHTS[light].rows.find((candidate) => candidate.pattern === pattern);
