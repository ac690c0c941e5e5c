/** What the knowledge commands print for people. */
import { worstScore } from "../findings/affected-by.ts";
import { classWords } from "../identify/class-words.ts";
import type { AdvisoryIndex } from "../knowledge/advisories/advisory-index.ts";
import { KEV_ID } from "../knowledge/advisories/catalogue.ts";
import type { FileReport } from "../knowledge/advisories/importer.ts";
import type { Advisory } from "../knowledge/advisories/schema.ts";
import { parseVersionRange } from "../knowledge/advisories/version-range.ts";
import { type Column, printable, table } from "../ledger/text.ts";
import type { AffectedReport } from "./knowledge-affected.ts";

/** What could not be used is told one by one up to here, then counted. */
const MAX_TOLD = 12;
const STATUS: Record<FileReport["status"], string> = {
  added: "added",
  replaced: "replaced an older version",
  unchanged: "unchanged",
  older: "refused: a later version is here already",
  unusable: "not usable",
};

export function reportText(report: FileReport): string {
  const { file, status, id, title, products, comparable, vulnerabilities, unusable, problem } = report;
  if (status === "unusable") return `${printable(file)}: ${STATUS[status]}: ${printable(problem ?? "")}\n`;
  const head = `${printable(file)}: ${STATUS[status]}: ${printable(id ?? "")} ${printable(title ?? "")}`;
  const counts = `${vulnerabilities} ${plural(vulnerabilities, "vulnerability", "vulnerabilities")}, ${products} ${plural(products, "product", "products")}, ${comparable} with versions that can be compared`;
  const told = unusable
    .slice(0, MAX_TOLD)
    .map(({ what, why }) => `    not used: ${printable(what)}: ${printable(why)}`);
  const rest = unusable.length - told.length;
  return `${[head, `    ${counts}`, ...told, ...(rest > 0 ? [`    and ${rest} more that could not be used`] : [])].join("\n")}\n`;
}

export function importSummary(reports: readonly FileReport[], folder: string, dryRun: boolean) {
  const count = (status: FileReport["status"]) => reports.filter((one) => one.status === status).length;
  const sum = (pick: (report: FileReport) => number) => reports.reduce((total, one) => total + pick(one), 0);
  const json = {
    folder,
    dryRun,
    added: count("added"),
    replaced: count("replaced"),
    unchanged: count("unchanged"),
    older: count("older"),
    unusable: count("unusable"),
    products: sum(({ id, products }) => (id === KEV_ID ? 0 : products)),
    comparable: sum(({ comparable }) => comparable),
  };
  const told = `${json.added} added, ${json.replaced} replaced, ${json.unchanged} unchanged, ${json.older} older, ${json.unusable} not usable`;
  const share =
    json.products === 0 ? "" : ` Versions of ${json.comparable} of ${json.products} products can be compared.`;
  if (reports.length === 0) return { json, text: "No file whose name ends in .json is there: nothing was changed.\n" };
  const where =
    dryRun || json.added + json.replaced === 0 ? "Nothing was changed." : `They lie in ${printable(folder)}.`;
  return { json, text: `${reports.length} ${plural(reports.length, "file", "files")}: ${told}.${share} ${where}\n` };
}

export function advisoryList({
  advisories,
  importedIds,
}: {
  advisories: Advisory[];
  importedIds: ReadonlySet<string>;
}) {
  const rows = advisories.map((one) => ({
    id: one.id,
    updatedAt: one.updatedAt,
    origin: importedIds.has(one.id) ? "imported" : "bundled",
    products: one.products.length,
    vulnerabilities: one.vulnerabilities.length,
    worstScore: one.vulnerabilities.reduce((worst, vulnerability) => Math.max(worst, worstScore(vulnerability)), 0),
    title: one.title,
    url: one.url,
  }));
  const column = (title: string, optional: number, value: (row: (typeof rows)[number]) => string): Column => ({
    title,
    optional,
    values: rows.map((row) => printable(value(row))),
  });
  const text = (columns: number) =>
    `${table(
      [
        column("ADVISORY", 0, ({ id }) => id),
        column("UPDATED", 2, ({ updatedAt }) => updatedAt ?? ""),
        column("FROM", 3, ({ origin }) => origin),
        column("CVES", 4, ({ vulnerabilities }) => `${vulnerabilities}`),
        column("WORST", 1, ({ worstScore: worst }) => (worst > 0 ? worst.toFixed(1) : "")),
        column("TITLE", 0, ({ title }) => title),
      ],
      columns,
    ).join("\n")}\n\n${rows.length} ${plural(rows.length, "advisory", "advisories")}\n`;
  return { json: { schema: 1, advisories: rows }, text };
}

export function advisoryText(advisory: Advisory, index: AdvisoryIndex): string {
  const { id, title, publisher, publishedAt, updatedAt, revision, url, products, vulnerabilities, remedies } = advisory;
  const lines = [
    `${id}: ${title}`,
    `  by ${publisher}, published ${publishedAt ?? "?"}, updated ${updatedAt ?? "?"}, revision ${revision}`,
    ...(url === null ? [] : [`  ${url}`]),
    "",
    "Products",
    ...products.map(({ maker, name, version }) => `  ${maker}, ${name}: ${versionWords(version)}`),
    "",
    "Vulnerabilities",
    ...vulnerabilities.map(({ cve, scores }) => {
      const told = scores.map(({ value, source }) => `${value.toFixed(1)} (${source})`).join(", ") || "no score";
      const exploited = index.exploited.get(cve);
      const mark =
        exploited === undefined ? "" : exploited.ransomware ? ", exploited, by ransomware too" : ", exploited";
      return `  ${cve}: ${told}${mark}`;
    }),
    ...(remedies.length === 0 ? [] : ["", "What can be done", ...remedies.map((one) => `  ${one}`)]),
  ];
  return `${lines.map(printable).join("\n")}\n`;
}

function versionWords(version: string | null): string {
  if (version === null) return "no version named";
  const parsed = parseVersionRange(version);
  if ("unusable" in parsed) return `${version} (${parsed.unusable})`;
  return parsed.range.all ? "all versions" : version;
}

export function affectedText({ what, looked, devices }: AffectedReport, columns: number): string {
  if (devices.length === 0) return `${printable(what)} concerns none of the ${looked} devices in the ledger.\n`;
  const column = (title: string, optional: number, value: (device: (typeof devices)[number]) => string): Column => ({
    title,
    optional,
    values: devices.map((device) => printable(value(device))),
  });
  const lines = table(
    [
      column("VERDICT", 0, ({ verdict }) => verdict),
      column("CLASS", 3, (device) => classWords(device.class)),
      column("MAKER", 2, ({ maker }) => maker ?? ""),
      column("MODEL", 1, ({ model }) => model ?? ""),
      column("VERSION", 1, ({ version }) => version ?? ""),
      column("NAME", 4, ({ names }) => names[0] ?? ""),
      column("ADDRESS", 0, ({ ips, macs }) => ips[0] ?? macs[0] ?? ""),
      column("BECAUSE", 2, ({ because }) => because),
    ],
    columns,
  );
  const counts = ["confirmed", "likely", "possible", "not-affected"].map(
    (verdict) => `${devices.filter((one) => one.verdict === verdict).length} ${verdict}`,
  );
  return `${lines.join("\n")}\n\n${printable(what)}: ${counts.join(", ")}, of ${looked} devices in the ledger\n`;
}

const plural = (count: number, one: string, many: string) => (count === 1 ? one : many);
