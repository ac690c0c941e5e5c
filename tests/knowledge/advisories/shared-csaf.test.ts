/** Real CSAF advisories beside the checkout, named by WARDTAP_SHARED: every one is imported, and most of it is usable. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readFolder } from "../../../agent/knowledge/advisories/folder.ts";
import { type FileReport, importFiles } from "../../../agent/knowledge/advisories/importer.ts";

const shared = process.env.WARDTAP_SHARED ?? resolve(import.meta.dirname, "../../../../shared");
const sources = [join(shared, "csaf"), join(shared, "kev")];
const isThere = sources.every((source) => existsSync(source));
if (!isThere && process.env.CI === "true") throw new Error(`no advisories in ${shared}: set WARDTAP_SHARED`);

describe.skipIf(!isThere)(`real advisories${isThere ? "" : " (skipped: WARDTAP_SHARED holds none)"}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "wardtap-csaf-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let reports: FileReport[] = [];

  test("each is taken, and what could not be used has a reason", () => {
    reports = [...importFiles(sources, folder)];
    expect(reports.length).toBeGreaterThan(100);
    expect(
      reports.filter(({ status }) => status !== "added").map(({ file, problem }) => `${file}: ${problem}`),
    ).toEqual([]);
    for (const { unusable } of reports)
      for (const { what, why } of unusable) expect([what, why].every((text) => text !== "")).toBe(true);
  });

  test("most products have versions that can be compared, and every advisory has a CVE with a score", () => {
    const csaf = reports.filter(({ id }) => id !== "CISA-KEV");
    const [products, comparable] = [csaf, csaf].map((all, at) =>
      all.reduce((sum, one) => sum + (at === 0 ? one.products : one.comparable), 0),
    ) as [number, number];
    console.info(`${csaf.length} advisories: versions of ${comparable} of ${products} products can be compared`);
    expect(comparable / products).toBeGreaterThan(0.8);
    const held = readFolder(folder).advisories;
    const unscored = csaf.filter(
      ({ id }) => !held.get(String(id).toLowerCase())?.vulnerabilities.some(({ scores }) => scores.length > 0),
    );
    expect(unscored).toEqual([]);
  });

  test("a second import changes nothing", () => {
    const before = readdirSync(folder);
    expect(new Set([...importFiles(sources, folder)].map(({ status }) => status))).toEqual(new Set(["unchanged"]));
    expect(readdirSync(folder)).toEqual(before);
  });
});
