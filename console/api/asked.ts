/** Reads what a page asks: filters of a list, and what shall be done with a finding; everything is checked and bounded. */
import { z } from "zod";
import { patientProblem } from "../../agent/findings/work/patient-words.ts";
import { plainText } from "../plain-text.ts";
import type { AdvisoryQuery, FindingQuery } from "../store/store.ts";
import { FINDING_ACTIONS, type WorkRequest } from "./shapes-detail.ts";

const MAX_PAGE = 200;
const DEFAULT_PAGE = 50;
const MAX_FROM = 1_000_000;
const MAX_WORD = 200;
const MAX_NAME = 120;
const MAX_TEXT = 1000;

const word = z.string().min(1).max(MAX_WORD).optional();
const querySchema = z.object({
  state: word,
  severity: word,
  medical: z.enum(["yes", "no"]).optional(),
  tap: word,
  rule: word,
  from: z.coerce.number().int().min(0).max(MAX_FROM).default(0),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(DEFAULT_PAGE),
});

/** undefined when the query can't be read; what it names beside the filters is passed over. */
export function readFindingQuery(query: unknown): FindingQuery | undefined {
  const read = querySchema.safeParse(query);
  if (!read.success) return undefined;
  const { medical, tap, ...rest } = read.data;
  return { ...rest, medical: medical === undefined ? undefined : medical === "yes", tapId: tap };
}

const pageSchema = querySchema
  .pick({ from: true, limit: true })
  .extend({ search: z.string().max(MAX_WORD).default("") });

/** undefined when it can't be read. */
export const readAdvisoryQuery = (query: unknown): AdvisoryQuery | undefined => pageSchema.safeParse(query).data;

/** One line that a person typed; "" counts as not given. */
const line = (max: number) =>
  z
    .string()
    .max(max)
    .transform((text) => plainText(text, max) || undefined)
    .optional();
const workSchema = z.object({
  id: z.string().regex(/^[\w-]{8,64}$/),
  action: z.enum(FINDING_ACTIONS),
  by: line(MAX_NAME),
  reason: line(MAX_TEXT),
  control: line(MAX_TEXT),
  owner: line(MAX_NAME),
  reviewAt: z
    .string()
    .regex(/^\d{4}-\d\d-\d\d$/)
    .optional(),
});

/** The problem is a sentence for people; `now` is ISO 8601 UTC. The tap looks again, and has the last word. */
export function readWork(body: unknown, now: string): { work: WorkRequest } | { problem: string } {
  const read = workSchema.safeParse(body);
  if (!read.success) {
    const field = String(read.error.issues[0]?.path[0] ?? "request");
    return { problem: `The ${field} can't be used: it is missing, too long or of the wrong kind.` };
  }
  const { id, action, by, ...said } = read.data;
  const given = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
  if (by === undefined) return { problem: "Who are you? A name is needed." };
  const { reason, control, owner } = said;
  // Looked at here too: what is asked is kept until the tap answers.
  const problem =
    patientProblem({ name: by, reason, "compensating control": control, owner }) ??
    problemOf(action, said, now.slice(0, 10));
  return problem === undefined ? { work: { id, action, by, ...given } } : { problem };
}

type Said = Omit<z.infer<typeof workSchema>, "id" | "action" | "by">;

function problemOf(action: WorkRequest["action"], said: Said, today: string): string | undefined {
  if (action === "acknowledge" || action === "reopen") return undefined;
  if (said.reason === undefined) return "Why? A reason is needed.";
  if (action !== "accept") return undefined;
  if (said.control === undefined) return "What is done instead? A risk is accepted with a compensating control.";
  if (said.owner === undefined) return "Who answers for it? A risk is accepted with an owner.";
  if (said.reviewAt === undefined) return "Until when? A risk is accepted with a review date.";
  return said.reviewAt > today ? undefined : "The review date must lie ahead.";
}
