/** Services on the internet through which somebody can see and steer a machine, by the host names they publish. */
import { readFileSync } from "node:fs";
import type { RemoteAccessEntries } from "./schema.ts";

export const remoteAccessText = (): Buffer => readFileSync(new URL("remote-access.json", import.meta.url));

let toolByHost: Map<string, string> | undefined;
let toolByCertificate: Map<string, string> | undefined;

const entries = () => JSON.parse(remoteAccessText().toString("utf8")) as RemoteAccessEntries;

/** The tool whose servers have this name or one below it ("relay-1.net.anydesk.com"); undefined for any other. */
export function remoteAccessTool(host: string): string | undefined {
  toolByHost ??= new Map(entries().flatMap(({ name, hosts }) => hosts.map((one) => [one, name] as const)));
  const labels = host.toLowerCase().replace(/\.$/, "").split(".");
  // Whoever reads about a tool isn't joined to it.
  if (labels[0] === "www") return undefined;
  for (let from = 0; from < labels.length - 1; from++) {
    const tool = toolByHost.get(labels.slice(from).join("."));
    if (tool !== undefined) return tool;
  }
  return undefined;
}

/** The tool whose programs show a certificate with this common name. */
export function remoteAccessCertificate(commonName: string): string | undefined {
  toolByCertificate ??= new Map(
    entries().flatMap(({ name, certificates = [] }) => certificates.map((one) => [one, name] as const)),
  );
  return toolByCertificate.get(commonName.toLowerCase());
}
