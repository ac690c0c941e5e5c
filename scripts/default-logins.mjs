/**
 * Writes agent/knowledge/default-logins.json from a table that is kept elsewhere, so that no login stands in the product:
 *
 *     npm run build && node scripts/default-logins.mjs TABLE.tsv
 *
 * A line has six columns with tabs between: user, password, maker, product, source, and the CVE that names the login, if
 * one does. Either of the first two may be empty; a community has "(community)" for its user.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loginDigest, nameDigest } from "../dist/agent/dissectors/known-logins.js";
import { root } from "./setup.mjs";

const [table] = process.argv.slice(2);
if (table === undefined) {
  console.error("usage: node scripts/default-logins.mjs TABLE.tsv");
  process.exit(2);
}

const entries = new Map();
for (const line of readFileSync(table, "utf8").split("\n")) {
  if (line.trim() === "") continue;
  const [user = "", password = "", maker = "", product = "", source = "", cve = ""] = line.split("\t");
  const key = [maker, product, source, cve].join("\t");
  const entry = entries.get(key) ?? { maker, product, source, ...(cve === "" ? {} : { cve }), logins: [] };
  entry.logins.push(loginDigest(nameDigest(user), password));
  entries.set(key, entry);
}
const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
// Their order would tell which is which.
for (const entry of sorted) entry.logins = [...new Set(entry.logins)].sort();
const lines = sorted.map((entry) => `  ${JSON.stringify(entry)}`).join(",\n");
writeFileSync(join(root, "agent/knowledge/default-logins.json"), `[\n${lines}\n]\n`);
