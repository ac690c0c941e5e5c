/** The agent: what it was told outlives restarts and storage trouble, and the lights say how it stands. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Agent } from "../../agent/agent.ts";
import { defaultConfig } from "../../agent/config.ts";
import { type Ledger, openLedger } from "../../agent/ledger/ledger.ts";
import type { Observation } from "../../agent/observe/observation.ts";
import { openSqlite } from "../../agent/sqlite.ts";
import { counts, ENGINE, evidence, flow, PUMP, presence } from "../pipe/support/observations.ts";

const SECOND = 1_000_000;
const NOW = 1_760_000_000 * SECOND;

let folder = "";
let now = NOW;
let ledger: Ledger;
let warnings: string[] = [];
let commits = 0;
let shown: [states: unknown, locate: boolean | undefined][] = [];

const open = () => openLedger(join(folder, "ledger.db"), { clock: () => now });
const start = (interfaces = ["eth1"]): Agent => {
  const config = defaultConfig();
  config.capture.interfaces = interfaces;
  return new Agent({
    config,
    ledger,
    lights: { show: (states, locate) => void shown.push([states, locate]), close: () => undefined },
    log: { info: () => undefined, warn: (_fields, message) => void warnings.push(message) },
    clock: () => now,
    onCommit: () => commits++,
  });
};
/** Lets `seconds` pass, with the sniffer's sign of life in each unless told otherwise. */
const pass = (agent: Agent, seconds: number, said: Partial<ReturnType<typeof counts>> | null = {}) => {
  for (let i = 0; i < seconds; i++) {
    now += SECOND;
    if (said !== null) agent.take(counts({ at: now, ...said }));
    agent.tick();
  }
};
const ward: Observation[] = [
  presence(),
  presence({ host: ENGINE }),
  evidence(),
  flow(),
  evidence({ attribute: "wardtap.clinical", value: "hl7", protocol: "hl7" }),
];
const tell = (agent: Agent, observations: readonly Observation[] = ward) => {
  for (const observation of observations) agent.take(observation);
};
const meaning = () =>
  ["device", "evidence", "service", "peer", "finding", "alias"].flatMap((kind) => ledger.list(kind as "device"));
const patterns = (agent: Agent) =>
  Object.fromEntries(Object.entries(agent.lights()).map(([name, { pattern }]) => [name, pattern]));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wardtap-agent-"));
  now = NOW;
  warnings = [];
  commits = 0;
  shown = [];
  ledger = open();
});
afterEach(() => {
  ledger.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("what sniffers tell", () => {
  test("becomes devices, evidence and findings in the ledger within seconds", () => {
    const agent = start();
    tell(agent);
    pass(agent, 2);
    const [pump] = ledger.list("device").filter((row) => (row.body.macs as string[]).includes(PUMP.mac!));
    expect(pump?.body).toMatchObject({
      names: ["ICU-PUMP-01"],
      class: "infusion-pump",
      medical: true,
      ips: ["10.0.0.1"],
    });
    expect(
      ledger
        .list("finding")
        .map((row) => `${row.body.rule} ${row.body.state}`)
        .toSorted(),
    ).toEqual(["known-vulnerability open", "unencrypted-clinical-data open"]);
    expect(commits).toBeGreaterThan(0);
  });

  test("is judged at once by a clock that was set back", () => {
    const agent = start();
    pass(agent, 2);
    now -= 3600 * SECOND;
    tell(agent);
    agent.tick();
    expect(ledger.list("device").some((row) => (row.body.macs as string[]).includes(PUMP.mac!))).toBe(true);
  });

  test("costs no revision when it only says the same again", () => {
    const agent = start();
    tell(agent);
    pass(agent, 20);
    const before = meaning();
    for (let i = 0; i < 5; i++) {
      tell(agent, [presence({ lastAt: now }), evidence({ lastAt: now }), flow({ lastAt: now })]);
      pass(agent, 20);
    }
    expect(meaning()).toEqual(before);
  });

  test("of a port that was never configured is not believed, however many names it has", () => {
    const agent = start();
    for (let i = 0; i < 1000; i++) agent.take(counts({ interface: `evil${i}`, frames: 1_000_000 }));
    pass(agent, 2);
    expect(agent.summary().interfaces).toEqual(["eth1"]);
  });
});

describe("after a restart", () => {
  const restart = (): Agent => {
    ledger.close();
    ledger = open();
    return start();
  };

  test("devices keep their ids, names, class, evidence and findings, and nothing is announced anew", () => {
    const first = start();
    tell(first);
    pass(first, 3);
    // Heard until the end: an hour off is no time that habits must make up for.
    tell(first, [presence({ firstAt: now, lastAt: now })]);
    first.stop();
    const [before, revision] = [meaning(), ledger.revision()];
    now += 3600 * SECOND;
    const second = restart();
    pass(second, 30);
    expect(meaning()).toEqual(before);
    expect(ledger.list("tombstone")).toEqual([]);
    expect(ledger.revision()).toBe(revision);
  });

  test("a device that is heard again is the one it was", () => {
    const first = start();
    tell(first);
    pass(first, 3);
    first.stop();
    const before = meaning();
    now += 3600 * SECOND;
    const second = restart();
    tell(second, [presence({ firstAt: now, lastAt: now }), presence({ host: ENGINE, firstAt: now, lastAt: now })]);
    pass(second, 30);
    expect(meaning()).toEqual(before);
  });

  test("what it says newly is added to what it said before", () => {
    const first = start();
    tell(first);
    pass(first, 3);
    first.stop();
    const second = restart();
    tell(second, [presence(), evidence({ attribute: "dhcp.option.vendor_class", value: "Plum" })]);
    pass(second, 3);
    const [pump] = ledger.list("device").filter((row) => (row.body.macs as string[]).includes(PUMP.mac!));
    expect(pump?.body.names).toEqual(["ICU-PUMP-01"]);
    expect(
      ledger
        .list("evidence", String(pump?.body.id))
        .map((row) => row.body.value)
        .sort(),
    ).toEqual(["ICU-PUMP-01", "Plum", "hl7"]);
  });

  test("the ALERT light stands as before without a frame", () => {
    const first = start();
    tell(first);
    pass(first, 3);
    first.stop();
    const second = restart();
    pass(second, 2);
    expect(patterns(second).alert).toBe("slow");
  });
});

describe("storage trouble", () => {
  test("shows as a double blink and one line of log, ends by itself, and nothing was lost", () => {
    const agent = start();
    tell(agent, [presence()]);
    pass(agent, 2);
    const other = openSqlite(join(folder, "ledger.db"));
    other.exec("BEGIN IMMEDIATE");
    tell(agent);
    pass(agent, 1);
    expect(patterns(agent).health).toBe("double");
    expect(agent.lights().health.words).toMatch(/storage/);
    expect(warnings).toHaveLength(1);
    other.exec("ROLLBACK");
    other.close();
    pass(agent, 20);
    expect(patterns(agent).health).toBe("slow");
    expect(ledger.list("evidence").map((row) => row.body.value)).toContain("ICU-PUMP-01");
    expect(ledger.list("finding")).toHaveLength(2);
  }, 60_000);
});

describe("the lights", () => {
  const mirroring = { mirror: { linkUp: true, toMany: 60, unicast: 100, bothDirections: 5, oneDirection: 0 } };
  const flat = { mirror: { linkUp: true, toMany: 60, unicast: 0, bothDirections: 0, oneDirection: 0 } };

  test("HEALTH: starting at first, running with a sniffer, restarting when it falls silent, running again", () => {
    const agent = start();
    expect(patterns(agent).health).toBe("fast");
    expect(agent.lights().health.words).toMatch(/^starting/);
    pass(agent, 2);
    expect(patterns(agent).health).toBe("slow");
    pass(agent, 6, null);
    expect(patterns(agent).health).toBe("fast");
    expect(agent.lights().health.words).toMatch(/restarting/);
    pass(agent, 1);
    expect(patterns(agent).health).toBe("slow");
  });

  test("HEALTH: one silent sniffer of two is not hidden by the other", () => {
    const agent = start(["eth1", "eth2"]);
    pass(agent, 20);
    expect(patterns(agent).health).toBe("fast");
  });

  test("HEALTH: a clock from before this program was written is trouble", () => {
    now = Date.UTC(1970, 0, 1, 0, 1) * 1000;
    const agent = start();
    pass(agent, 2);
    expect([patterns(agent).health, agent.lights().health.words]).toEqual(["double", "clock trouble"]);
  });

  test("MIRROR follows the sniffer's counts: no link, broadcast only, both directions, losing frames", () => {
    const agent = start();
    pass(agent, 1, { mirror: { ...flat.mirror, linkUp: false } });
    expect(patterns(agent).mirror).toBe("off");
    pass(agent, 1, flat);
    expect(patterns(agent).mirror).toBe("slow");
    pass(agent, 1, mirroring);
    expect(patterns(agent).mirror).toBe("solid");
    pass(agent, 1, { ...mirroring, framesLost: 7 });
    expect(patterns(agent).mirror).toBe("double");
    pass(agent, 70, { ...mirroring, framesLost: 7 });
    expect(patterns(agent).mirror).toBe("solid");
  });

  test("ALERT follows findings: dark, then slow when clinical data is readable, fast when the tap itself has sent", () => {
    const agent = start();
    pass(agent, 2, mirroring);
    expect(patterns(agent).alert).toBe("off");
    tell(agent);
    pass(agent, 2, mirroring);
    expect(patterns(agent).alert).toBe("slow");
    pass(agent, 20, { ...mirroring, transmitted: 1 });
    expect(patterns(agent).alert).toBe("fast");
  });

  test("are shown at every tick, and chase while the console asks where it is", () => {
    const agent = start();
    pass(agent, 1);
    agent.locate();
    pass(agent, 1);
    pass(agent, 31);
    expect([shown[0]?.[1], shown[1]?.[1], shown.at(-1)?.[1]]).toEqual([false, true, false]);
  });
});

describe("a finding about the tap", () => {
  const flat = { mirror: { linkUp: true, toMany: 60, unicast: 0, bothDirections: 0, oneDirection: 0 } };
  const mirroring = { mirror: { linkUp: true, toMany: 60, unicast: 100, bothDirections: 5, oneDirection: 0 } };
  const held = () => ledger.list("finding").map((row) => [row.body.rule, row.body.state]);

  test("is raised without any device, said once, and resolved when the port mirrors", () => {
    const agent = start();
    pass(agent, 60, flat);
    expect(held()).toEqual([["mirror-not-mirroring", "open"]]);
    const revision = ledger.revision();
    pass(agent, 120, flat);
    expect(ledger.list("finding")[0]?.revision).toBeLessThanOrEqual(revision);
    pass(agent, 20, mirroring);
    expect(held()).toEqual([["mirror-not-mirroring", "resolved"]]);
    expect(patterns(agent).alert).toBe("off");
  });

  test("from before a restart is resolved too, and a later one is open again", () => {
    const first = start();
    pass(first, 20, flat);
    first.stop();
    ledger.close();
    ledger = open();
    const second = start();
    pass(second, 20, mirroring);
    expect(held()).toEqual([["mirror-not-mirroring", "resolved"]]);
    pass(second, 20, flat);
    expect(held()).toEqual([["mirror-not-mirroring", "open"]]);
  });

  test("that the tap has sent stays open although the sniffer's count begins anew", () => {
    const agent = start();
    pass(agent, 20, { ...mirroring, transmitted: 3 });
    pass(agent, 20, { ...mirroring, transmitted: 0 });
    expect(held()).toEqual([["tap-transmitted", "open"]]);
    expect(patterns(agent).alert).toBe("fast");
  });

  test("that the tap has sent stays resolved while it sends no more, and opens with the next frame", () => {
    const agent = start();
    pass(agent, 20, { ...mirroring, transmitted: 3 });
    const findingId = ledger.list("finding")[0]?.body.id;
    agent.work({ findingId, action: "resolve", by: "A. Nurse", reason: "a DHCP client ran on the port" });
    pass(agent, 60, { ...mirroring, transmitted: 3 });
    expect(held()).toEqual([["tap-transmitted", "resolved"]]);
    pass(agent, 20, { ...mirroring, transmitted: 4 });
    expect(held()).toEqual([["tap-transmitted", "open"]]);
  });
});

test("what was resolved stays so whatever else its device does, and opens when the same is done again", () => {
  const agent = start();
  const session = () => flow({ port: 23, protocol: "telnet", lastAt: now });
  const state = () => ledger.list("finding").find((row) => row.body.rule === "telnet")?.body.state;
  tell(agent, [presence(), presence({ host: ENGINE }), session()]);
  pass(agent, 20);
  const findingId = ledger.list("finding").find((row) => row.body.rule === "telnet")?.body.id;
  agent.work({ findingId, action: "resolve", by: "A. Nurse", reason: "switched off" });
  for (let i = 0; i < 3; i++) {
    tell(agent, [presence({ lastAt: now }), presence({ host: ENGINE, lastAt: now }), flow({ lastAt: now })]);
    pass(agent, 20);
  }
  expect(state()).toBe("resolved");
  tell(agent, [session()]);
  pass(agent, 20);
  expect(state()).toBe("open");
});

test("the summary adds up rates, loss and devices", () => {
  const agent = start();
  tell(agent);
  pass(agent, 1, { frames: 1000, bytes: 50_000 });
  pass(agent, 1, { frames: 3000, bytes: 90_000, framesLost: 4, observationsLost: 2 });
  expect(agent.summary()).toMatchObject({
    devices: 2,
    openFindings: 2,
    framesPerSecond: 2000,
    bytesPerSecond: 40_000,
    framesLost: 4,
    observationsLost: 2,
    interfaces: ["eth1"],
  });
});

test("a hostile stream of anything that passes the pipe's check breaks nothing", () => {
  const agent = start();
  const odd: Observation[] = [
    presence({ host: { mac: null, vlan: 0, ip: null } }),
    presence({ host: { mac: "ff:ff:ff:ff:ff:ff", vlan: 0, ip: "255.255.255.255" } }),
    evidence({ about: { reported: "\u202e", by: PUMP } }),
    evidence({ attribute: "__proto__", value: "constructor" }),
    evidence({ about: { mac: null, vlan: 0, ip: null } }),
    flow({ a: PUMP, b: PUMP, port: 0 }),
    presence({ firstAt: Number.MAX_SAFE_INTEGER, lastAt: 0 }),
    counts({ at: 0, frames: Number.MAX_SAFE_INTEGER }),
    counts({ at: Number.MAX_SAFE_INTEGER, frames: 0 }),
  ];
  for (let round = 0; round < 3; round++) {
    tell(agent, odd);
    pass(agent, 2);
  }
  agent.stop();
  expect(Number.isFinite(agent.summary().framesPerSecond)).toBe(true);
});
