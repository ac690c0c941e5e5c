/** Builds the console once per test file: a worker thread and a program can't run from source on every Node. */
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

export interface Built {
  worker: URL;
  main: string;
  remove: () => void;
}

/** What the compiler leaves behind: the knowledge that code reads from beside itself. */
const copyData = (from: string, to: string) =>
  cpSync(from, to, { recursive: true, filter: (path) => statSync(path).isDirectory() || path.endsWith(".json") });

export async function buildConsoleFiles(): Promise<Built> {
  const folder = mkdtempSync(join(tmpdir(), "wardtap-build-"));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ name: "wardtap", version: "0.0.0-test", type: "module" }),
  );
  const config = {
    extends: join(ROOT, "tsconfig.json"),
    compilerOptions: {
      outDir: join(folder, "dist"),
      rootDir: ROOT,
      types: ["node"],
      typeRoots: [join(ROOT, "node_modules/@types")],
    },
    files: [join(ROOT, "console/main.ts"), join(ROOT, "console/store/worker.ts")],
    include: [],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
  await promisify(execFile)(process.execPath, [compiler, "-p", folder, "--noCheck"]);
  const main = join(folder, "dist/console/main.js");
  const worker = join(folder, "dist/console/store/worker.js");
  copyData(join(ROOT, "agent"), join(folder, "dist/agent"));
  if (!existsSync(main) || !existsSync(worker)) throw new Error("the console didn't build");
  return { worker: pathToFileURL(worker), main, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
