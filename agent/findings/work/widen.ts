/** Whether a behaviour reaches beyond what somebody decided on. */
import { createHash } from "node:crypto";
import type { Certainty, Severity } from "../finding.ts";
import { type Basis, MAX_MARKS, MAX_RELATED, type WorkedFinding } from "./worked.ts";

const SEVERITIES: readonly Severity[] = ["info", "low", "medium", "high", "critical"];
const CERTAINTIES: readonly Certainty[] = ["possible", "likely", "confirmed"];
/** 48 bits: enough to tell a hundred signs of one finding apart. */
const MARK_DIGITS = 12;
/** Hashes remembered, since the same signs come with every judgement; when full all are forgotten. */
const MAX_HASHES = 20_000;
const hashes = new Map<string, string>();

/** Signs as they are kept: hashed, since they may be long, sorted and bounded. */
export const marksOf = (signs: readonly string[]): string[] =>
  [...new Set(signs.map(markOf))].sort().slice(0, MAX_MARKS);

function markOf(sign: string): string {
  const known = hashes.get(sign);
  if (known !== undefined) return known;
  if (hashes.size >= MAX_HASHES) hashes.clear();
  const mark = createHash("sha256").update(sign).digest("hex").slice(0, MARK_DIGITS);
  hashes.set(sign, mark);
  return mark;
}

/**
 * In words what is new, empty when nothing is. An accepted risk widens with severity, certainty, other evidence and,
 * from medium on, other devices concerned; a partner more is everyday for what is low.
 */
export function widened(finding: WorkedFinding, basis: Basis): string[] {
  const words = graver(finding, basis);
  if (rank(CERTAINTIES, finding.certainty) > rank(CERTAINTIES, basis.certainty))
    words.push(`it is now ${finding.certainty}, it was ${basis.certainty}`);
  const signs = newMarks(finding, basis);
  if (signs > 0) words.push(`${count(signs, "new sign")}`);
  const known = new Set(basis.relatedDeviceIds);
  const others = finding.relatedDeviceIds.filter((id) => !known.has(id)).length;
  if (others > 0 && known.size < MAX_RELATED && rank(SEVERITIES, finding.severity) >= rank(SEVERITIES, "medium"))
    words.push(`${count(others, "other device")} concerned`);
  return words;
}

/** Whoever took note of a finding took note of it as grave as it was. */
export const graver = ({ severity }: WorkedFinding, basis: Basis): string[] =>
  rank(SEVERITIES, severity) > rank(SEVERITIES, basis.severity)
    ? [`severity rose from ${basis.severity} to ${severity}`]
    : [];

/** Of a false alarm only this evidence was judged: any other is news. */
export const otherEvidence = (finding: WorkedFinding, basis: Basis): string[] => {
  const signs = newMarks(finding, basis);
  return signs > 0 ? [`${count(signs, "new sign")} that nobody called a false alarm`] : [];
};

function newMarks({ marks }: WorkedFinding, basis: Basis): number {
  // A full list can't tell what is new.
  if (basis.marks.length >= MAX_MARKS) return 0;
  const known = new Set(basis.marks);
  return marks.filter((mark) => !known.has(mark)).length;
}

const rank = <T>(order: readonly T[], one: T) => order.indexOf(one);
const count = (number: number, what: string) => `${number} ${what}${number === 1 ? "" : "s"}`;
