/** Cuts the next batch of rows out of the ledger so that it fits one message. */
import type { Row } from "../ledger/rows.ts";
import { MAX_MESSAGE_BYTES, MAX_ROWS_PER_MESSAGE, rowSchema } from "./messages.ts";

/** What the uplink needs of the ledger; agent/ledger/ledger.ts has it all. */
export interface UplinkLedger {
  /** 32 hex digits; another one after a restore or repair. */
  readonly ledgerId: string;
  /** What the console has acknowledged; setting it is durable. */
  ackedRevision: number;
  /** The highest revision ever given. */
  revision(): number;
  /** The latest state of rows above `revision`, in order of revision; all of them are durable. */
  rowsAbove(revision: number, limit: number): Row[];
  /** Rows above the acknowledged revision. */
  backlog(): number;
}

export interface Batch {
  /** The message, ready to send. */
  text: string;
  upTo: number;
  rows: number;
  /** Rows that no message can hold: their body is left out and says so. */
  tooLarge: number;
}

/** Room for the message around the rows. */
const FRAME_BYTES = 256;

/** The next batch above `after`; undefined when the ledger has nothing above it. */
export function nextBatch(ledger: UplinkLedger, after: number): Batch | undefined {
  const revision = ledger.revision();
  if (revision <= after) return undefined;
  const found = ledger.rowsAbove(after, MAX_ROWS_PER_MESSAGE);
  const texts: string[] = [];
  let bytes = FRAME_BYTES;
  let tooLarge = 0;
  let upTo = after;
  for (const row of found) {
    const { text, cut } = rowText(row);
    const size = Buffer.byteLength(text) + 1;
    if (bytes + size > MAX_MESSAGE_BYTES) break;
    bytes += size;
    texts.push(text);
    upTo = row.revision;
    if (cut) tooLarge++;
  }
  // Revisions of rows that are gone count as sent once everything there is has been.
  if (texts.length === found.length && found.length < MAX_ROWS_PER_MESSAGE) upTo = revision;
  const head = JSON.stringify({ type: "rows", ledgerId: ledger.ledgerId, after, upTo });
  return { text: `${head.slice(0, -1)},"rows":[${texts.join(",")}]}`, upTo, rows: texts.length, tooLarge };
}

/** A row that fits no message goes without its body rather than holding up all behind it. */
function rowText(row: Row): { text: string; cut: boolean } {
  const text = JSON.stringify(row);
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_MESSAGE_BYTES - FRAME_BYTES - 1 && rowSchema.safeParse(row).success) return { text, cut: false };
  const bare = { ...row, kind: row.kind.slice(0, 32), key: row.key.slice(0, 1000), body: { tooLargeBytes: bytes } };
  return { text: JSON.stringify(bare), cut: true };
}
