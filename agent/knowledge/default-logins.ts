/** Logins that makers document for everybody, as digests: what wardtap knows them by, and no list to read them from. */
import { readFileSync } from "node:fs";
import type { DefaultLogins } from "./schema.ts";

/** Shipped with the program; schema.ts says what the file holds, scripts/default-logins.mjs how it is made. */
export const defaultLoginsText = (): Buffer => readFileSync(new URL("default-logins.json", import.meta.url));

/** Every digest once or more. */
export const defaultLogins = (): string[] =>
  (JSON.parse(defaultLoginsText().toString("utf8")) as DefaultLogins).flatMap(({ logins }) => logins);
