/** What may lie in the folder of imported knowledge, and who may read it. */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { MAX_FILE_BYTES, readJson } from "../../../agent/knowledge/advisories/bounded-json.ts";
import { folderState, readFolder } from "../../../agent/knowledge/advisories/folder.ts";
import { importFiles } from "../../../agent/knowledge/advisories/importer.ts";
import { advisoryParcel, problemOf } from "../../../agent/knowledge/advisories/keep.ts";
import type { Advisory } from "../../../agent/knowledge/advisories/schema.ts";
import { csaf } from "./given.ts";

const temporary = () => {
  const folder = mkdtempSync(join(tmpdir(), "wardtap-knowledge-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};
const file = (value: unknown) => {
  const path = join(temporary(), "a.json");
  writeFileSync(path, JSON.stringify(value));
  return path;
};
const KEV = {
  catalogVersion: "2025.01.10",
  dateReleased: "2025-01-01",
  vulnerabilities: [{ cveID: "CVE-2024-10001", vendorProject: "A", product: "B", dateAdded: "2025-01-01" }],
};
const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

test("a pipe without a writer is told and doesn't hold the reader", () => {
  const folder = temporary();
  execFileSync("mkfifo", [join(folder, "a.json")]);
  expect(readFolder(folder).problems).toEqual([{ file: "a.json", problem: "is no file" }]);
});

test("whatever the umask of who imports, others may read what was imported and the folders made for it", () => {
  const outer = temporary();
  const folder = join(outer, "state/knowledge");
  const before = process.umask(0o077);
  onTestFinished(() => void process.umask(before));
  expect([...importFiles([file(csaf())], folder)].map(({ status }) => status)).toEqual(["added"]);
  expect([mode(join(outer, "state")), mode(folder), mode(join(folder, "test-1.json"))]).toEqual(["755", "755", "644"]);
});

test("a folder that was there keeps its mode", () => {
  const folder = temporary();
  chmodSync(folder, 0o750);
  expect([...importFiles([file(csaf())], folder)].map(({ status }) => status)).toEqual(["added"]);
  expect(mode(folder)).toBe("750");
});

test("a folder that can't be read is told, one that isn't there is empty", () => {
  const place = join(temporary(), "knowledge");
  expect(readFolder(place).problems).toEqual([]);
  writeFileSync(place, "");
  expect(readFolder(place).problems).toEqual([{ file: place, problem: "can't be read (ENOTDIR)" }]);
});

test("an advisory named like the catalogue's file doesn't take its place", () => {
  const folder = temporary();
  const paths = [file(KEV), file(csaf({ id: "exploited-vulnerabilities" }))];
  expect([...importFiles(paths, folder)].map(({ status }) => status)).toEqual(["added", "added"]);
  const { advisories, catalogue } = readFolder(folder);
  expect([catalogue?.revision, [...advisories.keys()]]).toEqual(["2025.01.10", ["exploited-vulnerabilities"]]);
});

test("no two ids share a file", () => {
  const folder = temporary();
  const paths = ["A:B", "A_B", "a+b"].map((id) => file(csaf({ id })));
  expect([...importFiles(paths, folder)].map(({ status }) => status)).toEqual(["added", "added", "added"]);
  expect([...readFolder(folder).advisories.keys()].sort()).toEqual(["a+b", "a:b", "a_b"]);
});

test("ids that lead out of the folder are refused", () => {
  const outer = temporary();
  const folder = join(outer, "in/knowledge");
  mkdirSync(folder, { recursive: true });
  const paths = ["../../x", "..", ".x", "/etc/x", "a/b", "a\\b", "a\0b", "a%2fb"].map((id) => file(csaf({ id })));
  expect(new Set([...importFiles(paths, folder)].map(({ status }) => status))).toEqual(new Set(["unusable"]));
  expect([readdirSync(folder), readdirSync(outer)]).toEqual([[], ["in"]]);
});

test("what could not be read again is not kept", () => {
  const folder = temporary();
  const products = Array.from({ length: 2000 }, (_, at) => ({
    key: `p${at}`,
    maker: "A",
    name: `B ${at}`,
    version: null,
  }));
  const affected = products.map(({ key }) => key);
  const huge: Advisory = {
    id: "HUGE",
    title: "x",
    publisher: "x",
    publishedAt: null,
    updatedAt: null,
    revision: "1",
    url: null,
    products,
    vulnerabilities: Array.from({ length: 1000 }, (_, at) => ({
      cve: `CVE-2024-${10_000 + at}`,
      scores: [],
      affected,
      fixed: affected,
      notAffected: affected,
    })),
    remedies: [],
  };
  const parcel = advisoryParcel(huge);
  expect(parcel.bytes.length).toBeGreaterThan(MAX_FILE_BYTES);
  expect(problemOf(parcel, readFolder(folder))).toBe("is too much to be kept: it is larger than 32 MiB");
});

test("all files together have a bound, past which the rest is told and not read", () => {
  const folder = temporary();
  const held = readFolder(folder);
  [...importFiles([file(csaf())], folder)];
  const advisory = readFolder(folder).advisories.get("test-1") as Advisory;
  held.bytes = 192 << 20;
  expect(problemOf(advisoryParcel(advisory), held)).toBe("has no room: the folder holds more than 192 MiB then");
  const one = readFileSync(join(folder, "test-1.json"));
  const padded = Buffer.concat([one, Buffer.alloc((31 << 20) - one.length, " ")]);
  for (let at = 0; at < 7; at++) writeFileSync(join(folder, `x${at}.json`), padded);
  expect(readFolder(folder).problems).toEqual([
    { file: folder, problem: "holds more than 192 MiB; the rest is not read" },
  ]);
});

test("prototype keys name nothing", () => {
  const path = file({ document: {} });
  writeFileSync(path, '{"__proto__":{"catalogVersion":"1"},"constructor":{"prototype":{"polluted":1}}}');
  expect([...importFiles([path], temporary())].map(({ status }) => status)).toEqual(["unusable"]);
  expect(readJson(path)).toHaveProperty("value");
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
});

test("a file that others may read from now on is noticed", () => {
  const folder = temporary();
  [...importFiles([file(csaf())], folder)];
  chmodSync(join(folder, "test-1.json"), 0o600);
  const before = folderState(folder);
  chmodSync(join(folder, "test-1.json"), 0o644);
  expect(folderState(folder)).not.toBe(before);
});
