/** Findings in the running agent: what people decide is durable at once, and nothing is announced twice. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Agent } from "../../agent/agent.ts";
import { type Ledger, openLedger } from "../../agent/ledger/ledger.ts";
import type { Observation } from "../../agent/observe/observation.ts";
import { openSqlite } from "../../agent/sqlite.ts";
import { counts, ENGINE, evidence, flow, presence } from "../pipe/support/observations.ts";
import { quietAgent } from "../support/quiet-agent.ts";

const SECOND = 1_000_000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 4, 1, 12) * 1000;

let folder = "";
let now = START;
let ledger: Ledger;
let agent: Agent;

const start = (): Agent => quietAgent({ ledger, clock: () => now });
const open = () => openLedger(join(folder, "ledger.db"), { clock: () => now });
/** As after a power cut: nobody says goodbye. */
const restart = () => {
  ledger.close();
  ledger = open();
  agent = start();
};
const pass = (micros: number) => {
  now += micros;
  agent.take(counts({ at: now }));
  agent.tick();
};
/** What the ward says at this moment. */
const ward = (): Observation[] => [
  presence({ firstAt: now, lastAt: now }),
  presence({ host: ENGINE, firstAt: now, lastAt: now }),
  evidence({ firstAt: now, lastAt: now }),
  flow({ firstAt: now, lastAt: now }),
];
const login = (value = "telnet") =>
  evidence({ attribute: "wardtap.login", value, protocol: value, firstAt: now, lastAt: now });
const tell = (...observations: Observation[]) => {
  for (const observation of observations) agent.take(observation);
  pass(2 * SECOND);
  pass(20 * SECOND);
};
const rows = () => ledger.list("finding");
const finding = (rule = "cleartext-login") => {
  const row = rows().find(({ body }) => body.rule === rule);
  if (row === undefined) throw new Error(`no finding of ${rule}`);
  return row;
};
const work = (action: string, more: Record<string, unknown> = {}) =>
  agent.work({ findingId: finding().body.id, action, by: "A. Nurse", reason: "known", ...more });
const ACCEPTANCE = { control: "own VLAN", owner: "Clinical engineering", reviewAt: "2026-09-30" };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wardtap-findings-"));
  now = START;
  ledger = open();
  agent = start();
  tell(...ward(), login());
});
afterEach(() => {
  ledger.close();
  rmSync(folder, { recursive: true, force: true });
});

test("a decision is in the ledger when it is answered, with who, when and why", () => {
  expect(work("accept", ACCEPTANCE)).toEqual({ ok: true, message: "It is accepted as a risk now." });
  expect(finding().body).toMatchObject({
    state: "accepted",
    work: {
      by: "A. Nurse",
      reason: "known",
      control: "own VLAN",
      owner: "Clinical engineering",
      reviewAt: "2026-09-30T23:59:59.999999Z",
      history: [{ by: "A. Nurse", what: "accepted", why: "known", control: "own VLAN" }],
    },
  });
});

test.each([
  ["acknowledge", {}],
  ["accept", ACCEPTANCE],
  ["resolve", {}],
  ["false-alarm", {}],
])("%s puts the ALERT light out, also after a power cut; reopening lights it again", (action, more) => {
  expect(agent.lights().alert.pattern).toBe("fast");
  work(action, more);
  expect(agent.lights().alert.pattern).toBe("off");
  restart();
  // What advisories say of the pump's maker stays open, too weak for a light.
  expect([agent.lights().alert.pattern, agent.summary().openFindings]).toEqual(["off", 1]);
  pass(20 * SECOND);
  expect(agent.lights().alert.pattern).toBe("off");
  work("reopen");
  expect(agent.lights().alert.pattern).toBe("fast");
});

test.each([[undefined], ["acknowledge"], ["accept"], ["resolve"], ["false-alarm"]])(
  "after a power cut a finding (%s) has no new revision, whatever is heard again",
  (action) => {
    if (action !== undefined) work(action, ACCEPTANCE);
    const before = rows();
    restart();
    for (let round = 0; round < 5; round++) {
      pass(20 * SECOND);
      tell(presence({ firstAt: now, lastAt: now }));
    }
    expect(rows()).toEqual(before);
  },
);

test("a changed address announces nothing anew and leaves the decision", () => {
  work("acknowledge");
  const before = rows();
  const moved = { mac: "00:03:b1:00:00:01", vlan: 0, ip: "10.0.0.77" };
  tell(presence({ host: moved, firstAt: now, lastAt: now }), evidence({ ...login(), about: moved }));
  expect(rows().map(({ body }) => [body.id, body.state])).toEqual(before.map(({ body }) => [body.id, body.state]));
});

test("what goes on all day is told anew at most once an hour, with its counts", () => {
  const told = new Set<number>();
  for (let minutes = 0; minutes < 24 * 60; minutes += 5) {
    agent.take(login());
    pass(5 * 60 * SECOND);
    told.add(finding().revision);
  }
  expect(told.size).toBeGreaterThan(2);
  expect(told.size).toBeLessThanOrEqual(24);
  const [piece] = finding().body.evidence as { value: string; count: number }[];
  expect(piece!.value).toBe("telnet");
  expect(piece!.count).toBeGreaterThan(200);
});

test("an accepted risk opens by itself, light and all, when its review date has passed", () => {
  work("accept", { ...ACCEPTANCE, reviewAt: "2026-05-02" });
  pass(DAY + 11 * HOUR);
  expect([finding().body.state, agent.lights().alert.pattern]).toEqual(["accepted", "off"]);
  restart();
  tell(presence({ firstAt: now, lastAt: now }));
  pass(HOUR);
  expect([finding().body.state, agent.lights().alert.pattern]).toEqual(["open", "fast"]);
  expect(finding().body).toMatchObject({ work: { by: "wardtap", reason: "The review date has passed." } });
});

test("another login opens what was called a false alarm; the same one doesn't", () => {
  work("false-alarm");
  now += HOUR;
  tell(login());
  expect(finding().body.state).toBe("false-alarm");
  tell(login("ftp"));
  expect(finding().body).toMatchObject({ state: "open", work: { by: "wardtap" } });
});

test("a resolved finding returns when the login is seen again, and not by the device being there", () => {
  work("resolve");
  now += HOUR;
  tell(...ward());
  expect(finding().body.state).toBe("resolved");
  tell(login());
  expect(finding().body).toMatchObject({ state: "open", times: 2 });
});

test("what isn't seen for thirty days of the device being there is resolved, over restarts", () => {
  for (let day = 0; day < 31; day++) {
    now += DAY;
    tell(...ward());
    if (day % 7 === 3) restart();
  }
  expect(finding().body).toMatchObject({
    state: "resolved",
    work: { by: "wardtap", reason: "Not seen since 2026-05-01." },
  });
});

describe("what can't be done is said", () => {
  test.each([
    [{ findingId: "fnd-0000000000000000", action: "resolve", by: "b", reason: "r" }, "This tap has no such finding."],
    [null, "The request can't be used: it is missing, too long or not text."],
  ])("%j", (value, message) => {
    expect(agent.work(value)).toEqual({ ok: false, message });
  });

  test("a ledger that can't be written leaves the finding as it was, on the light too", () => {
    const other = openSqlite(join(folder, "ledger.db"));
    other.exec("BEGIN IMMEDIATE");
    expect(work("acknowledge")).toMatchObject({ ok: false, message: expect.stringMatching(/in use/) });
    expect(agent.lights().alert.pattern).toBe("fast");
    other.exec("ROLLBACK");
    other.close();
    expect(work("acknowledge")).toMatchObject({ ok: true });
  }, 30_000);
});
