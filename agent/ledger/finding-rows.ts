/** Findings as ledger rows, with their work; and read back after a restart. */
import { z } from "zod";
import type { Finding, Vulnerability } from "../findings/finding.ts";
import {
  type HistoryEntry,
  MAX_FORMER_IDS,
  MAX_HISTORY,
  MAX_MARKS,
  MAX_RELATED,
  type Work,
  type WorkedFinding,
} from "../findings/work/worked.ts";
import { isoMicros, parseIsoMicros } from "../time.ts";
import type { Ledger } from "./ledger.ts";
import { type FindingBody, type HistoryBody, type Row, type RowChange, rowKey, type WorkBody } from "./rows.ts";

/** A finding as its row. One that nobody holds (yet) has no counts and no work. */
export function findingChange(finding: Finding | WorkedFinding): RowChange {
  const body = "countedAt" in finding ? heldBody(finding) : plainBody(finding);
  return { kind: "finding", key: rowKey(finding.id), body: { ...body } };
}

const plainBody = ({ lastSeenAt: _, firstSeenAt, evidence, ...finding }: Finding): FindingBody => ({
  ...finding,
  evidence: evidence.map(({ attribute, value, protocol, ...piece }) => ({
    attribute,
    value,
    protocol,
    firstSeenAt: isoMicros(piece.firstSeenAt),
  })),
  firstSeenAt: isoMicros(firstSeenAt),
});

const heldBody = ({ countedAt, work, ...finding }: WorkedFinding): FindingBody => {
  const plain = plainBody(finding);
  return {
    ...plain,
    evidence: plain.evidence.map((piece, index) => ({
      ...piece,
      count: finding.evidence[index]!.count,
      lastSeenAt: isoMicros(finding.evidence[index]!.lastSeenAt),
    })),
    lastSeenAt: isoMicros(finding.lastSeenAt),
    countedAt: isoMicros(countedAt),
    work: work === null ? null : workBody(work),
  };
};

const workBody = ({ at, reviewAt, history, ...work }: Work): WorkBody => ({
  ...work,
  at: isoMicros(at),
  reviewAt: reviewAt === null ? null : isoMicros(reviewAt),
  history: history.map(historyBody),
});

const historyBody = ({ at, reviewAt, ...entry }: HistoryEntry): HistoryBody => ({
  ...entry,
  at: isoMicros(at),
  ...(reviewAt === undefined ? {} : { reviewAt: isoMicros(reviewAt) }),
});

const time = z.string().transform((text) => parseIsoMicros(text) ?? 0);
const timeOrNull = z
  .string()
  .nullable()
  .catch(null)
  .transform((text) => (text === null ? null : parseIsoMicros(text)));
const textOrNull = z.string().nullable().catch(null);
const texts = (most: number) =>
  z
    .array(z.string())
    .catch([])
    .transform((list) => list.slice(0, most));
const count = z.number().int().min(0);
const severity = z.enum(["info", "low", "medium", "high", "critical"]);
const certainty = z.enum(["confirmed", "likely", "possible"]);
const STEPS = [
  ...["acknowledged", "accepted", "resolved", "false-alarm", "reopened"],
  ...["review-due", "widened", "seen-again", "ended", "merged"],
] as HistoryEntry["what"][];

const historySchema = z.object({
  at: time,
  by: z.string(),
  what: z.enum(STEPS),
  why: textOrNull,
  control: z.string().optional(),
  owner: z.string().optional(),
  reviewAt: time.optional(),
});
const workSchema = z.object({
  by: z.string(),
  at: time,
  reason: textOrNull,
  control: textOrNull,
  owner: textOrNull,
  reviewAt: timeOrNull,
  basis: z
    .object({ severity, certainty, marks: texts(MAX_MARKS), relatedDeviceIds: texts(MAX_RELATED) })
    .nullable()
    .catch(null),
  history: z.array(z.unknown()).transform((list) => list.flatMap(readEntry).slice(-MAX_HISTORY)),
  historyLeftOut: count.catch(0),
});

/** Fields of other parts are kept as they are: a restart must not change what a row says. */
const findingSchema = z.looseObject({
  id: z.string().min(1),
  rule: z.string(),
  severity,
  certainty,
  state: z.enum(["open", "acknowledged", "accepted", "resolved", "false-alarm"]),
  about: z.enum(["device", "network", "tap"]),
  deviceId: z.string().nullable(),
  relatedDeviceIds: texts(MAX_RELATED),
  title: z.string(),
  why: z.string(),
  advice: z.string(),
  vulnerabilities: z.array(z.custom<Vulnerability>(isVulnerability)).catch([]),
  evidence: z.array(
    z.object({
      attribute: z.string(),
      value: z.string(),
      protocol: z.string(),
      firstSeenAt: time,
      count: count.catch(1),
      lastSeenAt: time.optional(),
    }),
  ),
  firstSeenAt: time,
  lastSeenAt: time.optional(),
  countedAt: time.optional(),
  key: z.string().catch(""),
  marks: texts(MAX_MARKS),
  times: count.catch(1),
  evidenceLeftOut: count.catch(0),
  formerIds: texts(MAX_FORMER_IDS),
  quietDays: count.catch(0),
  quietDay: count.catch(0),
  work: workSchema.nullable().catch(null),
});

/** Null for a row that can't be understood: a damaged or newer one is left as it is, never believed. */
function findingFromRow({ body }: Pick<Row, "body">): WorkedFinding | null {
  const read = findingSchema.safeParse(body);
  if (!read.success) return null;
  const { evidence, firstSeenAt, lastSeenAt = firstSeenAt, countedAt = 0, ...rest } = read.data;
  return {
    ...rest,
    firstSeenAt,
    lastSeenAt,
    countedAt,
    evidence: evidence.map((piece) => ({
      ...piece,
      lastSeenAt: piece.lastSeenAt ?? piece.firstSeenAt,
      firstFrame: null,
    })),
  } as WorkedFinding;
}

/** Every finding of the ledger that can be understood. */
export function* findingsFromLedger(ledger: Pick<Ledger, "iterate">): IterableIterator<WorkedFinding> {
  for (const row of ledger.iterate("finding")) {
    const finding = findingFromRow(row);
    if (finding !== null) yield finding;
  }
}

function isVulnerability(value: unknown): boolean {
  const { cve, scores } = (value ?? {}) as Partial<Vulnerability>;
  return typeof cve === "string" && Array.isArray(scores);
}

function readEntry(value: unknown): HistoryEntry[] {
  const read = historySchema.safeParse(value);
  return read.success ? [read.data as HistoryEntry] : [];
}
