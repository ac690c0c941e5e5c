import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { z } from "zod";
import { knowledge } from "../../agent/knowledge/knowledge.ts";
import { makersSchema, patternsSchema } from "../../agent/knowledge/schema.ts";

const entries = (file: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../agent/knowledge/${file}`, import.meta.url), "utf8"));

const patternFiles = readdirSync(new URL("../../agent/knowledge/patterns/", import.meta.url)).map(
  (name) => `patterns/${name}`,
);

test.each([
  ["makers.json", makersSchema as z.ZodType],
  ["makers-general.json", makersSchema as z.ZodType],
  ["makers-appliances.json", makersSchema as z.ZodType],
  ...patternFiles.map((file) => [file, patternsSchema as z.ZodType] as const),
] as const)("every entry of %s is what its schema says and names its source", (file, schema) => {
  const checked = schema.safeParse(entries(file));
  expect(checked.success ? "" : z.prettifyError(checked.error)).toBe("");
});

test("every regular expression compiles, and pattern ids are unique", () => {
  const { makers, patterns } = knowledge();
  expect(makers.length).toBeGreaterThan(0);
  expect(new Set(patterns.map(({ id }) => id)).size).toBe(patterns.length);
});
