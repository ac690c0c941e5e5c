/** `wardtap findings` as people type it: what is listed, how a finding is named, what is refused and with which code. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { JudgedFinding } from "../../agent/findings/judge.ts";
import { begun } from "../../agent/findings/work/sight.ts";
import type { WorkedFinding } from "../../agent/findings/work/worked.ts";
import { findingChange } from "../../agent/ledger/finding-rows.ts";
import { openLedger } from "../../agent/ledger/ledger.ts";
import { deviceChanges } from "../../agent/ledger/presenter.ts";
import { fresh, START } from "../findings/work/given.ts";
import { device } from "../ledger/support.ts";
import { builtPath } from "../support/built.ts";
import { STACK_TRACE, wardtap } from "../support/wardtap.ts";

const REASON = ["--reason", "known"];
const ACCEPTANCE = [...REASON, "--control", "own VLAN", "--owner", "Clinical engineering"];
/** A year from now, since a command goes by the machine's own clock. */
const REVIEW = new Date(Date.now() + 365 * 24 * 3600 * 1000).toISOString().slice(0, 10);

const held = (id: string, more: Partial<JudgedFinding>, state: WorkedFinding["state"] = "open"): WorkedFinding => ({
  ...begun(fresh(more), START),
  id,
  state,
});
const HIGH = "fnd-3c01b20000000001";
const LOW = "fnd-3c01b20000000002";
const NETWORK = "fnd-77aa010000000003";
const DONE = "fnd-88bb010000000004";
const FINDINGS = [
  held(HIGH, { severity: "high" }),
  held(LOW, { rule: "upnp", severity: "low", title: "Found by anybody" }, "acknowledged"),
  held(NETWORK, { rule: "rogue-dhcp", severity: "critical", about: "network", deviceId: null }),
  held(DONE, { rule: "telnet", severity: "medium" }, "resolved"),
];

let folder = "";
const path = () => join(folder, "ledger.db");
const run = async (...words: string[]) => {
  const finished = await wardtap(["findings", ...words, "--ledger", path()]);
  expect(finished.stderr).not.toMatch(STACK_TRACE);
  return finished;
};
const listed = async (...words: string[]) =>
  (JSON.parse((await run("list", "--json", ...words)).stdout) as { findings: { id: string }[] }).findings.map(
    ({ id }) => id,
  );
const shown = async (id: string) =>
  (JSON.parse((await run("show", id, "--json")).stdout) as { finding: Record<string, unknown> }).finding;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wardtap-findings-"));
  const ledger = openLedger(path(), { clock: () => START });
  ledger.write([...deviceChanges(device(), ledger, { why: "" }), ...FINDINGS.map(findingChange)]);
  ledger.close();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("list", () => {
  test.each<[string[], string[]]>([
    [[], [NETWORK, HIGH, LOW]],
    [["--all"], [NETWORK, HIGH, DONE, LOW]],
    [
      ["--state", "open"],
      [NETWORK, HIGH],
    ],
    [["--state", "resolved"], [DONE]],
    [["--state", "accepted"], []],
    [
      ["--all", "--severity", "medium"],
      [NETWORK, HIGH, DONE],
    ],
    [["--severity", "critical"], [NETWORK]],
    [
      ["--device", "10.0.0.155"],
      [HIGH, LOW],
    ],
    [
      ["--device", "ICU-PUMP-04", "--all"],
      [HIGH, DONE, LOW],
    ],
  ])("%j gives the gravest first", async (words, ids) => {
    expect(await listed(...words)).toEqual(ids);
  });

  test("prints one line each, with who it is about and how it stands; it is what `findings` alone does", async () => {
    const { code, stdout } = await run();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ID +SEVERITY +STATE +RULE +ABOUT/);
    expect(stdout).toMatch(/^fnd-77aa01 +critical +open +rogue-dhcp +the network/m);
    expect(stdout).toMatch(/^fnd-3c01b2 +low +acknowledged +upnp +infusion pump ICU-PUMP-04/m);
    expect(stdout).toMatch(/\n3 findings\n$/);
    expect((await run("list", "--state", "accepted")).stdout).toBe("No findings.\n");
  });

  test.each<[string[], number, RegExp]>([
    [["--state", "closed"], 2, /Allowed choices are open, acknowledged/],
    [["--severity", "bad"], 2, /Allowed choices are critical, high/],
    [["--device", "10.9.9.9"], 1, /^wardtap: .*10\.9\.9\.9/],
  ])("%j is refused in a sentence", async (words, wanted, message) => {
    const { code, stdout, stderr } = await run("list", ...words);
    expect([code, stdout, stderr]).toEqual([wanted, "", expect.stringMatching(message)]);
  });
});

describe("a finding is named", () => {
  test.each([[HIGH], [HIGH.toUpperCase()], ["77aa"], ["fnd-77aa01"]])("by %s", async (typed) => {
    expect((await shown(typed)).id).toBe(typed.includes("77") ? NETWORK : HIGH);
  });

  test.each([
    ["3c01b2", `wardtap: 2 findings begin with 3c01b2: ${HIGH}, ${LOW}.\n`],
    ["fnd-", "wardtap: There is no finding fnd-: `wardtap findings list --all` shows all.\n"],
    ["77", "wardtap: There is no finding 77: `wardtap findings list --all` shows all.\n"],
    ["\u001b[31m0000", "wardtap: There is no finding �[31m0000: `wardtap findings list --all` shows all.\n"],
  ])("not by %j, and nothing is done", async (typed, stderr) => {
    expect(await run("show", typed)).toMatchObject({ code: 1, stdout: "", stderr });
    expect(await run("resolve", typed, ...REASON)).toMatchObject({ code: 1, stdout: "", stderr });
    expect(await listed("--state", "resolved")).toEqual([DONE]);
  });
});

describe("working", () => {
  test("goes from open to accepted and back, with who, when and why", async () => {
    expect(await run("acknowledge", HIGH, "--by", "A. Nurse", "--note", "asked the maker")).toMatchObject({
      code: 0,
      stdout: `${HIGH}: It is acknowledged now.\n`,
    });
    expect((await run("accept", HIGH, ...ACCEPTANCE, "--review", REVIEW, "--by", "K. Engineer")).code).toBe(0);
    const text = (await run("show", HIGH)).stdout;
    expect(text).toMatch(/^High: A login can be read on the network\n/);
    expect(text).toMatch(/^ {2}State +accepted as a risk$/m);
    expect(text).toMatch(new RegExp(`^  Review by +${REVIEW} 23:59:59 UTC$`, "m"));
    expect(text).toMatch(/ acknowledged by A\. Nurse: asked the maker$/m);
    expect(text).toMatch(/ accepted by K\. Engineer: known; control: own VLAN; owner: Clinical engineering; until /m);
    expect((await run("reopen", HIGH)).stdout).toBe(`${HIGH}: It is open now.\n`);
    expect(await shown(HIGH)).toMatchObject({ state: "open", work: { history: [{}, {}, { what: "reopened" }] } });
  });

  test("signs with the login name, also behind sudo", async () => {
    const words = ["findings", "resolve", "77aa", ...REASON, "--ledger", path()];
    expect((await wardtap(words, { env: { SUDO_USER: "kim" } })).code).toBe(0);
    expect(await shown(NETWORK)).toMatchObject({ state: "resolved", work: { by: "kim", reason: "known" } });
  });

  test.each<[string, string[], number, RegExp]>([
    ["no reason", ["resolve", HIGH], 2, /required option '--reason <text>'/],
    ["an empty reason", ["false-alarm", HIGH, "--reason", " "], 1, /^wardtap: Why\? A reason is needed\.\n$/],
    ["no control", ["accept", HIGH, ...REASON], 2, /required option '--control <text>'/],
    ["no date", ["accept", HIGH, ...ACCEPTANCE], 2, /required option '--review <date>'/],
    ["no real day", ["accept", HIGH, ...ACCEPTANCE, "--review", "2027-02-31"], 1, /A review date is needed, such as/],
    [
      "a date in words",
      ["accept", HIGH, ...ACCEPTANCE, "--review", "31.3.2027"],
      1,
      /A review date is needed, such as/,
    ],
    ["a past date", ["accept", HIGH, ...ACCEPTANCE, "--review", "2020-01-01"], 1, /has passed already/],
    ["a date far off", ["accept", HIGH, ...ACCEPTANCE, "--review", "2199-01-01"], 1, /within 5 years/],
    ["no finding", ["resolve", ...REASON], 2, /missing required argument 'finding'/],
    ["what is closed", ["accept", DONE, ...ACCEPTANCE, "--review", REVIEW], 1, /It is resolved: reopen it first/],
    ["nobody", ["resolve", HIGH, ...REASON, "--by", ""], 1, /Who does this\?/],
    ["an unknown word", ["ignore", HIGH], 2, /^wardtap: "findings" can't ignore: --help shows what it can\.\n$/],
  ])("%s is refused, and nothing is done", async (_, words, wanted, message) => {
    const { code, stdout, stderr } = await run(...words);
    expect([code, stdout, stderr]).toEqual([wanted, "", expect.stringMatching(message)]);
    expect((await shown(HIGH)).state).toBe("open");
  });

  test("a ledger that isn't there is named and not made", async () => {
    const missing = join(folder, "elsewhere/ledger.db");
    const { code, stderr } = await wardtap(["findings", "list", "--ledger", missing]);
    expect([code, stderr]).toEqual([2, `wardtap: There is no ledger yet. (${missing})\n`]);
    expect(existsSync(join(folder, "elsewhere"))).toBe(false);
  });
});

test.each([
  [[], ["list", "show", "acknowledge", "accept", "resolve", "false-alarm", "reopen"]],
  [["list"], ["--all", "--state", "--severity", "--device", "--json", "Examples:"]],
  [["show"], ["--json", "Examples:"]],
  [["accept"], ["--reason", "--control", "--owner", "--review", "--by", "Example:"]],
  [["false-alarm"], ["--reason", "Example:"]],
])("help of `wardtap findings %j` says what there is", async (command, parts) => {
  const { code, stdout } = await wardtap(["findings", ...command, "--help"]);
  expect(code).toBe(0);
  for (const part of parts) expect(stdout).toContain(part);
});

describe("colour", () => {
  const onTerminal = (env: NodeJS.ProcessEnv) => {
    const command = `"${process.execPath}" "${builtPath("agent/cli.js")}" findings show ${HIGH} --ledger "${path()}"`;
    const { NO_COLOR: _, ...rest } = process.env;
    return spawnSync("script", ["-qec", command, "/dev/null"], {
      encoding: "utf8",
      env: { ...rest, TERM: "xterm", ...env },
    }).stdout;
  };
  const canRun = existsSync("/usr/bin/script") || process.env.CI === "true";

  test.skipIf(!canRun)("is for terminals, unless they want none", () => {
    expect(onTerminal({})).toContain("\u001b[1mHigh: A login can be read");
    expect(onTerminal({ NO_COLOR: "1" })).not.toContain("\u001b");
    expect(onTerminal({ NO_COLOR: "1" })).toContain("High: A login can be read");
  });

  test("is not for files and other programs", async () => {
    const { stdout } = await wardtap(["findings", "show", HIGH, "--ledger", path()], { env: { NO_COLOR: undefined } });
    expect(stdout).toContain("High: A login can be read");
    expect(stdout).not.toContain("\u001b");
  });
});
