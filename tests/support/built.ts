/** Where the compiled product lies, for tests that start it as a process of its own. */
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder that holds package.json, from the sources as from their compiled copies. */
export const repositoryRoot = (): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error("there is no package.json above this file");
    folder = parent;
  }
  return folder;
};

/**
 * Absolute path of a compiled file, named as in the repository with `.js`: builtPath("agent/capture/cap.js").
 * Throws when it is missing or older than its source, saying what to run.
 */
export const builtPath = (path: string): string => {
  const root = repositoryRoot();
  const built = join(root, "dist", path);
  const advice = "run `npx tsc -p tsconfig.json` first";
  if (!existsSync(built)) throw new Error(`dist/${path} has not been built: ${advice}`);
  const source = join(root, path.replace(/\.js$/, ".ts"));
  if (existsSync(source) && statSync(source).mtimeMs > statSync(built).mtimeMs) {
    throw new Error(`dist/${path} is older than its source: ${advice}`);
  }
  return built;
};
