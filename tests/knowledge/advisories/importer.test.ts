import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { bundledKnowledge } from "../../../agent/knowledge/advisories/bundled.ts";
import { folderState, readFolder } from "../../../agent/knowledge/advisories/folder.ts";
import { ImportError, importFiles } from "../../../agent/knowledge/advisories/importer.ts";
import { removeAdvisory } from "../../../agent/knowledge/advisories/keep.ts";
import { knowledgeIn } from "../../../agent/knowledge/advisories/loaded.ts";
import { csaf, PUMP } from "./given.ts";

const temporary = () => {
  const folder = mkdtempSync(join(tmpdir(), "wardtap-knowledge-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};
const file = (value: unknown, name = "a.json") => {
  const path = join(temporary(), name);
  writeFileSync(path, typeof value === "string" ? value : JSON.stringify(value));
  return path;
};
const statuses = (folder: string, paths: string[], dryRun = false) =>
  [...importFiles(paths, folder, dryRun)].map(({ status }) => status);
const contents = (folder: string) =>
  readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]);

test("the second time nothing changes, to the byte", () => {
  const folder = temporary();
  const paths = [file(csaf()), file(csaf({ id: "TEST-2" }))];
  expect(statuses(folder, paths)).toEqual(["added", "added"]);
  const before = contents(folder);
  expect(statuses(folder, paths)).toEqual(["unchanged", "unchanged"]);
  expect(contents(folder)).toEqual(before);
});

test("a later version replaces, an older one is refused", () => {
  const folder = temporary();
  const [first, second, tenth] = ["1", "2", "10"].map((version) => file(csaf({ version })));
  expect(statuses(folder, [second as string, tenth as string, first as string, second as string])).toEqual([
    "added",
    "replaced",
    "older",
    "older",
  ]);
  expect(readFolder(folder).advisories.get("test-1")?.revision).toBe("10");
});

test("of the same version the later date counts", () => {
  const folder = temporary();
  const paths = ["2024-01-02", "2024-03-01", "2024-02-01"].map((updatedAt) => file(csaf({ updatedAt })));
  expect(statuses(folder, paths)).toEqual(["added", "replaced", "older"]);
});

test("two files with one id in one run count in their order", () => {
  const folder = temporary();
  expect(statuses(folder, [file(csaf({ version: "1" })), file(csaf({ version: "2" }))])).toEqual(["added", "replaced"]);
  expect(readdirSync(folder)).toEqual(["test-1.json"]);
});

test("a dry run says what would happen and writes nothing", () => {
  const folder = join(temporary(), "not-there");
  expect(statuses(folder, [file(csaf()), file(csaf({ version: "2" }))], true)).toEqual(["added", "replaced"]);
  expect(existsSync(folder)).toBe(false);
});

test("a folder is read with what lies under it; links and other files are not followed", () => {
  const source = temporary();
  mkdirSync(join(source, "2024"));
  writeFileSync(join(source, "2024/x.JSON"), JSON.stringify(csaf()));
  writeFileSync(join(source, "index.txt"), "x");
  symlinkSync(source, join(source, "again"));
  symlinkSync("/etc/passwd", join(source, "link.json"));
  expect(statuses(temporary(), [source])).toEqual(["added"]);
});

test.each([
  ["no JSON", "{", "is no JSON"],
  ["an empty file", "", "is no JSON"],
  ["another document", "{}", "is no CSAF"],
  ["nested too deep", "[".repeat(100_000), "nested deeper"],
])("%s is told and the others are taken", (_what, text, told) => {
  const folder = temporary();
  const reports = [...importFiles([file(text), file(csaf())], folder)];
  expect(reports.map(({ status }) => status)).toEqual(["unusable", "added"]);
  expect(reports[0]?.problem).toContain(told);
});

test("a path that is not there is a wrong usage", () => {
  expect(() => [...importFiles(["/not/there"], temporary())]).toThrow(ImportError);
});

test("a folder that can't be made is told in a sentence", () => {
  const occupied = file("x");
  expect(() => [...importFiles([file(csaf())], join(occupied, "knowledge"))]).toThrow(/can't be stored in .*ENOTDIR/);
});

test("half a file left by a power cut and files of others are told, and the rest counts", () => {
  const folder = temporary();
  statuses(folder, [file(csaf())]);
  writeFileSync(join(folder, "half.json"), '{"kind":"advi');
  writeFileSync(join(folder, "other.json"), '{"kind":"other"}');
  writeFileSync(join(folder, ".0123.new"), "{");
  const { advisories, problems } = readFolder(folder);
  expect([advisories.size, problems.map(({ file: name }) => name)]).toEqual([1, ["half.json", "other.json"]]);
});

test("what an import that was cut off left is swept away once it is old, and nothing else", () => {
  const folder = temporary();
  const [old, young, other] = [".0123456789abcdef.new", ".fedcba9876543210.new", ".keep"].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  for (const path of [old, young, other]) writeFileSync(path, "{");
  for (const path of [old, other]) utimesSync(path, 1, 1);
  statuses(folder, [file(csaf())]);
  expect(readdirSync(folder).toSorted()).toEqual([".fedcba9876543210.new", ".keep", "test-1.json"]);
});

test("the state of the folder changes with each import and removal, and is the same otherwise", () => {
  const folder = temporary();
  const states = [folderState(folder), folderState(folder)];
  statuses(folder, [file(csaf())]);
  states.push(folderState(folder));
  statuses(folder, [file(csaf({ version: "2" }))]);
  states.push(folderState(folder));
  removeAdvisory(folder, "TEST-1");
  states.push(folderState(folder));
  expect([states[0] === states[1], new Set(states).size, states[4] === states[0]]).toEqual([true, 3, true]);
});

test("what is imported counts, its digest tells, and without it all is as before", () => {
  const folder = temporary();
  expect(knowledgeIn(folder).digest).toBe(bundledKnowledge().digest);
  statuses(folder, [file(csaf())]);
  const index = knowledgeIn(folder);
  expect([index.advisories.has("TEST-1"), index.digest === bundledKnowledge().digest]).toEqual([true, false]);
  expect(knowledgeIn(folder).digest).toBe(index.digest);
  removeAdvisory(folder, "TEST-1");
  expect(knowledgeIn(folder).digest).toBe(bundledKnowledge().digest);
});

test("of an advisory that comes with the program only a later version counts", () => {
  const folder = temporary();
  const id = "ICSMA-17-017-02";
  const bundled = bundledKnowledge().advisories.get(id);
  statuses(folder, [file(csaf({ id, version: bundled?.revision ?? "", updatedAt: "2021-03-16", products: [PUMP] }))]);
  expect(knowledgeIn(folder).advisories.get(id)).toEqual(bundled);
  statuses(folder, [file(csaf({ id, version: "99", products: [PUMP] }))]);
  expect(knowledgeIn(folder).advisories.get(id)?.revision).toBe("99");
});

test("the catalogue of exploited vulnerabilities is replaced by a later one and marks what is known", () => {
  const folder = temporary();
  const catalogue = (catalogVersion: string, cveID: string) =>
    file({
      catalogVersion,
      dateReleased: "2025-01-01",
      vulnerabilities: [
        { cveID, vendorProject: "A", product: "B", dateAdded: "2025-01-01", knownRansomwareCampaignUse: "Known" },
      ],
    });
  expect(
    statuses(folder, [catalogue("2025.01.10", "CVE-2024-10001"), catalogue("2025.01.09", "CVE-2024-10002")]),
  ).toEqual(["added", "older"]);
  expect([...knowledgeIn(folder).exploited.keys()]).toEqual(["CVE-2024-10001"]);
});
