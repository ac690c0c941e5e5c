/** What can go wrong with the ledger, as a stable code and a sentence for people. */

export type LedgerErrorCode =
  | "busy"
  | "full"
  | "io"
  | "corrupt"
  | "newer"
  | "older"
  | "not-a-ledger"
  | "missing"
  | "read-only"
  | "not-found";

export class LedgerError extends Error {
  readonly code: LedgerErrorCode;
  constructor(code: LedgerErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "LedgerError";
    this.code = code;
  }
}

/** SQLite's and the file system's codes in plain words; the first that begins the code counts. */
const SENTENCES: [prefix: string, code: LedgerErrorCode, sentence: string][] = [
  ["SQLITE_FULL", "full", "The disk is full: nothing of this batch was written."],
  ["ENOSPC", "full", "The disk is full: nothing of this batch was written."],
  // The shared index beside the ledger can't grow: in practice the disk is full.
  ["SQLITE_IOERR_SHM", "full", "The disk is full: the ledger's index file can't grow."],
  ["SQLITE_IOERR", "io", "The disk refuses to read or write the ledger."],
  ["SQLITE_CANTOPEN", "io", "The ledger can't be opened: check the folder and its rights."],
  ["SQLITE_CORRUPT", "corrupt", "The ledger is damaged; it will be set aside at the next start."],
  ["SQLITE_NOTADB", "corrupt", "This is no ledger of wardtap, or it is damaged beyond reading."],
  ["SQLITE_BUSY", "busy", "The ledger is in use by another wardtap."],
  ["SQLITE_LOCKED", "busy", "The ledger is in use by another wardtap."],
  ["SQLITE_READONLY", "read-only", "The ledger can't be written: it, or its folder, is read-only for this user."],
  ["EACCES", "io", "The ledger can't be opened: this user has no right to it; try sudo."],
  ["EPERM", "io", "The ledger can't be opened: this user has no right to it; try sudo."],
  ["EROFS", "io", "The ledger can't be opened: the disk is read-only."],
];

/** A LedgerError for any error of SQLite or the file system; errors of the program itself pass through unchanged. */
export function asLedgerError(error: unknown, path: string): unknown {
  if (error instanceof LedgerError) return error;
  const code = String((error as { code?: unknown } | null)?.code ?? "");
  const known = SENTENCES.find(([prefix]) => code.startsWith(prefix));
  if (known) return new LedgerError(known[1], `${known[2]} (${path})`, error);
  if (/^(SQLITE_|E[A-Z]+$)/.test(code))
    return new LedgerError("io", `The ledger failed with ${code}. (${path})`, error);
  return error;
}
