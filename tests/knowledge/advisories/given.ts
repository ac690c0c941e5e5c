/** CSAF documents for tests, as small as the standard allows; named is only what matters. */
interface GivenProduct {
  vendor?: string;
  name: string;
  version?: string;
  /** Default: product_version_range. */
  category?: string;
  id: string;
}
interface GivenCsaf {
  id?: string;
  version?: string;
  updatedAt?: string;
  products?: GivenProduct[];
  vulnerabilities?: unknown[];
}

export const csaf = ({
  id = "TEST-1",
  version = "1",
  updatedAt = "2024-01-02",
  products,
  vulnerabilities,
}: GivenCsaf = {}) => ({
  document: {
    category: "csaf_security_advisory",
    csaf_version: "2.0",
    title: `Advisory ${id}`,
    publisher: { category: "vendor", name: "Test Publisher", namespace: "https://example.org" },
    references: [{ category: "self", url: "https://example.org/advisory", summary: "this" }],
    tracking: {
      id,
      version,
      initial_release_date: "2024-01-01T00:00:00.000Z",
      current_release_date: `${updatedAt}T00:00:00.000Z`,
      status: "final",
    },
  },
  product_tree: { branches: (products ?? [PUMP]).map(branchOf) },
  vulnerabilities: vulnerabilities ?? [vulnerability("CVE-2024-10001", ["P1"])],
});

export const PUMP: GivenProduct = { vendor: "Baxter", name: "Sigma Spectrum", version: "<= 8.1", id: "P1" };

export const vulnerability = (cve: string, affected: string[], more: object = {}) => ({
  cve,
  product_status: { known_affected: affected },
  scores: [
    {
      cvss_v3: { baseScore: 9.8, vectorString: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", version: "3.1" },
      products: affected,
    },
  ],
  ...more,
});

const branchOf = ({ vendor = "Baxter", name, version, category = "product_version_range", id }: GivenProduct) => {
  const product = { product_id: id, name: `${vendor} ${name} ${version ?? ""}`.trim() };
  const inner = version === undefined ? { product } : { branches: [{ category, name: version, product }] };
  return { category: "vendor", name: vendor, branches: [{ category: "product_name", name, ...inner }] };
};
