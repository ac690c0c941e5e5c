import {
  chmodSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { openLedger } from "../../agent/ledger/ledger.ts";
import { MIGRATIONS } from "../../agent/ledger/migrate.ts";
import { openSqlite } from "../../agent/sqlite.ts";
import { clock, opened, row, temporaryFolder } from "./support.ts";

const written = (...rows: string[]) => {
  const path = join(temporaryFolder(), "ledger.db");
  const ledger = opened(path);
  ledger.write(rows.map((key) => row(key, { text: "x".repeat(200) })));
  const id = ledger.ledgerId;
  ledger.close();
  return { path, id };
};
const code = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return "no error";
};

describe("who may open", () => {
  test("a folder and files that we make are for their owner only", () => {
    const path = join(temporaryFolder(), "deep", "er", "ledger.db");
    const ledger = opened(path);
    ledger.write([row("a")]);
    const mode = (file: string) => (statSync(file).mode & 0o777).toString(8);
    expect(mode(dirname(path))).toBe("700");
    expect(mode(dirname(dirname(path)))).toBe("700");
    for (const file of readdirSync(dirname(path)))
      expect([file, mode(join(dirname(path), file))]).toEqual([file, "600"]);
  });

  test("a ledger left open to others is closed to them", () => {
    const { path } = written("a");
    chmodSync(path, 0o644);
    opened(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("a second writer is refused in plain words, and let in when the first has left", () => {
    const path = join(temporaryFolder(), "ledger.db");
    const first = opened(path);
    expect(() => openLedger(path, { clock })).toThrow("Another wardtap is already writing this ledger.");
    first.write([row("still mine")]);
    expect(code(() => openLedger(path, { clock }))).toBe("busy");
    first.close();
    expect(opened(path).count("device")).toBe(1);
  });

  test("a reader reads while the writer writes, and sees what is committed", () => {
    const path = join(temporaryFolder(), "ledger.db");
    const writer = opened(path);
    const reader = opened(path, { readOnly: true });
    for (let n = 1; n <= 50; n++) {
      const { revision } = writer.write([row(`d${n}`), row("same", { n })]);
      expect(reader.revision()).toBe(revision);
      expect(reader.count("device")).toBe(n + 1);
      expect(reader.get("device", "same")?.body).toEqual({ n });
    }
  });

  test("a reader in the middle of a long walk holds no writer up", () => {
    const path = join(temporaryFolder(), "ledger.db");
    const writer = opened(path);
    writer.write(Array.from({ length: 2000 }, (_, n) => row(`d${n}`)));
    const walk = opened(path, { readOnly: true }).iterate("device");
    walk.next();
    expect(writer.write([row("new")]).written).toBe(1);
    walk.return?.();
  });

  test("a reader can't write", () => {
    const { path } = written("a");
    const reader = opened(path, { readOnly: true });
    expect(code(() => reader.write([row("b")]))).toBe("read-only");
    expect(code(() => reader.replaceLedgerId())).toBe("read-only");
    expect(() => {
      reader.ackedRevision = 1;
    }).toThrow("opened for reading");
  });

  test("a reader of no ledger is told so, and makes none", () => {
    const path = join(temporaryFolder(), "ledger.db");
    expect(code(() => openLedger(path, { clock, readOnly: true }))).toBe("missing");
    expect(existsSync(path)).toBe(false);
  });
});

describe("forms of the ledger", () => {
  /** This program's migrations and more. */
  const withMore = (...more: string[]) => {
    const folder = temporaryFolder();
    for (const name of readdirSync(MIGRATIONS)) copyFileSync(new URL(name, MIGRATIONS), join(folder, name));
    const first = readdirSync(MIGRATIONS).length + 1;
    more.forEach((sql, index) => {
      writeFileSync(join(folder, `${String(first + index).padStart(3, "0")}-more.sql`), sql);
    });
    return pathToFileURL(`${folder}/`);
  };
  const NOTES = "CREATE TABLE notes (text TEXT);";

  test("an older ledger is brought up and keeps its rows and id", () => {
    const { path, id } = written("a", "b");
    const migrations = withMore(NOTES, "INSERT INTO notes SELECT key FROM rows;");
    const ledger = opened(path, { migrations });
    expect(ledger.count("device")).toBe(2);
    expect(ledger.ledgerId).toBe(id);
    ledger.close();
    const db = openSqlite(path, { readonly: true });
    expect(db.prepare("SELECT count(*) FROM notes").pluck().get()).toBe(2);
    db.close();
  });

  test("a step that fails undoes the steps before it", () => {
    const { path } = written("a");
    expect(() => openLedger(path, { clock, migrations: withMore(NOTES, "INSERT INTO nowhere VALUES (1);") })).toThrow();
    const db = openSqlite(path, { readonly: true });
    expect(db.pragma("user_version", { simple: true })).toBe(1);
    expect(db.prepare("SELECT name FROM sqlite_schema WHERE name = 'notes'").all()).toEqual([]);
    db.close();
    expect(opened(path).count("device")).toBe(1);
  });

  test("a newer ledger is refused, and left as it is", () => {
    const { path } = written("a");
    opened(path, { migrations: withMore(NOTES) }).close();
    const before = readFileSync(path);
    for (const readOnly of [false, true])
      expect(() => openLedger(path, { clock, readOnly })).toThrow("written by a newer wardtap");
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(readdirSync(dirname(path)).filter((name) => name.includes("broken"))).toEqual([]);
  });

  test("an older ledger isn't changed by a reader", () => {
    const { path } = written("a");
    expect(code(() => openLedger(path, { clock, readOnly: true, migrations: withMore(NOTES) }))).toBe("older");
  });

  test("somebody else's database is refused, and left as it is", () => {
    const path = join(temporaryFolder(), "ledger.db");
    const db = openSqlite(path);
    db.exec("CREATE TABLE patients (name TEXT); INSERT INTO patients VALUES ('x')");
    db.close();
    const before = readFileSync(path);
    expect(code(() => openLedger(path, { clock }))).toBe("not-a-ledger");
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test("a folder in the ledger's place is refused", () => {
    const folder = temporaryFolder();
    expect(code(() => openLedger(folder, { clock }))).toBe("not-a-ledger");
  });
});

describe("damage", () => {
  const PAGE = 4096;
  const overwrite = (path: string, from: number, length: number) => {
    const bytes = readFileSync(path);
    bytes.fill(0xa5, from, from + length);
    writeFileSync(path, bytes);
  };
  const many = () => written(...Array.from({ length: 200 }, (_, n) => `d${n}`));

  test.each<[string, (path: string) => void]>([
    ["its first bytes overwritten", (path) => overwrite(path, 0, 100)],
    ["a page overwritten", (path) => overwrite(path, PAGE * 3, PAGE)],
    ["its tail cut off", (path) => truncateSync(path, PAGE * 3 + 17)],
    ["nothing left in it", (path) => truncateSync(path, 0)],
    ["text in its place", (path) => writeFileSync(path, "gone\n".repeat(5000))],
    ["rows that are no JSON", (path) => unhook(path, "UPDATE rows SET body = '{' WHERE revision = 7")],
    ["no id", (path) => unhook(path, "DELETE FROM meta WHERE name = 'ledgerId'")],
  ])("a ledger with %s is set aside whole, a new one is begun, and it is said", (_, spoil) => {
    const { path, id } = many();
    spoil(path);
    const spoilt = readFileSync(path);
    const ledger = opened(path);
    expect(ledger.repaired).toContain(`${path}.broken-20260501T120000Z`);
    expect(readFileSync(`${path}.broken-20260501T120000Z`).equals(spoilt)).toBe(true);
    expect(ledger.ledgerId).not.toBe(id);
    expect(ledger.revision()).toBe(0);
    expect(ledger.write([row("a")]).written).toBe(1);
    ledger.close();
    expect(opened(path).repaired).toBeNull();
  });

  test("a log without its database is no part of a new ledger", () => {
    const path = join(temporaryFolder(), "ledger.db");
    const ledger = opened(path);
    ledger.write([row("a")]);
    const log = readFileSync(`${path}-wal`);
    ledger.close();
    rmSync(path);
    writeFileSync(`${path}-wal`, log);
    const next = opened(path);
    expect(next.repaired).toContain("its main file is gone");
    expect(next.count("device")).toBe(0);
  });

  test("a reader leaves a damaged ledger where it is and says so", () => {
    const { path } = many();
    overwrite(path, 0, 100);
    expect(code(() => openLedger(path, { clock, readOnly: true }))).toBe("corrupt");
    expect(existsSync(path)).toBe(true);
  });

  test("only the last few damaged ledgers are kept", () => {
    const path = join(temporaryFolder(), "ledger.db");
    for (let day = 1; day <= 6; day++) {
      opened(path).close();
      truncateSync(path, 0);
      opened(path, { clock: () => clock() + day * 86_400_000_000 }).close();
    }
    const kept = readdirSync(dirname(path)).filter((name) => name.includes("broken"));
    expect(kept.sort()).toEqual(["05", "06", "07"].map((day) => `ledger.db.broken-202605${day}T120000Z`));
  });

  test("a whole ledger says nothing of repair", () => {
    const { path, id } = many();
    const ledger = opened(path);
    expect(ledger.repaired).toBeNull();
    expect(ledger.ledgerId).toBe(id);
  });

  function unhook(path: string, sql: string) {
    const db = openSqlite(path);
    db.exec(sql);
    db.close();
  }
});
