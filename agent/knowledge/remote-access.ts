/** Services on the internet through which somebody can see and steer a machine, by the host names they publish. */
import { readFileSync } from "node:fs";
import type { RemoteAccessEntries } from "./schema.ts";

export const remoteAccessText = (): Buffer => readFileSync(new URL("remote-access.json", import.meta.url));

let toolByHost: Map<string, string> | undefined;

/** The tool whose servers have this name or one below it ("relay-1.net.anydesk.com"); undefined for any other. */
export function remoteAccessTool(host: string): string | undefined {
  if (toolByHost === undefined) {
    const entries = JSON.parse(remoteAccessText().toString("utf8")) as RemoteAccessEntries;
    toolByHost = new Map(entries.flatMap(({ name, hosts }) => hosts.map((one) => [one, name] as const)));
  }
  const labels = host.toLowerCase().replace(/\.$/, "").split(".");
  for (let from = 0; from < labels.length - 1; from++) {
    const tool = toolByHost.get(labels.slice(from).join("."));
    if (tool !== undefined) return tool;
  }
  return undefined;
}
