/** Keeps other web pages from changing anything here: they share the browser, not the origin. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { isSameOrigin } from "../upgrade.ts";

/**
 * For requests that change something. A browser names the page's origin in each of them, and cross-site ones are marked;
 * JSON alone is taken, which another page can't send without being asked for leave first, and none is given (no CORS).
 */
export async function refuseOtherPages(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { origin, host, "sec-fetch-site": site } = request.headers;
  if (isSameOrigin(origin, host) && (site === undefined || site === "same-origin")) return;
  await reply.code(403).send({ error: "foreign-origin", message: "Only the console's own page may change something." });
}
