/** The catalogue of exploited vulnerabilities as if it were an advisory: products by maker, without versions. */
import type { Advisory, Catalogue, Exploited } from "./schema.ts";

/** The id under which the catalogue is named where it is the only source. */
export const KEV_ID = "CISA-KEV";

export function advisoryOf(catalogue: Catalogue, exploited: ReadonlyMap<string, Exploited>): Advisory {
  const byProduct = new Map<string, { maker: string; name: string; cves: string[] }>();
  for (const { cve, maker, product } of exploited.values()) {
    const key = `${maker}\0${product}`;
    const held = byProduct.get(key);
    if (held === undefined) byProduct.set(key, { maker, name: product, cves: [cve] });
    else held.cves.push(cve);
  }
  const products = [...byProduct.values()];
  return {
    id: KEV_ID,
    title: "Known exploited vulnerabilities",
    publisher: "CISA",
    publishedAt: null,
    updatedAt: null,
    revision: catalogue.revision,
    url: "https://www.cisa.gov/known-exploited-vulnerabilities-catalog",
    products: products.map(({ maker, name }, at) => ({ key: `p${at + 1}`, maker, name, version: null })),
    vulnerabilities: products.flatMap(({ cves }, at) =>
      cves.map((cve) => ({ cve, scores: [], affected: [`p${at + 1}`] })),
    ),
    remedies: [],
  };
}
