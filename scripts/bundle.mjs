/**
 * Joins the compiled modules of the `wardtap` command and of its threads into a few files under dist/agent/bundle/,
 * which load in a third of the time: finding, reading and linking hundreds of small ones costs a Pi most of a second at
 * every start.
 *
 * dist/agent/cli.js and each thread's entry then only lead there. The compiler writes them anew each time, so a build
 * without this step runs file by file and is never out of date.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const agent = join(dirname(dirname(fileURLToPath(import.meta.url))), "dist/agent");
const ENTRIES = ["cli", "replay-share-worker"];
const bundle = join(agent, "bundle");
const entryPath = (name) => join(agent, `${name}.js`);
const leadTo = (name) => `${name === "cli" ? "#!/usr/bin/env node\n" : ""}import "./bundle/${name}.js";\n`;

/** Modules find their data files beside themselves: each goes on seeing the address it had. */
const ownAddresses = {
  name: "own-addresses",
  transform: (code, id) =>
    code.includes("import.meta.url")
      ? code.replaceAll("import.meta.url", `new URL(${JSON.stringify(relative(bundle, id))}, import.meta.url).href`)
      : null,
};

/** Does nothing when it was done since the last compilation, or where the bundler isn't installed. */
export async function bundleCommand() {
  if (ENTRIES.every((name) => readFileSync(entryPath(name), "utf8") === leadTo(name))) return;
  const vite = await import("vite").catch(() => undefined);
  if (vite === undefined) return;
  rmSync(bundle, { recursive: true, force: true });
  await vite.build({
    configFile: false,
    root: agent,
    logLevel: "error",
    publicDir: false,
    plugins: [ownAddresses],
    ssr: { external: true },
    build: {
      ssr: true,
      target: "node20",
      outDir: bundle,
      emptyOutDir: false,
      minify: false,
      rolldownOptions: {
        input: ENTRIES.map(entryPath),
        output: { entryFileNames: "[name].js", chunkFileNames: "[name].js" },
      },
    },
  });
  for (const name of ENTRIES) writeFileSync(entryPath(name), leadTo(name));
}
