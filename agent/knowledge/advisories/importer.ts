/** Takes CSAF advisories and the catalogue of exploited vulnerabilities into the folder of imported knowledge. */
import { type Dirent, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { readJson } from "./bounded-json.ts";
import { KEV_ID } from "./catalogue.ts";
import { readCsaf, type Unusable } from "./csaf.ts";
import { type Imported, readFolder } from "./folder.ts";
import { advisoryParcel, catalogueParcel, type Parcel, problemOf, removeLeftovers, store } from "./keep.ts";
import { looksLikeKev, readKev } from "./kev.ts";
import { compareRevisions } from "./newer.ts";
import type { Advisory, Catalogue } from "./schema.ts";
import { parseVersionRange } from "./version-range.ts";

/** Files beyond this are not read. */
const MAX_FILES = 20_000;
const MAX_FOLDER_DEPTH = 8;

export interface FileReport {
  file: string;
  /** older: a later version is held, and stays. unusable: see `problem`. */
  status: "added" | "replaced" | "unchanged" | "older" | "unusable";
  id: string | null;
  title: string | null;
  products: number;
  /** Products whose versions can be compared. */
  comparable: number;
  vulnerabilities: number;
  unusable: Unusable[];
  problem: string | null;
}

/** The file system refused to read a path or to store. */
export class ImportError extends Error {
  override name = "ImportError";
}

/** In the order of names. With `dryRun` nothing is written. Throws ImportError. */
export function* importFiles(paths: readonly string[], folder: string, dryRun = false): Iterable<FileReport> {
  const files = paths.flatMap((path) => filesAt(path));
  if (files.length > MAX_FILES) throw new ImportError(`These are more than ${MAX_FILES} files; import fewer at once.`);
  if (!dryRun) stored(() => removeLeftovers(folder), folder);
  const held = readFolder(folder);
  for (const file of files) yield importFile(file, folder, held, dryRun);
}

function importFile(file: string, folder: string, held: Imported, dryRun: boolean): FileReport {
  const read = readJson(file);
  if ("problem" in read) return refused(file, read.problem);
  return looksLikeKev(read.value)
    ? importCatalogue(file, read.value, folder, held, dryRun)
    : importAdvisory(file, read.value, folder, held, dryRun);
}

function importAdvisory(file: string, value: unknown, folder: string, held: Imported, dryRun: boolean): FileReport {
  const read = readCsaf(value);
  if ("problem" in read) return refused(file, read.problem);
  const { advisory, unusable } = read;
  const before = held.advisories.get(advisory.id.toLowerCase());
  const status = statusOf(advisory, before);
  if (status === "added" || status === "replaced") {
    const problem = keep(advisoryParcel(advisory), folder, held, dryRun);
    if (problem !== undefined) return refused(file, problem);
    held.advisories.set(advisory.id.toLowerCase(), advisory);
  }
  return { file, status, ...countsOf(advisory), unusable, problem: null };
}

function importCatalogue(file: string, value: unknown, folder: string, held: Imported, dryRun: boolean): FileReport {
  const read = readKev(value);
  if ("problem" in read) return refused(file, read.problem);
  const { catalogue, unusable } = read;
  const status = statusOf(dated(catalogue), held.catalogue === null ? undefined : dated(held.catalogue));
  if (status === "added" || status === "replaced") {
    const problem = keep(catalogueParcel(catalogue), folder, held, dryRun);
    if (problem !== undefined) return refused(file, problem);
    held.catalogue = catalogue;
  }
  return {
    file,
    status,
    id: KEV_ID,
    title: "Known exploited vulnerabilities",
    products: new Set(catalogue.exploited.map(({ maker, product }) => `${maker}\0${product}`)).size,
    comparable: 0,
    vulnerabilities: catalogue.exploited.length,
    unusable,
    problem: null,
  };
}

/** Why it was not kept; undefined when it was. What a replaced file took counts on, until the folder is read again. */
function keep(parcel: Parcel, folder: string, held: Imported, dryRun: boolean): string | undefined {
  const problem = problemOf(parcel, held);
  if (problem !== undefined) return problem;
  held.bytes += parcel.bytes.length;
  if (!dryRun) stored(() => store(folder, parcel), folder);
  return undefined;
}

/** The catalogue counts its versions by date: 2025.08.25. */
const dated = ({ revision, releasedAt }: Catalogue) => ({ revision, updatedAt: releasedAt });

function statusOf<T extends Parameters<typeof compareRevisions>[0]>(now: T, before: T | undefined) {
  if (before === undefined) return "added" as const;
  const order = compareRevisions(now, before);
  return order > 0 ? ("replaced" as const) : order < 0 ? ("older" as const) : ("unchanged" as const);
}

const countsOf = ({ id, title, products, vulnerabilities }: Advisory) => ({
  id,
  title,
  products: products.length,
  comparable: products.filter(({ version }) => version !== null && "range" in parseVersionRange(version)).length,
  vulnerabilities: vulnerabilities.length,
});

const refused = (file: string, problem: string): FileReport => ({
  file,
  status: "unusable",
  id: null,
  title: null,
  products: 0,
  comparable: 0,
  vulnerabilities: 0,
  unusable: [],
  problem,
});

function stored(write: () => void, folder: string): void {
  try {
    write();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    throw new ImportError(`Imported knowledge can't be stored in ${folder} (${code}).`);
  }
}

/** A file, or all JSON files under a folder. Links in folders are not followed. */
function filesAt(path: string, depth = 0): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    if (depth >= MAX_FOLDER_DEPTH) return [];
    return readdirSync(path, { withFileTypes: true })
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((entry) => filesIn(path, entry, depth));
  } catch (error) {
    if (depth > 0) return [];
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    throw new ImportError(code === "ENOENT" ? `There is no ${path}.` : `${path} can't be read (${code}).`);
  }
}

function filesIn(path: string, entry: Dirent, depth: number): string[] {
  if (entry.isDirectory()) return filesAt(join(path, entry.name), depth + 1);
  return entry.isFile() && entry.name.toLowerCase().endsWith(".json") ? [join(path, entry.name)] : [];
}
