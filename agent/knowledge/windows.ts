/** Signs of Windows releases: what builds, native system names, announcements and DHCP lists tell. */
import { readFileSync } from "node:fs";
import type { WindowsSigns } from "./schema.ts";

export interface WindowsSign {
  id: string;
  attributes: readonly string[];
  pattern: RegExp;
  /** Every release that shows this sign, the likeliest first. */
  systems: readonly string[];
  weight: number;
}

let loaded: WindowsSign[] | undefined;

/** Shipped with the program as windows.json; schema.ts says what it holds. */
export function windowsSigns(): readonly WindowsSign[] {
  loaded ??= (JSON.parse(readFileSync(new URL("windows.json", import.meta.url), "utf8")) as WindowsSigns).map(
    (entry) => ({ ...entry, pattern: new RegExp(entry.pattern, "i") }),
  );
  return loaded;
}
