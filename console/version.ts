/** wardtap's version, from the package.json beside the sources or the built files. */
import { readFileSync } from "node:fs";

/** From source the file is one folder up, from dist two. */
const PLACES = ["../package.json", "../../package.json"];

export function readVersion(): string {
  for (const place of PLACES) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(place, import.meta.url), "utf8"));
      if (name === "wardtap" && typeof version === "string") return version;
    } catch {
      // Not this place.
    }
  }
  return "unknown";
}
