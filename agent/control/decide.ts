/** One decision on a finding, from wherever it comes: checked, made, and durable before the answer says so. */
import { act, readAsked } from "../findings/work/act.ts";
import type { Book } from "../findings/work/book.ts";
import { LedgerError } from "../ledger/error.ts";
import { findingChange } from "../ledger/finding-rows.ts";
import type { Ledger } from "../ledger/ledger.ts";

export interface Answer {
  ok: boolean;
  /** One sentence for people, at most 500 characters. */
  message: string;
}

/** `value` is unchecked; `now` in microseconds. Whether rows changed shows in the ledger's revision. */
export function decide(book: Book, ledger: Pick<Ledger, "write">, value: unknown, now: number): Answer {
  const read = readAsked(value);
  if ("problem" in read) return no(read.problem);
  const finding = book.find(read.asked.findingId);
  if (finding === undefined) return no("This tap has no such finding.");
  const done = act(finding, read.asked, now);
  if ("problem" in done) return no(done.problem);
  if (done.next !== finding) {
    try {
      if (ledger.write([findingChange(done.next)]).refused > 0) return no("The ledger has no room for this.");
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      return no(error.message.slice(0, 500));
    }
    book.put(done.next);
  }
  return { ok: true, message: done.message };
}

const no = (message: string): Answer => ({ ok: false, message });
