/** A device row as the commands show it, and its fields as text fit for a terminal. */
import type { Ledger } from "./ledger.ts";
import type { Row } from "./rows.ts";
import { printable } from "./text.ts";

/** A device row with what its hours add. Text fields are as the device gave them: not yet fit for a terminal. */
export interface Listed {
  [field: string]: unknown;
  id: string;
  class: string;
  lastSeenAt: string;
}

export function listed(row: Row, ledger: Ledger): Listed {
  const { body } = row;
  const id = String(body.id ?? row.key);
  const latest = ledger.lastOf("period", id)?.body.lastSeenAt;
  return { ...body, id, class: word(body.class) || "unknown", lastSeenAt: word(latest) || word(body.firstSeenAt) };
}

const word = (value: unknown) => (typeof value === "string" ? value : "");
/** Any field of a body as one line of printable text. */
export const shown = (value: unknown): string =>
  printable(Array.isArray(value) ? value.map(String).join(", ") : value === null ? "" : String(value ?? ""));
/** "2026-05-01 12:00:00", in UTC as everywhere. */
export const shownTime = (value: unknown) => shown(value).slice(0, 19).replace("T", " ");
