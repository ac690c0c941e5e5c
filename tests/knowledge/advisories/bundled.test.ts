import { expect, test } from "vitest";
import { z } from "zod";
import { bundledAdvisories, bundledCatalogue } from "../../../agent/knowledge/advisories/bundled.ts";
import { isTelling, productWords } from "../../../agent/knowledge/advisories/product-words.ts";
import { advisorySchema, catalogueSchema } from "../../../agent/knowledge/advisories/schema.ts";
import { parseVersionRange } from "../../../agent/knowledge/advisories/version-range.ts";

const advisories = bundledAdvisories();

test.each(advisories.map((one) => [one.id, one] as const))(
  "%s is what the schema says and names its source",
  (_id, one) => {
    const checked = advisorySchema.safeParse(one);
    expect(checked.success ? "" : z.prettifyError(checked.error)).toBe("");
    expect(one.url).toMatch(/^https:\/\/www\.cisa\.gov\//);
  },
);

test("every product and every vulnerability of an advisory has to do with another", () => {
  for (const { id, products, vulnerabilities } of advisories) {
    const named = new Set(
      vulnerabilities.flatMap(({ affected, fixed = [], notAffected = [] }) => [...affected, ...fixed, ...notAffected]),
    );
    expect([id, [...named].toSorted()]).toEqual([id, products.map(({ key }) => key).toSorted()]);
    for (const { cve, affected } of vulnerabilities) expect([cve, affected.length > 0]).toEqual([cve, true]);
  }
});

test("no advisory is there twice, and infusion pumps, monitors and the stacks of 2019 and 2020 are", () => {
  const ids = advisories.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(
    expect.arrayContaining([
      ...[
        "ICSMA-17-017-01",
        "ICSMA-17-017-02",
        "ICSMA-17-250-02A",
        "ICSMA-19-164-01",
        "ICSMA-20-170-04",
        "ICSMA-20-317-01",
      ],
      ...[
        "ICSMA-21-294-01",
        "ICSMA-21-355-01",
        "ICSMA-22-251-01",
        "ICSMA-23-194-01",
        "ICSA-15-125-01B",
        "ICSA-15-161-01",
      ],
      ...[
        "ICSMA-18-156-01",
        "ICSMA-20-023-01",
        "ICSMA-22-244-01",
        "ICSMA-19-274-01",
        "ICSA-19-211-01",
        "ICSA-20-168-01",
      ],
    ]),
  );
});

test("most versions can be compared, and every product can be told by its name", () => {
  const products = advisories.flatMap((one) => one.products);
  const comparable = products.filter(({ version }) => version !== null && "range" in parseVersionRange(version));
  expect(comparable.length / products.length).toBeGreaterThan(0.8);
  const nameless = products.filter(
    ({ name, names = [], maker }) => ![name, ...names].some((one) => isTelling(productWords(one, [maker]))),
  );
  expect(nameless.map(({ name }) => name)).toEqual([]);
});

test("the catalogue is what the schema says and knows the worm of 2017", () => {
  const catalogue = bundledCatalogue();
  expect(catalogueSchema.safeParse(catalogue).success).toBe(true);
  expect(catalogue.exploited.find(({ cve }) => cve === "CVE-2017-0144")?.ransomware).toBe(true);
});

test("advisories whose published form links only the first of its products are mended", () => {
  for (const id of ["ICSMA-17-215-01", "ICSMA-17-215-02"]) {
    const one = advisories.find((advisory) => advisory.id === id);
    expect(one?.vulnerabilities.map(({ affected }) => affected.length)).toEqual(one?.vulnerabilities.map(() => 4));
  }
});
