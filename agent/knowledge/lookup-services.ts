/** Services that are asked by DNS with names that carry a hash or an address: many, long and ever different by design. */
import { readFileSync } from "node:fs";
import type { LookupServices } from "./schema.ts";

export const lookupServicesText = (): Buffer => readFileSync(new URL("lookup-services.json", import.meta.url));

let domains: ReadonlySet<string> | undefined;

/** Whether a domain, or one above it, belongs to such a service. Lower case. */
export function isLookupService(domain: string): boolean {
  domains ??= new Set(
    (JSON.parse(lookupServicesText().toString("utf8")) as LookupServices).map((entry) => entry.domain),
  );
  const labels = domain.split(".");
  return labels.some((_, from) => domains!.has(labels.slice(from).join(".")));
}
