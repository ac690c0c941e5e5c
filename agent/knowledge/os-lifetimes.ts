/** How long operating systems get security updates. */
import { readFileSync } from "node:fs";
import type { OsLifetimes } from "./schema.ts";

export type OsLifetime = OsLifetimes[number];

let loaded: OsLifetimes | undefined;

/** Shipped with the program as os-lifetimes.json; schema.ts says what it holds. */
export function osLifetimes(): readonly OsLifetime[] {
  loaded ??= JSON.parse(readFileSync(new URL("os-lifetimes.json", import.meta.url), "utf8")) as OsLifetimes;
  return loaded;
}

/** The entry for a device's `os` ("Windows 7"), by whole name; undefined when nothing is known of it. */
export const lifetimeOf = (os: string): OsLifetime | undefined =>
  osLifetimes().find(({ version }) => version.some((name) => name.toLowerCase() === os.toLowerCase()));
