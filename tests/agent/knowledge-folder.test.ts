/** The agent's look at imported knowledge: at start, then at most once a minute, and only what changed is read. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { bundledKnowledge } from "../../agent/knowledge/advisories/bundled.ts";
import { importFiles } from "../../agent/knowledge/advisories/importer.ts";
import { KnowledgeFolder } from "../../agent/knowledge-folder.ts";
import { csaf } from "../knowledge/advisories/given.ts";

const MINUTE = 60_000_000;

const given = () => {
  const folder = mkdtempSync(join(tmpdir(), "wardtap-folder-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const warnings: string[] = [];
  const watched = new KnowledgeFolder(join(folder, "knowledge"), (_fields, message) => warnings.push(message));
  const bring = (id: string) => {
    writeFileSync(join(folder, "a.json"), JSON.stringify(csaf({ id })));
    return [...importFiles([join(folder, "a.json")], join(folder, "knowledge"))];
  };
  return { folder, warnings, watched, bring };
};

test("without a folder there is what comes with the program", () => {
  expect(given().watched.advisories(0)).toBe(bundledKnowledge());
});

test("what is imported counts after a minute, not before", () => {
  const { watched, bring } = given();
  watched.advisories(0);
  bring("TEST-1");
  const seen = [MINUTE - 1, MINUTE, MINUTE * 3].map((now) => watched.advisories(now));
  expect(seen.map((one) => one.advisories.has("TEST-1"))).toEqual([false, true, true]);
  expect(seen[2]).toBe(seen[1]);
});

test("a clock that was set back does not make it wait", () => {
  const { watched, bring } = given();
  watched.advisories(MINUTE * 100);
  bring("TEST-1");
  expect(watched.advisories(0).advisories.has("TEST-1")).toBe(true);
});

test("a damaged file is warned of once and the others count", () => {
  const { watched, bring, folder, warnings } = given();
  bring("TEST-1");
  writeFileSync(join(folder, "knowledge/broken.json"), "{");
  const seen = [0, MINUTE, MINUTE * 2].map((now) => watched.advisories(now).advisories.has("TEST-1"));
  expect([seen, warnings]).toEqual([[true, true, true], ["imported knowledge: the file is no JSON"]]);
});
