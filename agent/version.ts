/** The version of this program, from package.json. */
import { readFileSync } from "node:fs";

const find = (): string => {
  // In the source tree package.json is one level up, in dist two.
  for (const up of ["../package.json", "../../package.json"]) {
    try {
      const found = JSON.parse(readFileSync(new URL(up, import.meta.url), "utf8")) as {
        name?: string;
        version?: string;
      };
      if (found.name === "wardtap" && found.version !== undefined) return found.version;
    } catch {
      // Not there: the next place is asked.
    }
  }
  return "0.0.0";
};

export const VERSION = find();
