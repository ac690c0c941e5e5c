/** The watch that capture files are replayed through, whole or as one share of it. */
import { basename } from "node:path";
import { dissectors } from "./dissectors/index.ts";
import { learnLogins } from "./dissectors/known-logins.ts";
import { defaultLogins } from "./knowledge/default-logins.ts";
import { Watch, type WatchOptions } from "./observe/watch.ts";

/** A file has no one waiting for its observations: fold them for longer than live. */
const FOLD_MICROS = 60 * 1_000_000;

/** `paths` as given to the command; evidence names its file by the last part. */
export function replayWatch(
  paths: readonly string[],
  options: Pick<WatchOptions, "emit" | "share" | "windowEnded">,
): Watch {
  const names = paths.map((path) => (path === "-" ? "-" : basename(path)));
  learnLogins(defaultLogins());
  return new Watch({ dissectors, fileName: (file) => names[file] ?? "", foldMicros: FOLD_MICROS, ...options });
}
