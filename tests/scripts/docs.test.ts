/** What the documents point at is there. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { repositoryRoot } from "../support/built.ts";

const root = repositoryRoot();
const FOLDERS = [".", "docs", "hardware", "tests/captures"];
const documents = FOLDERS.flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name)),
);
const read = (path: string) => readFileSync(join(root, path), "utf8");

test.each(documents)("every file that %s links to exists", (path) => {
  const targets = [...read(path).matchAll(/\]\(([^)#\s]+)/g)].map((match) => match[1]!);
  const broken = targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .filter((target) => !existsSync(join(root, dirname(path), target)));
  expect(broken).toEqual([]);
});

test.each(documents)("every npm script that %s names exists", (path) => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  const named = [...read(path).matchAll(/npm run ([a-z-]+)/g)].map((match) => match[1]!);
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
});

test("the picture in the README is small enough to load on a slow line", () => {
  expect(statSync(join(root, "docs/page.png")).size).toBeLessThan(300_000);
});
