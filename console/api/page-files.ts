/** The built page: its files as they are, and index.html at every address that the page itself makes something of. */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";

/** The page's own addresses. Each names its files from where it stands: one step up for each slash. */
const ADDRESSES = ["/devices", "/devices/:id", "/findings", "/findings/:id", "/advisories", "/advisories/:id"];

export async function servePage(app: FastifyInstance, root: string): Promise<void> {
  await app.register(fastifyStatic, {
    root,
    dotfiles: "ignore",
    cacheControl: false,
    setHeaders(response, path) {
      // Built files carry a hash of their content in their name; the page that names them must be asked for anew.
      const hashed = /-[\w-]{8,}\.\w+$/.test(basename(path));
      response.setHeader("cache-control", hashed ? "public, max-age=31536000, immutable" : "no-cache");
    },
  });
  for (const address of ADDRESSES) {
    app.get(address, (_request, reply) => {
      // Read each time, as the files beside it are: a page that was built anew is served at once.
      const html = readFileSync(join(root, "index.html"), "utf8");
      const up = "../".repeat(address.split("/").length - 2) || "./";
      return reply
        .type("text/html; charset=utf-8")
        .header("cache-control", "no-cache")
        .send(html.replaceAll('"./', `"${up}`));
    });
  }
}
