/** The wardtap command as people type it: helps, ledger, lights and status, each with its words and exit code. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openCaptureFiles } from "../../agent/capture/pcap-file.ts";
import { defaultConfig } from "../../agent/config.ts";
import { findingChange } from "../../agent/ledger/finding-rows.ts";
import { type Ledger, openLedger } from "../../agent/ledger/ledger.ts";
import { deviceChanges } from "../../agent/ledger/presenter.ts";
import { replay } from "../../agent/replay.ts";
import { LIGHT_NAMES, LIGHTS } from "../../hardware/lights.ts";
import { repositoryRoot } from "../support/built.ts";
import { STACK_TRACE, startWardtap, wardtap } from "../support/wardtap.ts";

let folder = "";
let ledger: Ledger;
const path = () => join(folder, "ledger.db");

/** A ledger of the ward, held open by its writer as by a running agent. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "wardtap-commands-"));
  const capture = join(repositoryRoot(), "tests/captures/ward.pcap");
  const { devices, findings } = await replay(await openCaptureFiles([capture]), [capture], { config: defaultConfig() });
  ledger = openLedger(path(), { clock: () => Date.now() * 1000 });
  ledger.write([
    ...devices.flatMap(({ device, why }) => deviceChanges(device, ledger, { why })),
    ...findings.map(findingChange),
  ]);
});
afterAll(() => {
  ledger?.close();
  rmSync(folder, { recursive: true, force: true });
});

const run = async (...words: string[]) => {
  const finished = await wardtap(words);
  expect(finished.stderr).not.toMatch(STACK_TRACE);
  return finished;
};

describe("help", () => {
  test.each([
    [[], ["replay", "run", "ledger", "status", "doctor", "lights"]],
    [["run"], ["--interface", "--lights", "Examples:"]],
    [["sniff"], ["--pipe", "CAP_NET_RAW"]],
    [["agent"], ["--config", "/etc/wardtap/wardtap.toml"]],
    [["ledger"], ["list", "show", "export"]],
    [
      ["ledger", "show"],
      ["Examples:", "ICU-PUMP-04"],
    ],
    [["status"], ["Examples:", "--json"]],
    [["doctor"], ["Examples:", "Exit codes: 0", "Nothing is changed"]],
    [
      ["lights", "test"],
      ["--driver", "Examples:"],
    ],
  ])("of `wardtap %j` says what there is", async (command, parts) => {
    const { code, stdout, stderr } = await run(...command, "--help");
    expect([code, stderr]).toEqual([0, ""]);
    for (const part of parts) expect(stdout).toContain(part);
  });

  test("for a word that is no command says so, with code 2", async () => {
    const { code, stderr, stdout } = await run("replya");
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/unknown command 'replya'/);
  });

  test("whose reader goes away ends quietly", async () => {
    const child = startWardtap(["doctor", "--help"]);
    let stderr = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.stdout?.destroy();
    expect(await new Promise((resolve) => child.once("close", resolve))).toBe(0);
    expect(stderr).toBe("");
  });

  test("--version is the package's", async () => {
    const { stdout } = await run("--version");
    expect(stdout.trim()).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

describe("wardtap ledger", () => {
  test("list shows every device beside a running agent, medical ones first", async () => {
    const { code, stdout } = await run("ledger", "list", "--ledger", path());
    expect(code).toBe(0);
    const lines = stdout.split("\n");
    expect(lines[0]).toMatch(/^CLASS/);
    expect(lines.length).toBeGreaterThan(ledger.count("device"));
    expect(stdout).toContain("ICU-PUMP-04");
    expect(stdout).toMatch(/\d+ devices, \d+ medical/);
  });

  test.each(["json", "csv"])("list as %s can be read by programs", async (format) => {
    const { code, stdout } = await run("ledger", "list", "--ledger", path(), "--format", format);
    expect(code).toBe(0);
    const count =
      format === "json" ? (JSON.parse(stdout) as unknown[]).length : stdout.trimEnd().split("\r\n").length - 1;
    expect(count).toBe(ledger.count("device"));
  });

  test.each(["ICU-PUMP-04", "icu-pump-04", "00:03:b1:20:07:41", "00-03-B1-20-07-41", "10.20.7.41"])(
    "show finds the pump as %s",
    async (wanted) => {
      const { code, stdout } = await run("ledger", "show", wanted, "--ledger", path());
      expect(code).toBe(0);
      for (const part of ["nfusion pump", "Why we think so", "Heard from it", "17204741"])
        expect(stdout).toContain(part);
    },
  );

  test("show of nobody says so, with code 1", async () => {
    const { code, stdout, stderr } = await run("ledger", "show", "NOBODY", "--ledger", path());
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/NOBODY/);
  });

  test.skipIf(process.getuid?.() !== 0)(
    "a ledger in a folder of others isn't called missing (needs root)",
    async () => {
      const asNobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"];
      const { code, stderr } = await wardtap(["ledger", "list", "--ledger", path()], { before: asNobody });
      expect([code, stderr]).toEqual([2, expect.stringMatching(/this user has no right to it; try sudo/)]);
    },
  );

  test("export is all rows as one JSON document", async () => {
    const { code, stdout } = await run("ledger", "export", "--ledger", path());
    const document = JSON.parse(stdout) as { schema: number; ledgerId: string; rows: { kind: string }[] };
    expect([code, document.schema, document.ledgerId]).toEqual([0, 1, ledger.ledgerId]);
    expect(document.rows.filter(({ kind }) => kind === "evidence")).toHaveLength(ledger.count("evidence"));
  });

  test.each<[string, string[], RegExp]>([
    ["a ledger that isn't there", ["--ledger", "/nowhere/ledger.db"], /There is no ledger yet/],
    ["no configuration", [], /no configuration file.*--ledger FILE/],
    [
      "a configuration that isn't there",
      ["--config", "/nowhere/x.toml"],
      /There is no configuration file \/nowhere\/x\.toml/,
    ],
    ["a format there isn't", ["--format", "xml"], /table, json, csv/],
  ])("list of %s is refused in plain words, with code 2", async (_what, words, expected) => {
    const { code, stdout, stderr } = await run("ledger", "list", ...words);
    expect(stderr).toMatch(expected);
    expect([code, stdout]).toEqual([2, ""]);
  });

  test("a file of something else is refused, and left as it is", async () => {
    const notes = join(folder, "notes.db");
    writeFileSync(notes, "x".repeat(10_000));
    const { code, stderr } = await run("ledger", "list", "--ledger", notes);
    expect(code).toBe(2);
    expect(stderr).toMatch(/notes\.db/);
    expect(execFileSync("wc", ["-c", notes], { encoding: "utf8" })).toMatch(/^10000 /);
  });

  test("nobody's data is in what any of them prints", async () => {
    const labels = JSON.parse(
      execFileSync("cat", [join(repositoryRoot(), "tests/captures/labels.json")], { encoding: "utf8" }),
    ) as Record<string, { forbiddenText: string[] }>;
    const printed = [
      await run("ledger", "export", "--ledger", path()),
      await run("ledger", "list", "--ledger", path(), "--format", "csv"),
    ]
      .map(({ stdout }) => stdout)
      .join("");
    expect(labels["ward.pcap"]?.forbiddenText.length).toBeGreaterThan(3);
    expect(labels["ward.pcap"]?.forbiddenText.filter((text) => printed.includes(text))).toEqual([]);
  });
});

describe("wardtap findings", () => {
  test("show names the other devices concerned", async () => {
    const { stdout } = await run("findings", "list", "--device", "US-WARD7", "--json", "--ledger", path());
    const { findings } = JSON.parse(stdout) as { findings: { id: string; rule: string }[] };
    const { id } = findings.find(({ rule }) => rule === "unencrypted-clinical-data")!;
    const shown = await run("findings", "show", id, "--ledger", path());
    expect([shown.code, shown.stdout]).toEqual([
      0,
      expect.stringMatching(/^ {2}With +imaging archive 10\.20\.7\.20$/m),
    ]);
  });
});

describe("wardtap status", () => {
  test("says in a few lines what the tap knows", async () => {
    const { code, stdout } = await run("status", "--ledger", path());
    expect(code).toBe(0);
    expect(stdout).toContain(ledger.ledgerId);
    expect(stdout).toMatch(new RegExp(`Devices +${ledger.count("device")}, \\d+ of them medical`));
    expect(stdout).toMatch(/Findings +\d+ medium open/);
    expect(stdout).toMatch(new RegExp(`Console +${ledger.backlog()} rows wait`));
    expect(stdout).toMatch(/Last heard +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/);
  });

  test("--json says the same to programs", async () => {
    const status = JSON.parse((await run("status", "--ledger", path(), "--json")).stdout) as Record<string, unknown>;
    expect(status).toMatchObject({
      schema: 1,
      ledgerId: ledger.ledgerId,
      devices: ledger.count("device"),
      backlog: ledger.backlog(),
      drops: {},
    });
    expect(Object.values(status.classes as Record<string, number>).reduce((sum, count) => sum + count, 0)).toBe(
      ledger.count("device"),
    );
  });

  test("of an empty ledger says that nothing was heard", async () => {
    const empty = join(folder, "empty.db");
    openLedger(empty, { clock: () => 0 }).close();
    const { code, stdout } = await run("status", "--ledger", empty);
    expect(code).toBe(0);
    for (const part of ["none heard yet", "none open", "has everything", "nothing yet"]) expect(stdout).toContain(part);
  });
});

describe("wardtap lights", () => {
  test("card prints the wall card with every row of the light table", async () => {
    const { code, stdout } = await run("lights", "card");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^<!doctype html>/i);
    for (const name of LIGHT_NAMES) expect(stdout).toContain(LIGHTS[name].label);
  });

  test("test on the panel goes through each light and ends with all off", async () => {
    const { code, stdout, stderr } = await run("lights", "test", "--driver", "panel");
    expect(code).toBe(0);
    for (const name of LIGHT_NAMES) {
      expect(stdout + stderr).toContain(LIGHTS[name].label);
      expect(
        stdout
          .split("\n")
          .filter((line) => line.startsWith(LIGHTS[name].label))
          .at(-1),
      ).toContain("○");
    }
  }, 120_000);

  test("test without LEDs says why, with code 1", async () => {
    const { code, stderr } = await run("lights", "test", "--driver", "gpio");
    // On a Raspberry Pi there are LEDs, and the test just runs.
    if (code !== 0) expect([code, /No lights|LED|GPIO/i.test(stderr)]).toEqual([1, true]);
  }, 120_000);
});

describe("wardtap agent and run", () => {
  test("without a port to listen on say so, with code 2", async () => {
    const config = join(folder, "portless.toml");
    writeFileSync(config, "[capture]\ninterfaces = []\n");
    expect(await run("agent", "--config", config)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/No mirror port is configured/),
    });
    expect(await run("run", "--config", config)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/Which port mirrors\?/),
    });
  });

  test("run on a port that can't be silenced refuses to listen", async () => {
    const { code, stderr } = await run("run", "--interface", "nowhere0", "--ledger", join(folder, "run.db"));
    expect(code).toBe(1);
    expect(stderr).toMatch(/nowhere0 can't be made silent.*no network interface nowhere0/);
  });

  test("an agent whose ledger another agent writes says so, with code 1", async () => {
    const config = join(folder, "busy.toml");
    writeFileSync(
      config,
      `[capture]\ninterfaces = ["eth9"]\npipeDirectory = "${folder}"\n[ledger]\npath = "${path()}"\n[lights]\ndriver = "none"\n`,
    );
    const { code, stderr } = await run("agent", "--config", config);
    expect(code).toBe(1);
    expect(stderr).toMatch(/Another wardtap is already writing this ledger/);
  });

  test("an agent whose pipe can't be made says so, with code 1", async () => {
    const config = join(folder, "pipe.toml");
    writeFileSync(
      config,
      `[capture]\ninterfaces = ["eth9"]\npipeDirectory = "${path()}"\n[ledger]\npath = "${join(folder, "other.db")}"\n[lights]\ndriver = "none"\n`,
    );
    const { code, stderr } = await run("agent", "--config", config);
    expect(code).toBe(1);
    expect(stderr).toMatch(/pipe .* can't be made/);
  });
});
