/** Makes a fresh clone ready: system packages, npm packages (compiled here, nothing downloaded from a code host), build. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { installMissing } from "./system-packages.mjs";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const STAMP = join(root, "node_modules", ".wardtap-installed");
const SUPPORTED = [20, 22, 24];
/** What the build reads; dist older than any of it is built anew. */
const SOURCES = ["agent", "console", "hardware", "tests", "package.json", "tsconfig.json", "scripts/assets.mjs"];

/**
 * Sets up what a group of work needs. Returns the system packages still missing, which only some features need.
 * @param {("install" | "demo" | "test")[]} groups
 */
export function setUp(groups, log = console.log) {
  const major = Number(process.versions.node.split(".")[0]);
  if (!SUPPORTED.includes(major))
    log(`Node ${process.versions.node} is not one that wardtap is tested with (20, 22, 24).`);
  const missing = groups.flatMap((group) => installMissing(group, log).missing);
  if (!isInstalled()) {
    log("Installing npm packages (native ones are compiled, which takes a minute or two on a small machine) ...");
    run("npm", ["ci", "--no-fund", "--no-audit"], nativeBuildEnvironment());
    writeFileSync(STAMP, lockText());
  }
  if (!isBuilt()) {
    log("Building ...");
    run("npm", ["run", "--silent", "build"]);
  }
  return missing;
}

const lockText = () => readFileSync(join(root, "package-lock.json"), "utf8").length + ":" + process.versions.modules;

function isInstalled() {
  return existsSync(STAMP) && readFileSync(STAMP, "utf8") === lockText();
}

function isBuilt() {
  const built = ["dist/agent/cli.js", "dist/console/main.js", "dist/console/page/index.html"].map((path) =>
    join(root, path),
  );
  if (!built.every((path) => existsSync(path))) return false;
  const oldest = Math.min(...built.map((path) => statSync(path).mtimeMs));
  return SOURCES.every((path) => newest(join(root, path)) <= oldest);
}

function newest(path) {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return readdirSync(path)
    .filter((name) => name !== "artefacts")
    .reduce((time, name) => Math.max(time, newest(join(path, name))), 0);
}

/**
 * Node's own headers, where they lie beside the program: else node-gyp would download them, which hospital networks
 * don't allow; and no ready-made binaries from a code host, for the same reason.
 */
function nativeBuildEnvironment() {
  const prefix = dirname(dirname(process.execPath));
  const environment = { ...process.env, npm_config_build_from_source: "true" };
  if (existsSync(join(prefix, "include", "node", "node.h"))) environment.npm_config_nodedir ??= prefix;
  return environment;
}

export function run(command, words, env = process.env) {
  const done = spawnSync(command, words, { cwd: root, stdio: "inherit", env });
  if (done.status === 0) return;
  console.error(
    `\n${[command, ...words].join(" ")} failed${done.error ? `: ${done.error.message}` : ""}. See above for the reason.`,
  );
  process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes("--help")) {
    console.log(
      "npm run setup: installs what is missing (system packages by apt when it may), npm packages, and builds.",
    );
  } else {
    setUp(["install"]);
    console.log("Ready. Try: npm run demo");
  }
}
