/** The agent's ear for commands on the same machine: a socket beside the ledger, one request and one answer each. */
import { chmodSync, lstatSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import type { Answer } from "./decide.ts";
import { MAX_REQUEST_BYTES, pathProblem, readRequest } from "./messages.ts";

/** Commands heard at the same time; one more is turned away at once. */
export const MAX_CLIENTS = 8;
/** Whoever hasn't asked by then, or doesn't take the answer, is hung up on. */
const CLIENT_MS = 5000;
const OWNER_ONLY = 0o600;

export interface ControlLog {
  warn(fields: object, message: string): void;
}

export interface Control {
  close(): Promise<void>;
}

/**
 * Listens at `path`, which nobody else may use: the caller holds the ledger's writer lock, so a socket that is there
 * already was left behind. Resolves with null, after a line of log, when it can't: a tap works on without commands.
 */
export async function openControl(
  path: string,
  answer: (request: string, values: unknown) => Answer,
  log: ControlLog,
  clientMs = CLIENT_MS,
): Promise<Control | null> {
  const problem = pathProblem(path);
  if (problem !== null) return said(log, problem);
  const clients = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    clients.add(client);
    client.on("close", () => clients.delete(client));
    serve(client, answer, clientMs);
  });
  server.maxConnections = MAX_CLIENTS;
  try {
    removeLeftover(path);
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      // Nobody else can reach it between the making and the changing of its rights.
      const before = process.umask(0o177);
      server.listen(path, resolve);
      process.umask(before);
    });
    chmodSync(path, OWNER_ONLY);
  } catch (error) {
    server.close();
    return said(log, `commands can't reach this agent (${(error as NodeJS.ErrnoException).code ?? "unknown error"})`);
  }
  server.on("error", () => undefined);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const client of clients) client.destroy();
      }),
  };
}

function said(log: ControlLog, message: string): null {
  log.warn({}, message);
  return null;
}

/** Anything but a socket is somebody's file: then listening fails, and says so. */
function removeLeftover(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket()) rmSync(path);
}

function serve(client: Socket, answer: (request: string, values: unknown) => Answer, clientMs: number): void {
  let text = "";
  let done = false;
  const timer = setTimeout(() => client.destroy(), clientMs);
  client.setEncoding("utf8");
  client.on("close", () => clearTimeout(timer));
  client.on("error", () => client.destroy());
  client.on("data", (chunk: string) => {
    if (done) return;
    text += chunk;
    const end = text.indexOf("\n");
    if (end !== -1) reply(text.slice(0, end));
    else if (text.length > MAX_REQUEST_BYTES) reply(text);
  });
  client.on("end", () => {
    if (!done) client.destroy();
  });

  function reply(line: string): void {
    done = true;
    text = "";
    const read = readRequest(line);
    const said = "problem" in read ? { ok: false, message: read.problem } : answer(read.request, read.arguments);
    client.end(`${JSON.stringify(said)}\n`);
    // What else it sends is not kept; once it has hung up, or its time is over, it is gone.
    client.resume();
  }
}
