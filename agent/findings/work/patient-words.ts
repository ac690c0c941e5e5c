/** What people write about a finding is kept and sent: words shaped like a patient's are refused before that. */
import { holdsDate, holdsNhsNumber, holdsPersonName } from "../../person-shaped.ts";

/** Dates alone are everyday in a reason ("replaced on 2026-05-01"). */
const BIRTH = /\b(?:dob|d\.o\.b|born|birth|birthday)\b/i;
const ADVICE = "Nothing about a patient may be written here: leave it out.";

/** A sentence for people when one of these texts must not be kept; named is the field, never what it held. */
export function patientProblem(texts: Readonly<Record<string, string | undefined>>): string | undefined {
  for (const [field, text] of Object.entries(texts)) {
    if (text === undefined) continue;
    const what = patientIn(text);
    if (what !== undefined) return `The ${field} holds what looks like ${what}. ${ADVICE}`;
  }
  return undefined;
}

function patientIn(text: string): string | undefined {
  // Typed by people: with wide digits, long dashes or dots between the groups too.
  const plain = text.normalize("NFKC");
  if (holdsNhsNumber(plain.replace(/[\p{Pd}.]/gu, "-"))) return "an NHS number";
  if (BIRTH.test(plain) && holdsDate(plain)) return "a date of birth";
  return holdsPersonName(plain) ? "a patient's name (with ^)" : undefined;
}
