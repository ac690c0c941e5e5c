/** Makes a fresh clone ready: system packages, npm packages (compiled here, nothing downloaded from a code host), build. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { installMissing, NEEDS } from "./system-packages.mjs";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const STAMP = join(root, "node_modules", ".wardtap-installed");
const SUPPORTED = [20, 22, 24];
/** Without these nothing native can be compiled; without the library only what is compiled against it. */
const COMPILED_AGAINST = ["libpcap-dev"];
const COMPILERS = NEEDS.install.map((need) => need.package).filter((name) => !COMPILED_AGAINST.includes(name));
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
  if (!isInstalled(missing)) {
    const lacking = missing.filter((name) => COMPILERS.includes(name));
    if (lacking.length > 0)
      fail(`Native modules can't be compiled without ${lacking.join(", ")}: install them, then try again.`);
    log("Installing npm packages (native ones are compiled, which takes a minute or two, on a Pi up to ten) ...");
    // Only errors: npm warns of the two settings below, which are not for npm but for what it runs.
    run("npm", ["ci", "--no-fund", "--no-audit", "--loglevel=error"], nativeBuildEnvironment());
    checkNativeModules();
    writeFileSync(STAMP, stamp(missing));
  }
  sayWhatIsNotThere(log);
  if (!isBuilt()) {
    log("Building ...");
    run("npm", ["run", "--silent", "build"]);
  }
  return missing;
}

/** Wrong headers (a nodedir in somebody's npm settings) compile without complaint and only fail when loaded. */
function checkNativeModules() {
  const words = ["-e", 'new (require("better-sqlite3"))(":memory:").close()'];
  const { status, stderr } = spawnSync(process.execPath, words, { cwd: root, encoding: "utf8" });
  if (status === 0) return;
  const reason = stderr.split("\n").find((line) => line.includes("Error")) ?? stderr;
  fail(
    `better-sqlite3 was compiled but can't be loaded by Node ${process.versions.node}: ${reason.trim()}\n` +
      "Were the headers of another Node used? See: npm config get nodedir",
  );
}

/** Optional packages: npm leaves one out, without a word, when it can't be compiled. */
function sayWhatIsNotThere(log) {
  if (!existsSync(join(root, "node_modules/cap/build/Release/cap.node"))) {
    log(
      "Live capture with cap is not there: it could not be compiled (it needs libpcap-dev). tcpdump or dumpcap does " +
        "instead, where installed. Once libpcap-dev is installed, npm run setup compiles it.",
    );
  }
}

/** What is installed depends on the lock file, on Node's binary interface, and on what could be compiled. */
function stamp(missing) {
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  const without = missing.filter((name) => COMPILED_AGAINST.includes(name));
  return [lock, process.versions.modules, process.arch, ...without.map((name) => `without ${name}`)].join("\n");
}

function isInstalled(missing) {
  return existsSync(STAMP) && readFileSync(STAMP, "utf8") === stamp(missing);
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
 * Node's own headers, where they lie beside the program and whatever npm's settings say (others may not fit it): else
 * node-gyp would download them, which hospital networks don't allow; and no ready-made binaries from a code host, for
 * the same reason.
 */
function nativeBuildEnvironment() {
  const prefix = dirname(dirname(process.execPath));
  const environment = { ...process.env, npm_config_build_from_source: "true" };
  if (existsSync(join(prefix, "include", "node", "node.h"))) environment.npm_config_nodedir = prefix;
  return environment;
}

function fail(why) {
  console.error(`\n${why}`);
  process.exit(1);
}

export function run(command, words, env = process.env) {
  const done = spawnSync(command, words, { cwd: root, stdio: "inherit", env });
  if (done.status === 0) return;
  fail(
    `${[command, ...words].join(" ")} failed${done.error ? `: ${done.error.message}` : ""}. See above for the reason.`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes("--help")) {
    console.log(`npm run setup            what wardtap needs: compilers and libpcap (by apt when it may), npm packages, build
npm run setup -- --all   also what the demo and the tests need; exits with 1 when something is still missing`);
  } else {
    const all = process.argv.includes("--all");
    const missing = setUp(all ? ["install", "demo", "test"] : ["install"]);
    if (all && missing.length > 0) fail(`Still missing: ${missing.join(", ")}.`);
    console.log("Ready. Try: npm run demo");
  }
}
