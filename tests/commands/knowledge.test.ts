/** `wardtap knowledge`: its words, its exit codes, and what it says of a ledger's devices. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Device } from "../../agent/identify/device.ts";
import { openLedger } from "../../agent/ledger/ledger.ts";
import { deviceChanges } from "../../agent/ledger/presenter.ts";
import { device } from "../findings/given.ts";
import { csaf, PUMP, vulnerability } from "../knowledge/advisories/given.ts";
import { repositoryRoot } from "../support/built.ts";
import { STACK_TRACE, wardtap } from "../support/wardtap.ts";

let folder = "";
const at = (name: string) => join(folder, name);
const write = (name: string, value: unknown) => {
  writeFileSync(at(name), typeof value === "string" ? value : JSON.stringify(value));
  return at(name);
};
const run = async (...words: string[]) => {
  const finished = await wardtap(["knowledge", ...words]);
  expect(finished.stderr).not.toMatch(STACK_TRACE);
  return finished;
};
const pump = (id: string, version: string | null, more: Partial<Device> = {}) =>
  device({
    id,
    maker: "Baxter",
    model: "Sigma Spectrum",
    version,
    class: "infusion-pump",
    medical: true,
    ips: [`10.0.0.${id.at(-1)}`],
    ...more,
  });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "wardtap-knowledge-"));
  const ledger = openLedger(at("ledger.db"), { clock: () => 1_760_000_000_000_000 });
  const devices = [
    pump("dev-1", "9.0"),
    pump("dev-2", null),
    pump("dev-3", "8.0"),
    pump("dev-4", null, { model: null }),
    device({ id: "dev-5", maker: "HP", model: "LaserJet", class: "printer" }),
  ];
  ledger.write(devices.flatMap((one) => deviceChanges(one, ledger, { why: "test" })));
  ledger.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("import", () => {
  test("says of each file what could be used and what not, and the second time that nothing changed", async () => {
    const file = write("a.json", csaf({ products: [PUMP, { ...PUMP, id: "P2", version: "< july 1 2017" }] }));
    const first = await run("import", file, "--folder", at("first"));
    expect([first.code, first.stdout]).toEqual([0, expect.stringContaining("a.json: added: TEST-1 Advisory TEST-1")]);
    expect(first.stdout).toContain("1 vulnerability, 2 products, 1 with versions that can be compared");
    expect(first.stdout).toContain("not used: Sigma Spectrum < july 1 2017: version tells a date, not a version");
    const second = await run("import", file, "--folder", at("first"));
    expect([second.code, second.stdout]).toEqual([0, expect.stringContaining("0 added, 0 replaced, 1 unchanged")]);
  });

  test("exits 1 when a file can't be used or an older version is refused, and takes the others", async () => {
    const files = [
      write("b2.json", csaf({ id: "TEST-B", version: "2" })),
      write("b1.json", csaf({ id: "TEST-B" })),
      write("x.json", "{"),
    ];
    const { code, stdout } = await run("import", ...files, "--folder", at("second"), "--json");
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 1,
      dryRun: false,
      added: 1,
      older: 1,
      unusable: 1,
      files: [{ status: "added", id: "TEST-B" }, { status: "older" }, { status: "unusable", problem: "is no JSON" }],
    });
  });

  test("changes nothing with --dry-run", async () => {
    const { code, stdout } = await run("import", write("c.json", csaf()), "--folder", at("dry"), "--dry-run");
    expect([code, existsSync(at("dry"))]).toEqual([0, false]);
    expect(stdout).toContain("Nothing was changed.");
  });

  test("exits 2 for a file that is not there", async () => {
    const { code, stderr } = await run("import", at("missing.json"), "--folder", at("none"));
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^wardtap: There is no \S+\.\n$/)]);
  });

  test("says that a folder holds nothing to import", async () => {
    mkdirSync(at("empty"));
    const { code, stdout } = await run("import", at("empty"), "--folder", at("none"));
    expect([code, stdout]).toEqual([0, "No file whose name ends in .json is there: nothing was changed.\n"]);
  });

  test("shows what a hostile file says as text", async () => {
    const value = csaf({ id: "TEST-H" });
    value.document.title = "\u001b[2Jgone\u202e";
    const { stdout } = await run("import", write("h.json", value), "--folder", at("hostile"));
    expect(stdout).toContain("�[2Jgone�");
  });

  test("reads where to put it from the configuration", async () => {
    const config = write("wardtap.toml", `[knowledge]\npath = "${at("configured")}"\n`);
    await run("import", write("d.json", csaf()), "--config", config);
    expect(readdirSync(at("configured"))).toEqual(["test-1.json"]);
  });
});

describe("list, show and remove", () => {
  test("go through what is there, and undo an import", async () => {
    await run("import", write("e.json", csaf({ id: "TEST-E" })), "--folder", at("listed"));
    expect((await run("list", "--folder", at("listed"))).stdout).toMatch(/TEST-E .*imported/);
    const { advisories } = JSON.parse((await run("list", "--folder", at("listed"), "--json")).stdout);
    expect(advisories).toContainEqual(expect.objectContaining({ id: "ICSMA-17-017-02", origin: "bundled" }));
    const shown = await run("show", "test-e", "--folder", at("listed"));
    expect(shown.stdout).toContain("CVE-2024-10001: 9.8 (Test Publisher)");
    expect((await run("remove", "TEST-E", "--folder", at("listed"))).stdout).toBe("TEST-E is removed.\n");
    const gone = await Promise.all(["show", "remove"].map((verb) => run(verb, "TEST-E", "--folder", at("listed"))));
    expect(gone.map(({ code }) => code)).toEqual([1, 1]);
  });
});

describe("affected", () => {
  beforeAll(async () => {
    const products = [{ ...PUMP, version: ">= 8.1 | <= 9.0" }];
    await run(
      "import",
      write("f.json", csaf({ id: "TEST-F", products, vulnerabilities: [vulnerability("CVE-2024-10009", ["P1"])] })),
      "--folder",
      at("asked"),
    );
  });
  const asked = (what: string, ...more: string[]) =>
    run("affected", what, "--ledger", at("ledger.db"), "--folder", at("asked"), ...more);

  test.each(["CVE-2024-10009", "cve-2024-10009", "TEST-F", "test-f"])(
    "by %s: each device with its verdict, the surest first",
    async (what) => {
      const { code, stdout } = await asked(what, "--json");
      const { looked, devices } = JSON.parse(stdout);
      expect([code, looked]).toEqual([0, 5]);
      expect(devices.map((one: { deviceId: string; verdict: string }) => [one.deviceId, one.verdict])).toEqual([
        ["dev-1", "confirmed"],
        ["dev-2", "likely"],
        ["dev-4", "possible"],
        ["dev-3", "not-affected"],
      ]);
    },
  );

  test("as a table with the reason", async () => {
    const { stdout } = await asked("CVE-2024-10009");
    expect(stdout).toMatch(/confirmed +.*10\.0\.0\.1/);
    expect(stdout).toContain("CVE-2024-10009: 1 confirmed, 1 likely, 1 possible, 1 not-affected, of 5 devices");
  });

  test("says so when it concerns nobody, and when nothing is known of it", async () => {
    expect((await asked("ICSMA-22-244-01")).stdout).toBe(
      "ICSMA-22-244-01 concerns none of the 5 devices in the ledger.\n",
    );
    const unknown = await asked("CVE-1999-0001");
    expect([unknown.code, unknown.stderr]).toEqual([1, "wardtap: No advisory here tells of CVE-1999-0001.\n"]);
  });
});

describe("replay", () => {
  const capture = join(repositoryRoot(), "tests/captures/hl7.pcap");
  const replayed = async (...words: string[]) => {
    const { stdout } = await wardtap(["replay", capture, "--json", ...words]);
    return JSON.parse(stdout);
  };

  test("judges by imported advisories where they are named, and its document says by which knowledge", async () => {
    const products = [{ vendor: "Hospira", name: "Plum A+", version: "vers:all/*", id: "P1" }];
    await run("import", write("g.json", csaf({ id: "TEST-G", products })), "--folder", at("replayed"));
    const [plain, again, more] = await Promise.all([replayed(), replayed(), replayed("--knowledge", at("replayed"))]);
    expect(again).toEqual(plain);
    expect(more.tap.knowledge).not.toBe(plain.tap.knowledge);
    const advisories = (document: typeof plain) =>
      document.findings.flatMap((one: { vulnerabilities: { advisory: string }[] }) =>
        one.vulnerabilities.map(({ advisory }) => advisory),
      );
    expect([advisories(plain).includes("TEST-G"), advisories(more).includes("TEST-G")]).toEqual([false, true]);
    expect(new Set(more.findings.map((one: { knowledgeVersion: string }) => one.knowledgeVersion))).toEqual(
      new Set([more.tap.knowledge]),
    );
  });

  test("refuses a folder that is not there", async () => {
    const { code, stderr } = await wardtap(["replay", capture, "--knowledge", at("nowhere")]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("there is no such folder")]);
  });
});
