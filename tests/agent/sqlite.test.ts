/** Which release of better-sqlite3 is taken; judged with the installed packages, looked for from folders made here. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { loadSqlite, openSqlite, pickSqlite } from "../../agent/sqlite.ts";
import { repositoryRoot } from "../support/built.ts";

const NODE = Number(process.versions.node.split(".")[0]);

/** A `require` beginning in a folder with these packages: "installed" ones, or ones that fail with the given message. */
function packages(wanted: Record<string, "installed" | Error>): NodeJS.Require {
  const folder = mkdtempSync(join(tmpdir(), "wardtap-sqlite-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "node_modules"));
  for (const [name, how] of Object.entries(wanted)) {
    const path = join(folder, "node_modules", name);
    if (how === "installed") {
      symlinkSync(realpathSync(join(repositoryRoot(), "node_modules", name)), path);
    } else {
      mkdirSync(path);
      writeFileSync(join(path, "index.js"), `throw new Error(${JSON.stringify(how.message)});`);
    }
  }
  return createRequire(join(folder, "index.js"));
}

test("this Node gets release 13 from 22 on, and release 12 before", () => {
  expect(loadSqlite().version).toMatch(NODE >= 22 ? /^13\./ : /^12\./);
});

test("what is written to a file is read back from it", () => {
  const folder = mkdtempSync(join(tmpdir(), "wardtap-sqlite-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const db = openSqlite(join(folder, "x.db"));
  db.exec("CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (42)");
  db.close();
  const again = openSqlite(join(folder, "x.db"), { readonly: true });
  onTestFinished(() => void again.close());
  expect(again.prepare("SELECT n FROM t").pluck().get()).toBe(42);
});

test("release 12 does where the optional release 13 was left out", () => {
  expect(pickSqlite(packages({ "better-sqlite3": "installed" }), 24).version).toMatch(/^12\./);
});

test("release 12 does where release 13 is there but can't be loaded", () => {
  const load = packages({ "better-sqlite3": "installed", "better-sqlite3-next": new Error("wrong libc") });
  expect(pickSqlite(load, 22).version).toMatch(/^12\./);
});

test("Node 20 doesn't even try release 13, which crashes there", () => {
  const load = packages({ "better-sqlite3": new Error("not compiled"), "better-sqlite3-next": new Error("tried") });
  expect(() => pickSqlite(load, 20)).toThrow("No better-sqlite3 loads in Node 20 (better-sqlite3: not compiled).");
});

test("where none loads every reason is said", () => {
  const load = packages({
    "better-sqlite3": new Error("not compiled"),
    "better-sqlite3-next": new Error("wrong libc"),
  });
  expect(() => pickSqlite(load, 22)).toThrow(
    /Node 22 \(better-sqlite3-next: wrong libc; better-sqlite3: not compiled\)/,
  );
});
