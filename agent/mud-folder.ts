/** MUD files that people accepted: read from a folder once, checked, and each that can't be used is named. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Accepted } from "./behaviour/accepted.ts";
import { mudSchema } from "./behaviour/mud-schema.ts";

/** Files read; further ones are named as left out. */
const MAX_FILES = 500;
const MAX_FILE_BYTES = 1024 * 1024;

export interface MudFolder {
  accepted: Accepted[];
  /** One sentence for each file that can't be used. */
  problems: string[];
}

/** Files that end in .json; none without a folder. */
export function readMudFolder(folder: string | undefined): MudFolder {
  if (folder === undefined) return { accepted: [], problems: [] };
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return {
      accepted: [],
      problems: [`The folder of MUD files ${folder} can't be read (${code ?? "unknown error"}).`],
    };
  }
  const accepted: Accepted[] = [];
  const problems: string[] = [];
  for (const [index, name] of names.sort().entries()) {
    const read = index < MAX_FILES ? readMud(join(folder, name)) : `more than ${MAX_FILES} files`;
    if (typeof read === "string") problems.push(`The MUD file ${name} can't be used: ${read}.`);
    else accepted.push(read);
  }
  return { accepted, problems };
}

/** The file, or what is wrong with it. */
function readMud(path: string): Accepted | string {
  let value: unknown;
  try {
    if (statSync(path).size > MAX_FILE_BYTES) return `larger than ${MAX_FILE_BYTES} bytes`;
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    return error instanceof SyntaxError ? "it is no JSON" : "it can't be read";
  }
  const checked = mudSchema.safeParse(value);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    return `${issue?.path.join(".") || "top level"}: ${issue?.message}`;
  }
  return Accepted.of(checked.data) ?? "it doesn't say the maker and the model (mfg-name, model-name)";
}
