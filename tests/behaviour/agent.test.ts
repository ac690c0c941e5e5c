/** Habits in a running tap, over weeks of its clock: learnt, kept across restarts, and told as findings. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Agent } from "../../agent/agent.ts";
import { type Ledger, openLedger } from "../../agent/ledger/ledger.ts";
import type { HostKey } from "../../agent/observe/observation.ts";
import { counts, ENGINE, evidence, flow, PUMP, presence } from "../pipe/support/observations.ts";
import { quietAgent } from "../support/quiet-agent.ts";
import { DAY, HOUR, START } from "./support.ts";

const STEP = HOUR;
const host = (last: number): HostKey => ({ mac: `00:14:22:00:00:0${last}`, vlan: 0, ip: `10.0.0.${last}` });
const SECOND_PUMP: HostKey = { mac: "00:03:b1:00:00:07", vlan: 0, ip: "10.0.0.7" };
const STRANGER = host(9);

let folder = "";
let now = START;
let ledger: Ledger;
let agent: Agent;

const open = () => openLedger(join(folder, "ledger.db"), { clock: () => now });
const start = () => quietAgent({ ledger, clock: () => now });
/** `how` kill: as kill -9 leaves it, with what was committed and nothing more. */
const restart = (how: "stop" | "kill" = "stop") => {
  if (how === "stop") agent.stop();
  ledger.close();
  ledger = open();
  agent = start();
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wardtap-behaviour-"));
  now = START;
  ledger = open();
  agent = start();
});
afterEach(() => {
  ledger.close();
  rmSync(folder, { recursive: true, force: true });
});

const heard = (who: HostKey) => agent.take(presence({ host: who, firstAt: now, lastAt: now }));
const says = (who: HostKey, attribute: string, value: string) =>
  agent.take(evidence({ about: who, attribute, value, protocol: "hl7", firstAt: now, lastAt: now }));
const talks = (a: HostKey, b: HostKey, port: number) => {
  heard(a);
  heard(b);
  agent.take(flow({ a, b, port, protocol: port === 2575 ? "hl7" : null, firstAt: now, lastAt: now }));
};
const mirroring = () =>
  agent.take(counts({ at: now, mirror: { linkUp: true, toMany: 9, unicast: 9, bothDirections: 3, oneDirection: 0 } }));
const reports = (pump: HostKey = PUMP) => {
  says(pump, "hl7.prt.16", "Hospira Plum A+");
  talks(pump, ENGINE, 2575);
};
/** Time passes in hours; `each` says what is heard in each of them. */
const pass = (micros: number, each: () => void = () => reports()) => {
  for (const end = now + micros; now < end; ) {
    now += STEP;
    mirroring();
    heard(host(5));
    heard(host(6));
    each();
    agent.tick();
  }
};
const findings = () =>
  ledger
    .list("finding")
    .filter(({ body }) => /^new-|^silent-/.test(String(body.rule)) && body.state === "open")
    .map(({ body }) => `${body.rule} ${addressOf(String(body.deviceId))}`)
    .sort();
const addressOf = (id: string) => (ledger.get("device", id)?.body.ips as string[] | undefined)?.[0];
const habits = () => ledger.list("habit").map(({ key, body, revision }) => ({ key, body, revision }));

describe("after the learning time", () => {
  test("what goes on as before raises nothing, and its habit is written once", () => {
    pass(8 * DAY);
    const before = habits();
    pass(8 * DAY);
    expect(findings()).toEqual([]);
    expect(habits()).toEqual(before);
  });

  test("a new partner and a new service are findings within a minute, the device new to the ward too", () => {
    pass(8 * DAY);
    talks(PUMP, STRANGER, 4444);
    pass(STEP);
    expect(findings()).toEqual(["new-device 10.0.0.9", "new-peer 10.0.0.1", "new-service 10.0.0.1"]);
  });

  test("a second pump of the model starts from what the first does", () => {
    pass(8 * DAY);
    pass(DAY, () => {
      reports();
      reports(SECOND_PUMP);
    });
    expect(findings()).toEqual(["new-device 10.0.0.7"]);
    expect(ledger.list("habit").filter(({ body }) => body.what === "profile" && body.model === "Plum A+")).toHaveLength(
      1,
    );
  });

  test("what was new is no news a learning time later", () => {
    pass(8 * DAY);
    pass(9 * DAY, () => {
      reports();
      reports(SECOND_PUMP);
    });
    expect(findings()).toEqual([]);
  });
});

describe("a new partner that people accepted", () => {
  const idOf = (rule: string) => String(ledger.list("finding").find(({ body }) => body.rule === rule)?.body.id);
  const stateOf = (rule: string) => ledger.list("finding").find(({ body }) => body.rule === rule)?.body.state;
  const accept = () =>
    agent.work({
      findingId: idOf("new-peer"),
      action: "accept",
      by: "test",
      reason: "a new server",
      control: "the firewall lets nobody else in",
      owner: "clinical engineering",
      reviewAt: new Date(now / 1000 + 90 * 86_400_000).toISOString(),
    });

  test("stays accepted while it goes on, and opens again with the next one", () => {
    pass(8 * DAY);
    talks(PUMP, STRANGER, 2575);
    pass(STEP);
    expect(accept()).toMatchObject({ ok: true });
    pass(DAY, () => {
      reports();
      talks(PUMP, STRANGER, 2575);
    });
    expect(stateOf("new-peer")).toBe("accepted");
    talks(PUMP, host(5), 2575);
    pass(STEP);
    expect(stateOf("new-peer")).toBe("open");
  });
});

describe("a restart", () => {
  test.each(["stop", "kill"] as const)("by %s in the middle of learning loses nothing that was committed", (how) => {
    talks(PUMP, STRANGER, 4444);
    pass(4 * DAY);
    restart(how);
    pass(4 * DAY);
    talks(PUMP, STRANGER, 4444);
    pass(DAY);
    expect(findings()).toEqual([]);
  });

  test("loses nothing of what was heard in the last second before an orderly stop", () => {
    pass(4 * DAY);
    talks(PUMP, host(5), 4444);
    restart();
    pass(4 * DAY);
    talks(PUMP, host(5), 4444);
    pass(STEP);
    expect(findings()).toEqual([]);
  });

  test("doesn't begin the learning time anew", () => {
    pass(4 * DAY);
    restart();
    pass(4 * DAY);
    talks(PUMP, host(5), 4444);
    pass(STEP);
    expect(findings()).toEqual(["new-peer 10.0.0.1", "new-service 10.0.0.1"]);
  });

  test.each(["stop", "kill"] as const)("that was off while it learnt (%s) learns for its whole time", (how) => {
    pass(2 * DAY);
    if (how === "stop") agent.stop();
    now += 30 * DAY;
    restart("kill");
    pass(4 * DAY);
    talks(PUMP, STRANGER, 4444);
    pass(DAY);
    expect(findings()).toEqual([]);
    pass(2 * DAY);
    talks(PUMP, host(5), 4445);
    pass(STEP);
    expect(findings()).toEqual(["new-peer 10.0.0.1", "new-service 10.0.0.1"]);
  });

  test("that starts with a clock of 1970 learns nothing by it, and from when the clock is set", () => {
    now = 5 * DAY;
    ledger.close();
    ledger = open();
    agent = start();
    pass(DAY);
    expect(habits()).toEqual([]);
    now = START;
    pass(4 * DAY);
    talks(PUMP, STRANGER, 4444);
    pass(DAY);
    expect(findings()).toEqual([]);
    expect(habits().map(({ body }) => String(body.since).slice(0, 4))).not.toContain("1970");
  });

  test("that wakes up in 1970 for a while knows afterwards what it knew", () => {
    pass(8 * DAY);
    const before = habits().map(({ body }) => body.since);
    const back = now;
    now = 3 * DAY;
    restart("kill");
    pass(3 * HOUR);
    now = back + HOUR;
    pass(DAY);
    expect(findings()).toEqual([]);
    expect(habits().map(({ body }) => body.since)).toEqual(before);
    talks(PUMP, host(5), 4444);
    pass(STEP);
    expect(findings().length).toBeGreaterThan(0);
  });

  test("announces nothing again, also when the pump comes back with another address", () => {
    pass(8 * DAY);
    talks(PUMP, STRANGER, 4444);
    pass(DAY);
    const before = ledger.list("finding");
    restart();
    const moved = { ...PUMP, ip: "10.0.0.77" };
    pass(DAY, () => reports(moved));
    const held = (rows: typeof before) => rows.map(({ body }) => [body.id, body.state, body.firstSeenAt]);
    expect(held(ledger.list("finding")).filter(([id]) => before.some(({ body }) => body.id === id))).toEqual(
      held(before),
    );
    expect(findings().filter((one) => one.startsWith("new-peer"))).toHaveLength(1);
  });

  test("of a tap from before habits were learnt begins to learn then", () => {
    pass(8 * DAY);
    agent.stop();
    ledger.write(
      habits().map(({ key }) => ({ kind: "tombstone", key: `habit ${key}`, body: { kind: "habit", key, at: "" } })),
    );
    expect(habits()).toEqual([]);
    restart("kill");
    pass(3 * DAY);
    talks(PUMP, host(5), 4444);
    pass(DAY);
    expect(findings()).toEqual([]);
  });
});

describe("a device that patients depend on", () => {
  const others = () => talks(host(5), host(6), 80);

  test("is missed when it is gone for far longer than ever, and no more when it is heard again", () => {
    pass(8 * DAY);
    pass(3 * HOUR, others);
    expect(findings()).toEqual([]);
    pass(3 * HOUR, others);
    expect(findings()).toEqual(["silent-device 10.0.0.1"]);
    pass(DAY);
    expect(findings()).toEqual([]);
  });

  test("may sleep as long as it often does", () => {
    const dayAndNight = () => (new Date(now / 1000).getUTCHours() < 12 ? reports() : others());
    pass(16 * DAY, dayAndNight);
    expect(findings()).toEqual([]);
  });

  test("is not missed because the tap was off, nor because the sniffer is gone", () => {
    pass(8 * DAY);
    restart();
    now += 5 * DAY;
    pass(3 * HOUR, others);
    expect(findings()).toEqual([]);
    now += DAY;
    agent.tick();
    expect(findings()).toEqual([]);
  });

  test("is not missed while the port hears only what every port hears", () => {
    pass(8 * DAY);
    for (let hour = 0; hour < 24; hour++) {
      now += STEP;
      agent.take(
        counts({ at: now, mirror: { linkUp: true, toMany: 99, unicast: 0, bothDirections: 0, oneDirection: 0 } }),
      );
      heard(host(5));
      agent.tick();
    }
    expect(findings()).toEqual([]);
  });

  test("stays missed over a restart until it is heard", () => {
    pass(8 * DAY);
    pass(6 * HOUR, others);
    restart();
    pass(3 * HOUR, others);
    expect(findings()).toEqual(["silent-device 10.0.0.1"]);
  });
});
