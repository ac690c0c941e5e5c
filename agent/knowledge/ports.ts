/** What a port number alone suggests: weak evidence that says so. Asked only where content told nothing. */
import { readFileSync } from "node:fs";
import type { PortEntries } from "./schema.ts";

export type PortEntry = PortEntries[number];

let byPort: Map<string, PortEntry[]> | undefined;

export const portsText = (): Buffer => readFileSync(new URL("ports.json", import.meta.url));

/** Entries for "tcp" or "udp" and a port, of one side of the conversation. */
export function portEntries(transport: "tcp" | "udp", port: number, side: "client" | "server"): readonly PortEntry[] {
  if (byPort === undefined) {
    byPort = new Map();
    for (const entry of JSON.parse(portsText().toString("utf8")) as PortEntries) {
      for (const one of entry.transports) {
        const key = `${one}/${entry.port}/${entry.side}`;
        byPort.set(key, [...(byPort.get(key) ?? []), entry]);
      }
    }
  }
  return byPort.get(`${transport}/${port}/${side}`) ?? [];
}
