/** Waiting for a server to listen, without a fixed pause. */
import type { Ward, WardProcess } from "../ward.ts";

const POLL_MS = 50;
const MAX_WAIT_MS = 10_000;

/** Resolves when a TCP or UDP port is listened on inside a host's namespace; rejects after 10 s or if the server ended. */
export async function listening(
  ward: Ward,
  host: string,
  server: WardProcess,
  transport: "tcp" | "udp",
  port: number,
): Promise<void> {
  let over = false;
  void server.ended.then(() => {
    over = true;
  });
  const until = Date.now() + MAX_WAIT_MS;
  const flags = transport === "tcp" ? "-Hltn" : "-Hlun";
  while (Date.now() < until && !over) {
    const { stdout } = await ward.run(host, "ss", [flags, `sport = :${port}`]);
    if (stdout.trim() !== "") return;
    await pause(POLL_MS);
  }
  throw new Error(`${host}: nothing listens on ${transport}/${port}: ${server.printed().slice(-500)}`);
}

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
