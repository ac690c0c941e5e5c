/** Asks the running agent, by the socket beside its ledger. */
import { createConnection } from "node:net";
import type { Answer } from "./decide.ts";
import { controlPath, pathProblem, readAnswer, requestLine } from "./messages.ts";

const MAX_ANSWER_BYTES = 64 * 1024;
const ANSWER_MS = 15_000;

/** "nobody": no agent listens there. "silent": something does, but gave no answer. "forbidden": not for this user. */
export type Asking = Answer | "nobody" | "silent" | "forbidden";

export function askAgent(
  ledgerPath: string,
  request: string,
  values: Record<string, unknown>,
  answerMs = ANSWER_MS,
): Promise<Asking> {
  const path = controlPath(ledgerPath);
  if (pathProblem(path) !== null) return Promise.resolve("nobody");
  return new Promise((resolve) => {
    const socket = createConnection(path);
    const timer = setTimeout(() => settle("silent"), answerMs);
    let text = "";
    const settle = (asking: Asking) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(asking);
    };
    socket.setEncoding("utf8");
    socket.on("connect", () => socket.write(requestLine(request, values)));
    socket.on("data", (chunk: string) => {
      text += chunk;
      const end = text.indexOf("\n");
      if (end !== -1) settle(readAnswer(text.slice(0, end)) ?? "silent");
      else if (text.length > MAX_ANSWER_BYTES) settle("silent");
    });
    socket.on("end", () => settle("silent"));
    socket.on("error", (error: NodeJS.ErrnoException) => settle(WITHOUT_ANSWER[error.code ?? ""] ?? "silent"));
  });
}

const WITHOUT_ANSWER: Record<string, Asking> = {
  ENOENT: "nobody",
  // A socket that its agent left behind.
  ECONNREFUSED: "nobody",
  ENOTSOCK: "nobody",
  EACCES: "forbidden",
  EPERM: "forbidden",
};
