/** A decision on a finding made from the command line: by the agent where one runs, else on the ledger itself. */
import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { askAgent } from "../control/client.ts";
import { type Answer, decide } from "../control/decide.ts";
import { Book } from "../findings/work/book.ts";
import { LedgerError } from "../ledger/error.ts";
import { findingsFromLedger } from "../ledger/finding-rows.ts";
import { type Ledger, openLedger } from "../ledger/ledger.ts";
import { CommandError, EXIT } from "./output.ts";

const DEAF_WRITER =
  "Another wardtap writes this ledger and takes no commands: it may be an older version, or has just begun. " +
  "Try again; if that doesn't help, restart it.";

/** A ledger has one writer: this command is it only where no agent runs, and for a moment. */
export async function decideFrom(path: string, asked: Record<string, unknown>): Promise<Answer> {
  const answer = await askAgent(path, "finding", asked);
  return typeof answer === "string" ? withoutAgent(answer, path, asked) : answer;
}

function withoutAgent(why: "nobody" | "silent" | "forbidden", path: string, asked: object): Answer {
  if (why === "silent") throw new CommandError("The agent runs but didn't answer: try again.");
  if (why === "forbidden") throw new CommandError("This user may not talk to the agent: use sudo.", EXIT.usage);
  // Opening for writing would make a ledger where there is none.
  if (!existsSync(path)) throw new CommandError(`There is no ledger yet. (${path})`, EXIT.usage);
  const clock = () => Date.now() * 1000;
  let ledger: Ledger | undefined;
  try {
    ledger = openLedger(path, { clock });
    return decide(new Book(findingsFromLedger(ledger)), ledger, asked, clock());
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    // Whoever holds the ledger didn't listen a moment ago.
    throw new CommandError(error.code === "busy" ? DEAF_WRITER : error.message);
  } finally {
    ledger?.close();
  }
}

/** Who logged in, also behind sudo. */
export function loginName(): string {
  const behindSudo = process.env["SUDO_USER"];
  if (behindSudo) return behindSudo;
  try {
    return userInfo().username;
  } catch {
    // A user without an entry in the password file.
    return `user ${process.getuid?.() ?? ""}`.trim();
  }
}
