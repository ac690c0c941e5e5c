/** What people may do with a finding: read from outside, checked, and done. */
import { z } from "zod";
import type { FindingState } from "../finding.ts";
import { patientProblem } from "./patient-words.ts";
import { basisOf, type HistoryEntry, type Move, moved, type Step, type WorkedFinding } from "./worked.ts";

const ACTIONS = ["acknowledge", "accept", "resolve", "false-alarm", "reopen"] as const;
export type ActionName = (typeof ACTIONS)[number];

const MAX_TEXT = 1000;
const MAX_NAME = 120;
/** Nobody accepts a risk for longer than this without looking again. */
const MAX_REVIEW_YEARS = 5;
const DAY_MICROS = 24 * 3600 * 1_000_000;

/** One line that people typed: no control or direction characters, blanks made one, ends trimmed. */
const line = (max: number) =>
  z
    .string()
    .max(max * 2)
    .transform((text) => text.replace(/[\p{C}\p{Z}]+/gu, " ").trim())
    .pipe(z.string().max(max));
const said = (max: number) => line(max).pipe(z.string().min(1));

/** A word more than these comes from a newer console and changes nothing. */
const askedSchema = z.object({
  findingId: z.string().min(1).max(64),
  action: z.enum(ACTIONS),
  by: said(MAX_NAME),
  reason: line(MAX_TEXT).optional(),
  control: line(MAX_TEXT).optional(),
  owner: line(MAX_NAME).optional(),
  /** A day ("2027-03-31", which counts whole) or a time, ISO 8601 UTC. */
  reviewAt: z.string().max(40).optional(),
});
export type Asked = z.infer<typeof askedSchema>;

/** Checks what came by a command, a socket or the uplink. The problem is a sentence for people. */
export function readAsked(value: unknown): { asked: Asked } | { problem: string } {
  const read = askedSchema.safeParse(value);
  if (read.success) {
    const { by, reason, control, owner } = read.data;
    const problem = patientProblem({ name: by, reason, "compensating control": control, owner });
    return problem === undefined ? { asked: read.data } : { problem };
  }
  const field = String(read.error.issues[0]?.path[0] ?? "request");
  return { problem: PROBLEMS[field] ?? `The ${field} can't be used: it is missing, too long or not text.` };
}

const PROBLEMS: Record<string, string> = {
  action: `What should be done? One of ${ACTIONS.join(", ")}.`,
  by: `Who does this? A name of 1 to ${MAX_NAME} characters is needed.`,
  findingId: "Which finding? Its id is needed.",
};

/** States from which an action leads on; from the state it leads to it changes nothing. */
const FROM: Record<ActionName, readonly FindingState[]> = {
  acknowledge: ["open"],
  accept: ["open", "acknowledged", "accepted"],
  resolve: ["open", "acknowledged", "accepted"],
  "false-alarm": ["open", "acknowledged", "accepted"],
  reopen: ["acknowledged", "accepted", "resolved", "false-alarm"],
};
const TO: Record<ActionName, FindingState> = {
  acknowledge: "acknowledged",
  accept: "accepted",
  resolve: "resolved",
  "false-alarm": "false-alarm",
  reopen: "open",
};
const STEPS: Record<ActionName, Step> = {
  acknowledge: "acknowledged",
  accept: "accepted",
  resolve: "resolved",
  "false-alarm": "false-alarm",
  reopen: "reopened",
};

export type Done = { next: WorkedFinding; message: string } | { problem: string };

/** `now` in microseconds. Asking twice for the same is answered like once, and changes nothing the second time. */
export function act(finding: WorkedFinding, asked: Asked, now: number): Done {
  const { action } = asked;
  const details = detailsOf(asked, now);
  if ("problem" in details) return details;
  const to = TO[action];
  if (finding.state === to && (action !== "accept" || saysTheSame(finding, details)))
    return { next: finding, message: `It is ${WORDS[to]} already.` };
  if (!FROM[action].includes(finding.state))
    return { problem: `It is ${WORDS[finding.state]}: reopen it first if it should become ${WORDS[to]}.` };
  const { why, ...more } = details;
  const entry: HistoryEntry = { at: now, by: asked.by, what: STEPS[action], why, ...more };
  const move: Move = { state: to, entry, basis: action === "reopen" ? null : basisOf(finding) };
  return { next: moved(finding, move), message: `It is ${WORDS[to]} now.` };
}

export const WORDS: Record<FindingState, string> = {
  open: "open",
  acknowledged: "acknowledged",
  accepted: "accepted as a risk",
  resolved: "resolved",
  "false-alarm": "a false alarm",
};

type Details = Pick<HistoryEntry, "why" | "control" | "owner" | "reviewAt">;

function detailsOf(
  { action, reason = "", control = "", owner = "", reviewAt }: Asked,
  now: number,
): Details | { problem: string } {
  if (action === "acknowledge" || action === "reopen") return { why: reason || null };
  if (reason === "") return { problem: "Why? A reason is needed." };
  if (action !== "accept") return { why: reason };
  if (control === "") return { problem: "What is done instead? A risk is accepted with a compensating control." };
  if (owner === "") return { problem: "Who answers for it? A risk is accepted with an owner." };
  const at = reviewAt === undefined ? null : readReview(reviewAt);
  if (at === null) return { problem: "Until when? A review date is needed, such as 2027-03-31." };
  if (at <= now) return { problem: "The review date has passed already." };
  if (at > now + MAX_REVIEW_YEARS * 366 * DAY_MICROS)
    return { problem: `The review date must be within ${MAX_REVIEW_YEARS} years.` };
  return { why: reason, control, owner, reviewAt: at };
}

/** Microseconds; a day counts until its end. Null for what is no date. */
function readReview(text: string): number | null {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  if (!isDay && !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?Z$/.test(text)) return null;
  const at = Date.parse(text);
  // The 31st of February is no day in March.
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== text.slice(0, 10)) return null;
  return at * 1000 + (isDay ? DAY_MICROS - 1 : 0);
}

const saysTheSame = ({ work }: WorkedFinding, { why, control, owner, reviewAt }: Details) =>
  work?.reason === why && work.control === control && work.owner === owner && work.reviewAt === reviewAt;
