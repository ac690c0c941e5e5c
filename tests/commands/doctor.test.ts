/** `wardtap doctor`: a silenced port passes, each thing wrong is found, named and advised on; nothing is changed. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Check } from "../../agent/doctor/check.ts";
import { clock } from "../../agent/doctor/machine.ts";
import { openLedger } from "../../agent/ledger/ledger.ts";
import { repositoryRoot } from "../support/built.ts";
import { LonelyPort, namespacesAvailable, PORT } from "../support/lonely-port.ts";
import { STACK_TRACE, wardtap } from "../support/wardtap.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "wardtap-doctor-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const configure = (text: string) => {
  const path = join(folder, "wardtap.toml");
  writeFileSync(path, `[ledger]\npath = "${join(folder, "none/ledger.db")}"\n${text}`);
  return path;
};
const doctor = async (words: string[], before: string[] = []) => {
  const { code, stdout, stderr } = await wardtap(["doctor", "--json", ...words], { before });
  expect(stderr).toBe("");
  const { checks } = JSON.parse(stdout) as { checks: Check[] };
  return { code, checks, about: (name: string) => checks.filter((check) => check.about === name) };
};

test("says in lines what was looked at, how it stands and what to do, and changes nothing", async () => {
  const { code, stdout, stderr } = await wardtap(["doctor", "--config", configure("")]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^ok +node +Node \d+/m);
  expect(stdout).toMatch(/^warn +port +no mirror port is configured\n +What to do: /m);
  expect(stdout).toMatch(/\nNothing fails\./);
  expect(stdout).not.toMatch(STACK_TRACE);
  expect(existsSync(join(folder, "none"))).toBe(false);
});

test("every check has a state and words, and whatever isn't well has advice", async () => {
  const { checks } = await doctor(["--config", configure(""), "--interface", "nowhere0", "lo"]);
  expect(checks.map(({ about }) => about)).toEqual(
    expect.arrayContaining([
      "node",
      "capture",
      "sqlite",
      "lights",
      "setpriv",
      "clock",
      "time",
      "config",
      "port nowhere0",
      "port lo",
      "ledger",
      "disk",
      "agent",
      "console",
    ]),
  );
  for (const { state, says, advice } of checks) {
    expect(says.length).toBeGreaterThan(3);
    expect(advice === "").toBe(state === "ok");
  }
});

test("a port that isn't there fails, with code 1", async () => {
  const { code, about } = await doctor(["--config", configure(""), "--interface", "nowhere0"]);
  expect([code, about("port nowhere0")]).toMatchObject([
    1,
    [{ state: "fail", says: expect.stringContaining("no network interface nowhere0") }],
  ]);
});

test("a configuration that can't be used fails, and everything else is looked at all the same", async () => {
  const { code, about } = await doctor(["--config", configure('[tap]\nnmae = "x"\n')]);
  expect(code).toBe(1);
  expect(about("config")).toMatchObject([{ state: "fail", says: expect.stringContaining("nmae") }]);
  expect(about("node")).toHaveLength(1);
});

test("a ledger is read beside its agent and its devices counted; a file of something else fails", async () => {
  const path = join(folder, "real.db");
  const ledger = openLedger(path, { clock: () => 0 });
  writeFileSync(join(folder, "l.toml"), `[ledger]\npath = "${path}"\n`);
  expect((await doctor(["--config", join(folder, "l.toml")])).about("ledger")[0]).toMatchObject({
    state: "ok",
    says: "holds 0 devices",
  });
  ledger.close();
  writeFileSync(join(folder, "notes.db"), "x".repeat(5000));
  writeFileSync(join(folder, "n.toml"), `[ledger]\npath = "${join(folder, "notes.db")}"\n`);
  expect(await doctor(["--config", join(folder, "n.toml")])).toMatchObject({ code: 1 });
});

describe("the agent", () => {
  const check = async () => (await doctor(["--config", join(folder, "a.toml")])).about("agent")[0];

  test("that is gone is missed, though its ledger is there", async () => {
    const path = join(folder, "a.db");
    openLedger(path, { clock: () => 0 }).close();
    writeFileSync(join(folder, "a.toml"), `[ledger]\npath = "${path}"\n`);
    expect(await check()).toMatchObject({ state: "warn", says: expect.stringContaining("nothing is heard now") });
  });

  test("that listens beside its ledger is found", async () => {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(join(folder, "a.db.sock"), resolve));
    expect(await check()).toMatchObject({ state: "ok" });
    server.close();
  });
});

describe("the console", () => {
  const check = async (url: string) =>
    (await doctor(["--config", configure(`[uplink]\nurl = "${url}"\n`)])).about("console")[0];

  test("that listens on this machine is found", async () => {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    expect(await check(`ws://127.0.0.1:${port}/uplink`)).toMatchObject({ state: "ok" });
    server.close();
  });

  test("that doesn't listen fails", async () => {
    expect(await check("ws://127.0.0.1:1/uplink")).toMatchObject({
      state: "fail",
      says: expect.stringContaining("nothing listens"),
    });
  });

  test("elsewhere is refused without a connection", async () => {
    expect(await check("ws://192.0.2.1/uplink")).toMatchObject({
      state: "fail",
      says: expect.stringContaining("192.0.2.1 is refused"),
    });
  });
});

test("a clock in the past fails, one of today doesn't", () => {
  expect([clock(0).state, clock(Date.UTC(2026, 0, 1)).state]).toEqual(["fail", "ok"]);
});

const canMake = namespacesAvailable();
describe.skipIf(!canMake)(`a mirror port${canMake ? "" : " (skipped: needs root)"}`, () => {
  let port: LonelyPort;
  beforeAll(() => {
    port = new LonelyPort();
  });
  afterAll(() => port?.remove());
  const look = async () => {
    const { about } = await doctor(
      ["--config", configure(""), "--interface", PORT],
      ["ip", "netns", "exec", port.name],
    );
    return about(`port ${PORT}`);
  };
  const states = (checks: Check[]) => [...new Set(checks.map(({ state }) => state))];

  test("as the system makes it may answer ARP, and that is said", async () => {
    const checks = await look();
    expect(checks.find(({ says }) => says.includes("ARP"))?.state).toBe("fail");
  });

  test("that was silenced passes everything", async () => {
    port.inside("sh", join(repositoryRoot(), "systemd/mirror-up"), PORT);
    expect(states(await look())).toEqual(["ok"]);
  });

  test("with an address fails", async () => {
    port.ip("addr", "add", "10.9.0.9/24", "dev", PORT);
    expect((await look()).filter(({ state }) => state === "fail")).toMatchObject([
      { says: expect.stringContaining("10.9.0.9/24") },
    ]);
    port.ip("addr", "flush", "dev", PORT);
  });

  test("that merges frames is warned of", async () => {
    port.inside("ethtool", "-K", PORT, "gro", "on");
    expect((await look()).filter(({ state }) => state === "warn")).toMatchObject([
      { says: expect.stringContaining("generic-receive-offload") },
    ]);
    port.inside("ethtool", "-K", PORT, "gro", "off");
  });

  test("switched off fails, with how to switch it on", async () => {
    port.ip("link", "set", PORT, "down");
    expect(await look()).toMatchObject([{ state: "fail", says: expect.stringContaining("is down") }]);
  });
});

test("says which rule doesn't run until somebody says what networks are for", async () => {
  const look = async (text: string) => (await doctor(["--config", configure(text)])).about("networks")[0];
  expect(await look("")).toMatchObject({ state: "warn", says: expect.stringContaining("cross-vlan") });
  expect(await look('[networks]\npurposes = [{ vlan = 30, purpose = "guest" }]\n')).toMatchObject({
    state: "ok",
    says: expect.stringContaining("DHCP servers and routers"),
  });
});
