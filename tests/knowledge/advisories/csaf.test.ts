import fc from "fast-check";
import { expect, test } from "vitest";
import { parseBounded } from "../../../agent/knowledge/advisories/bounded-json.ts";
import { readCsaf } from "../../../agent/knowledge/advisories/csaf.ts";
import { readKev } from "../../../agent/knowledge/advisories/kev.ts";
import { advisorySchema } from "../../../agent/knowledge/advisories/schema.ts";
import { csaf, PUMP, vulnerability } from "./given.ts";

const read = (value: unknown) => {
  const result = readCsaf(value);
  if ("problem" in result) throw new Error(result.problem);
  return result;
};
const problem = (value: unknown) => {
  const result = readCsaf(value);
  return "problem" in result ? result.problem : null;
};

test("reads who published what, when, of which product and with which score", () => {
  const { advisory, unusable } = read(csaf());
  expect(advisory).toEqual({
    id: "TEST-1",
    title: "Advisory TEST-1",
    publisher: "Test Publisher",
    publishedAt: "2024-01-01",
    updatedAt: "2024-01-02",
    revision: "1",
    url: "https://example.org/advisory",
    products: [{ key: "p1", maker: "Baxter", name: "Sigma Spectrum", version: "<= 8.1" }],
    vulnerabilities: [
      {
        cve: "CVE-2024-10001",
        scores: [{ value: 9.8, source: "Test Publisher", vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }],
        affected: ["p1"],
      },
    ],
    remedies: [],
  });
  expect(unusable).toEqual([]);
});

test("keeps what is fixed and what is not affected beside what is affected", () => {
  const products = [
    PUMP,
    { ...PUMP, version: "8.2", category: "product_version", id: "P2" },
    { ...PUMP, name: "Spectrum IQ", id: "P3" },
  ];
  const status = { known_affected: ["P1"], fixed: ["P2"], known_not_affected: ["P3"], under_investigation: ["P3"] };
  const { advisory } = read(
    csaf({ products, vulnerabilities: [{ ...vulnerability("CVE-2024-10001", []), product_status: status }] }),
  );
  expect(advisory.vulnerabilities[0]).toMatchObject({
    affected: ["p1"],
    fixed: ["p2"],
    notAffected: ["p3"],
    suspected: ["p3"],
  });
});

test("keeps the scores of two CVSS versions side by side", () => {
  const scores = [{ cvss_v3: { baseScore: 7.5 }, cvss_v2: { baseScore: 10 }, products: ["P1"] }];
  const { advisory } = read(csaf({ vulnerabilities: [vulnerability("CVE-2024-10001", ["P1"], { scores })] }));
  expect(advisory.vulnerabilities[0]?.scores.map(({ value }) => value)).toEqual([7.5, 10]);
});

test("says which products have no version that can be compared, and why", () => {
  const products = [
    PUMP,
    { ...PUMP, id: "P2", version: "< july 1 2017" },
    { vendor: "Baxter", name: "PrisMax", id: "P3" },
  ];
  expect(read(csaf({ products })).unusable).toEqual([
    { what: "Sigma Spectrum < july 1 2017", why: "version tells a date, not a version" },
    { what: "PrisMax", why: "version names no version" },
  ]);
});

test("takes model numbers in the version's place for names of the product", () => {
  const { advisory } = read(
    csaf({ products: [{ vendor: "GE", name: "Carestation", version: "620 | 650", id: "P1" }] }),
  );
  expect(advisory.products[0]?.names).toEqual(["Carestation 620", "Carestation 650"]);
});

test("takes the model numbers of the identification helper for names, wildcards left out", () => {
  const helper = { model_numbers: ["35700BAX2", "357*", 7, ""] };
  const product = { product_id: "P1", name: "Sigma Spectrum 8", product_identification_helper: helper };
  const branches = [
    { category: "vendor", name: "Baxter", branches: [{ category: "product_name", name: "Sigma Spectrum", product }] },
  ];
  expect(read({ ...csaf(), product_tree: { branches } }).advisory.products[0]?.names).toEqual(["35700BAX2"]);
});

test("reads the version from the full name where the branch has none", () => {
  const value = csaf();
  const tree = { full_product_names: [{ product_id: "P1", name: "Sigma Spectrum: versions prior to 8.2" }] };
  const { advisory, unusable } = read({ ...value, product_tree: tree });
  expect(advisory.products).toEqual([
    { key: "p1", maker: "unknown", name: "Sigma Spectrum", version: "versions prior to 8.2" },
  ]);
  expect(unusable).toEqual([{ what: "Sigma Spectrum", why: "names no maker" }]);
});

test("of a vulnerability told in two entries all that either says is kept", () => {
  const products = ["1.0", "2.0", "3.0"].map((version, at) => ({ vendor: "A", name: "B", version, id: `P${at + 1}` }));
  const fixed = { cve: "CVE-2024-10001", product_status: { fixed: ["P2"], known_not_affected: ["P3"] } };
  const { advisory } = read(csaf({ products, vulnerabilities: [vulnerability("CVE-2024-10001", ["P1"]), fixed] }));
  expect(advisory.vulnerabilities).toEqual([
    { cve: "CVE-2024-10001", scores: [expect.anything()], affected: ["p1"], fixed: ["p2"], notAffected: ["p3"] },
  ]);
});

test("a component inside a product stands for the product", () => {
  const value = csaf({ vulnerabilities: [vulnerability("CVE-2024-10001", ["R1"])] });
  const relationships = [
    {
      category: "default_component_of",
      product_reference: "C",
      relates_to_product_reference: "P1",
      full_product_name: { product_id: "R1", name: "C in P" },
    },
  ];
  const { advisory } = read({ ...value, product_tree: { ...value.product_tree, relationships } });
  expect(advisory.vulnerabilities[0]?.affected).toEqual(["p1"]);
});

test.each([
  ["no product tree", { ...csaf(), product_tree: undefined }, "product tree"],
  ["an empty product tree", { ...csaf(), product_tree: {} }, "product tree"],
  ["no vulnerability", { ...csaf(), vulnerabilities: [] }, "vulnerabilities"],
  ["a vulnerability without a CVE", csaf({ vulnerabilities: [{ title: "no number" }] }), "vulnerability 1"],
])("an advisory with %s is kept, and says so", (_what, value, told) => {
  expect(read(value).unusable.map(({ what }) => what)).toContain(told);
});

test.each([
  ["null", null],
  ["a list", []],
  ["a text", "CSAF"],
  ["another document", { document: { title: "x" } }],
  ["CSAF 1", { ...csaf(), document: { ...csaf().document, csaf_version: "1.2" } }],
  ["an id that climbs out of a folder", csaf({ id: "../../etc/passwd" })],
  ["an id of prototype", csaf({ id: "__proto__" })],
  ["an endless id", csaf({ id: "A".repeat(5000) })],
  ["a number for a title", { ...csaf(), document: { ...csaf().document, title: 7 } }],
])("%s is refused", (_what, value) => {
  expect(problem(value)).toMatch(/CSAF|tracking id/);
});

test("prototype names among the products are names like others", () => {
  const text = JSON.stringify(
    csaf({
      products: [{ ...PUMP, id: "__proto__" }],
      vulnerabilities: [vulnerability("CVE-2024-10001", ["__proto__", "constructor"])],
    }),
  );
  const { advisory } = read(
    JSON.parse(text.replace('"known_affected"', '"__proto__":{"polluted":true},"known_affected"')),
  );
  expect([advisory.vulnerabilities[0]?.affected, ({} as Record<string, unknown>).polluted]).toEqual([
    ["p1"],
    undefined,
  ]);
});

test("branches that hold themselves end", () => {
  const branch: Record<string, unknown> = { category: "vendor", name: "Baxter" };
  branch.branches = [branch, branch];
  const value = { ...csaf(), product_tree: { branches: [branch] } };
  expect(problem(value)).toContain("more than");
});

test("more products than anybody would list are refused", () => {
  const products = Array.from({ length: 2001 }, (_, at) => ({ ...PUMP, version: `1.${at}`, id: `P${at}` }));
  expect(problem(csaf({ products }))).toBe("has more than 2000 products");
});

test("names of nothing but separators, and lists of vendors without end, are cut", () => {
  const products = Array.from({ length: 500 }, (_, at) => ({
    vendor: `${"a,".repeat(5000)}${at}`,
    name: `${" ,".repeat(5000)}x`,
    version: " ".repeat(5000),
    id: `P${at}`,
  }));
  const { advisory } = read(csaf({ products }));
  for (const { maker, name } of advisory.products)
    expect([maker.length <= 400, name.length <= 400]).toEqual([true, true]);
});

test("text that is nested too deep is refused before it is parsed, brackets in texts left aside", () => {
  expect(parseBounded(Buffer.from("[".repeat(1_000_000)))).toEqual({ problem: "is nested deeper than 64" });
  expect(parseBounded(Buffer.from(JSON.stringify(`"${"[".repeat(1000)}\\`)))).toHaveProperty("value");
  expect(parseBounded(Buffer.from("{"))).toEqual({ problem: "is no JSON" });
});

test("whatever a document holds in place of what it should, the result is an advisory that can be stored, or a refusal", () => {
  const value = csaf();
  const paths = [
    "document",
    "product_tree",
    "vulnerabilities",
    "document.tracking",
    "document.title",
    "document.references",
    "product_tree.branches",
    "product_tree.branches.0",
    "product_tree.branches.0.name",
    "product_tree.branches.0.branches.0.branches.0.product",
    "vulnerabilities.0",
    "vulnerabilities.0.scores",
    "vulnerabilities.0.product_status",
    "vulnerabilities.0.cve",
  ];
  fc.assert(
    fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, junk) => {
      const changed = structuredClone(value) as unknown;
      const steps = path.split(".");
      let at = changed as Record<string, unknown>;
      for (const step of steps.slice(0, -1)) at = at[step] as Record<string, unknown>;
      at[steps.at(-1) as string] = junk;
      const result = readCsaf(changed);
      if ("advisory" in result) expect(advisorySchema.safeParse(result.advisory).success).toBe(true);
      else expect(result.problem.length).toBeGreaterThan(0);
    }),
    { numRuns: 1000 },
  );
});

test("the catalogue of exploited vulnerabilities gives CVEs, dates and ransomware, and tells what it lacks", () => {
  const entry = {
    cveID: "CVE-2017-0144",
    vendorProject: "Microsoft",
    product: "SMBv1",
    dateAdded: "2022-02-10",
    knownRansomwareCampaignUse: "Known",
  };
  const result = readKev({
    catalogVersion: "2025.08.25",
    dateReleased: "2025-08-25T00:00:00Z",
    vulnerabilities: [entry, { cveID: "none" }, null],
  });
  expect(result).toEqual({
    catalogue: {
      revision: "2025.08.25",
      releasedAt: "2025-08-25T00:00:00Z",
      exploited: [
        { cve: "CVE-2017-0144", ransomware: true, addedAt: "2022-02-10", maker: "Microsoft", product: "SMBv1" },
      ],
    },
    unusable: [
      { what: "entry 2", why: "lacks a CVE number, a product or a date" },
      { what: "entry 3", why: "lacks a CVE number, a product or a date" },
    ],
  });
});
