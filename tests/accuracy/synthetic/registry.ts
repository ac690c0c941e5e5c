/** MAC addresses from blocks that the IEEE registry gives to named organisations. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Random } from "./random.ts";

let registry: [prefix: string, organisation: string][] | undefined;
const found = new Map<string, string[]>();

/** A new address of an organisation whose registered name matches; throws when none does. */
export function macOf(organisation: RegExp, random: Random, taken: Set<string>): string {
  registry ??= Object.entries(
    JSON.parse(readFileSync(createRequire(import.meta.url).resolve("oui-data"), "utf8")) as Record<string, string>,
  ).map(([prefix, text]) => [prefix, text.split("\n")[0]!]);
  let prefixes = found.get(organisation.source);
  if (prefixes === undefined) {
    prefixes = registry.filter(([, name]) => organisation.test(name)).map(([prefix]) => prefix);
    found.set(organisation.source, prefixes);
  }
  if (prefixes.length === 0) throw new Error(`nobody registered matches ${organisation}`);
  for (;;) {
    const prefix = random.pick(prefixes);
    const mac = (prefix + random.hex(12 - prefix.length)).toLowerCase().match(/../g)!.join(":");
    if (taken.has(mac)) continue;
    taken.add(mac);
    return mac;
  }
}
