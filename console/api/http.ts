/** What pages and other systems may ask by HTTP: state, health, the register, and the page's own files. */
import { existsSync } from "node:fs";
import { type FastifyError, type FastifyInstance, type FastifyReply, fastify } from "fastify";
import type { ConsoleLog } from "../log.ts";
import { isLocalHost } from "../upgrade.ts";
import { SECURITY_HEADERS } from "./headers.ts";
import { servePage } from "./page-files.ts";
import { type RegisterOptions, serveRegister } from "./register.ts";
import type { ConsoleState } from "./shapes.ts";

const REQUEST_MS = 30_000;
const HEADERS_MS = 10_000;
/** What people write about a finding fits well. */
const MAX_BODY_BYTES = 16 * 1024;
const MAX_CONNECTIONS = 2000;

interface Health {
  ok: boolean;
  version: string;
  [count: string]: number | string | boolean;
}

export interface HttpOptions {
  state: () => Promise<ConsoleState>;
  health: () => Health;
  register: RegisterOptions;
  /** The built page; absent: the address says how to build it. */
  pageFolder: string | undefined;
  log: ConsoleLog;
}

/** Errors are JSON {error, message}: a word for programs and a sentence for people. */
export async function buildHttp({ state, health, register, pageFolder, log }: HttpOptions): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_MS,
    forceCloseConnections: true,
    // A URL that can't be decoded is answered outside the hooks, so it gets its headers here.
    frameworkErrors: (_error, _request, reply: FastifyReply) => {
      reply.code(400).headers(SECURITY_HEADERS).send({ error: "bad-request", message: "This address can't be read." });
    },
  });
  // JSON alone: another page could send plain text without being asked for leave.
  app.removeContentTypeParser("text/plain");
  app.server.headersTimeout = HEADERS_MS;
  app.server.maxConnections = MAX_CONNECTIONS;

  app.addHook("onRequest", async (request, reply) => {
    reply.headers(SECURITY_HEADERS);
    if (request.url.startsWith("/api")) reply.header("cache-control", "no-store");
    if (!isLocalHost(request.headers.host)) {
      const message = "Ask for the console by localhost, 127.0.0.1 or [::1].";
      await reply.code(421).send({ error: "wrong-host", message });
    }
  });
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status === 415)
      return reply
        .code(415)
        .send({ error: "wrong-type", message: "Send JSON, with the content type application/json." });
    if (status < 500) return reply.code(status).send({ error: "bad-request", message: "This request can't be read." });
    log.error({ error: String(error) }, "a request failed");
    return reply.code(500).send({ error: "trouble", message: "The console can't answer now." });
  });
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ error: "not-found", message: "There is nothing at this address." }),
  );

  app.get("/api/state", () => state());
  app.get("/api/health", (_request, reply) => {
    const told = health();
    return reply.code(told.ok ? 200 : 503).send(told);
  });
  serveRegister(app, register);
  if (pageFolder !== undefined && existsSync(pageFolder)) await servePage(app, pageFolder);
  else {
    app.get("/", (_request, reply) =>
      reply.code(503).send({ error: "no-page", message: "The page isn't built yet: run npm run build." }),
    );
  }
  return app;
}
