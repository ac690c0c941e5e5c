/** What a command and the agent say to each other: one line of JSON each way. */
import { z } from "zod";
import type { Answer } from "./decide.ts";

export const MAX_REQUEST_BYTES = 16 * 1024;
/** A socket's name holds no more bytes than this (unix(7), sun_path). */
const MAX_PATH_BYTES = 107;

/** Beside the ledger, whose writer listens there. */
export const controlPath = (ledgerPath: string): string => `${ledgerPath}.sock`;

/** Why no socket can have this name; null when one can. */
export const pathProblem = (path: string): string | null =>
  Buffer.byteLength(path) > MAX_PATH_BYTES
    ? "commands can't reach this agent: the ledger's path is too long for a socket beside it"
    : null;

/** A word more than these comes from a newer command and changes nothing. */
const requestSchema = z.object({ request: z.string().max(32), arguments: z.record(z.string(), z.unknown()) });
const answerSchema = z.object({ ok: z.boolean(), message: z.string().max(1000) });

type Request = z.infer<typeof requestSchema>;

export const requestLine = (request: string, values: Record<string, unknown>): string =>
  `${JSON.stringify({ request, arguments: values })}\n`;

export function readRequest(line: string): Request | { problem: string } {
  if (Buffer.byteLength(line) > MAX_REQUEST_BYTES) return { problem: "The request is too long." };
  const read = requestSchema.safeParse(parsed(line));
  return read.success ? read.data : { problem: "The request can't be read." };
}

/** Null for anything that is no answer. */
export function readAnswer(line: string): Answer | null {
  const read = answerSchema.safeParse(parsed(line));
  return read.success ? read.data : null;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
