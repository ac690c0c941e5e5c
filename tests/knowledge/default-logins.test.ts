import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { z } from "zod";
import { isFactoryLogin, learnLogins, nameDigest } from "../../agent/dissectors/known-logins.ts";
import { defaultLogins, defaultLoginsText } from "../../agent/knowledge/default-logins.ts";
import { defaultLoginsSchema } from "../../agent/knowledge/schema.ts";

/** Published in 2016 with the source code that lived on them. */
const PUBLIC = [
  ["root", "xc3511"],
  ["root", "vizxv"],
  ["admin", "7ujMko0admin"],
  ["ubnt", "ubnt"],
] as const;

test("every entry is what its schema says and names its source", () => {
  const checked = defaultLoginsSchema.safeParse(JSON.parse(defaultLoginsText().toString("utf8")));
  expect(checked.success ? "" : z.prettifyError(checked.error)).toBe("");
});

test.each(PUBLIC)("a login in everybody's hands is known: %s", (user, password) => {
  learnLogins(defaultLogins());
  expect(isFactoryLogin(nameDigest(user), password)).toBe(true);
  expect(isFactoryLogin(nameDigest(user), `${password}!`)).toBe(false);
});

test("no user and no password stands in the file: what is not a digest is maker, product and source", () => {
  const text = readFileSync(new URL("../../agent/knowledge/default-logins.json", import.meta.url), "utf8");
  for (const [, password] of PUBLIC) expect(text).not.toContain(password);
  const words = text.replaceAll(/"[0-9a-f]{24}"/g, "").match(/"(\w+)":/g) ?? [];
  expect([...new Set(words)].sort()).toEqual(['"cve":', '"logins":', '"maker":', '"product":', '"source":']);
});
