/** Web servers and the clients that visit them: a small Node server, and curl. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Ward } from "../ward.ts";
import { programPath } from "./programs.ts";
import { listening } from "./wait.ts";

/** Plugs the host in if its address is fixed, and serves one page on port 80 under a Server header. */
export async function serveWeb(ward: Ward, host: string, serverHeader: string, page: string): Promise<void> {
  if (ward.hosts.find((one) => one.name === host)?.address) await ward.plug(host);
  const folder = join(ward.folder, host);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "index.html");
  writeFileSync(file, `${page}\n`);
  const server = ward.spawn(host, process.execPath, [programPath("web-server.mjs"), "80", serverHeader, file]);
  await listening(ward, host, server, "tcp", 80);
}

/** Fetches an address with curl under a user agent; rejects unless the server answers. */
export async function visit(ward: Ward, host: string, url: string, userAgent?: string): Promise<void> {
  const agent = userAgent ? ["-A", userAgent] : [];
  await ward.run(host, "curl", ["-sS", "-f", "--max-time", "10", ...agent, "-o", "/dev/null", url]);
}
