/** Lists and details of findings and devices: filtered, grouped, paged, bounded, and the same after an upgrade. */
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { tombstone } from "../../../agent/ledger/rows.ts";
import { openSqlite } from "../../../agent/sqlite.ts";
import { openEngine } from "../../../console/store/engine.ts";
import type { SyncStore } from "../../../console/store/store.ts";
import { temporaryFolder } from "../../uplink/support/temporary.ts";
import { AT, alias, device, evidence, finding, period } from "../../uplink/support/ward-rows.ts";

const LEDGER = "a".repeat(32);

function open(folder = temporaryFolder()): SyncStore {
  const engine = openEngine(folder);
  onTestFinished(() => engine.close());
  return engine;
}
function send(engine: SyncStore, changes: object[], tapId = "t") {
  const revision = changes.length;
  engine.howFarIsLedger({ tapId, name: "T", version: "1", ledgerId: LEDGER, revision, at: AT });
  const rows = changes.map((change, index) => ({ version: 1, revision: index + 1, ...change })) as never[];
  return engine.whatDoRowsChange({ tapId, ledgerId: LEDGER, rows, after: 0, upTo: revision, at: AT });
}
const ALL = { from: 0, limit: 100 };
const ids = (page: { findings: { findingId: string }[] }) => page.findings.map((each) => each.findingId);

function ward() {
  const engine = open();
  send(engine, [
    device("pump"),
    device("desk", { class: "workstation", medical: false, criticality: null }),
    finding("a", "pump", { rule: "telnet", severity: "medium", title: "Telnet" }),
    finding("b", "desk", { rule: "telnet", severity: "medium", title: "Telnet" }),
    finding("c", "desk", { rule: "smb1", severity: "high", title: "SMB 1", state: "accepted" }),
    finding("d", null, { rule: "rogue-dhcp", severity: "critical", title: "Second DHCP server" }),
  ]);
  send(engine, [device("pump"), finding("e", "pump", { rule: "telnet", severity: "medium" })], "u");
  return engine;
}

test("findings come worst first, each with its device by name", () => {
  const page = ward().whichFindingsMatch(ALL);
  expect(ids(page).slice(0, 2)).toEqual(["d", "c"]);
  expect(page.total).toBe(5);
  expect(page.findings[0]?.device).toBeNull();
  expect(page.findings[1]?.device).toMatchObject({ name: "DESK", class: "workstation" });
});

test.each([
  [{ state: "open" }, ["a", "b", "d", "e"]],
  [{ severity: "medium" }, ["a", "b", "e"]],
  [{ medical: true }, ["a", "e"]],
  [{ medical: false }, ["b", "c", "d"]],
  [{ tapId: "u" }, ["e"]],
  [{ rule: "telnet", tapId: "t", medical: true }, ["a"]],
  [{ state: "' OR 1=1 --" }, []],
])("%o leaves %o", (filter, left) => {
  expect(ids(ward().whichFindingsMatch({ ...ALL, ...filter })).sort()).toEqual(left);
});

test("a page holds what was asked for, and the total counts all", () => {
  const engine = ward();
  const first = engine.whichFindingsMatch({ from: 0, limit: 2 });
  const second = engine.whichFindingsMatch({ from: 2, limit: 2 });
  expect([first.total, second.total]).toEqual([5, 5]);
  expect(new Set([...ids(first), ...ids(second)]).size).toBe(4);
});

test("groups count findings, devices and medical devices of each rule, worst first", () => {
  const groups = ward().howDoFindingsGroup(ALL);
  expect(groups.map(({ rule }) => rule)).toEqual(["rogue-dhcp", "smb1", "telnet"]);
  expect(groups[2]).toEqual({
    rule: "telnet",
    title: "Telnet",
    severity: "medium",
    findings: 3,
    devices: 3,
    medicalDevices: 2,
    open: 3,
    lastSeenAt: AT,
  });
  expect(groups[0]).toMatchObject({ devices: 0, findings: 1 });
});

test("a device that changes its class moves its findings", () => {
  const engine = open();
  send(engine, [device("x", { medical: false }), finding("a", "x"), device("x", { medical: true })]);
  expect(ids(engine.whichFindingsMatch({ ...ALL, medical: true }))).toEqual(["a"]);
});

test("many equal findings at once are one line of the feed", () => {
  const engine = open();
  const many = Array.from({ length: 400 }, (_, at) => finding(`f-${at}`, null, { rule: "telnet" }));
  send(engine, [device("pump"), ...many, finding("g", "pump", { rule: "smb1", title: "SMB 1" })]);
  const lines = engine.whatHappenedLast(100).filter(({ kind }) => kind === "finding-new");
  expect(lines.map(({ text }) => text)).toEqual(["High: SMB 1 (PUMP)", "High: Login in clear text, 400 times"]);
});

test("a device's page has its evidence, peers by name, hours and findings, also from what was merged into it", () => {
  const engine = open();
  const peer = { deviceId: "pump", peerId: "old", remote: null, service: "tcp/2575", firstSeenAt: AT };
  send(engine, [
    device("pump", { claims: [{ field: "maker", value: "Hospira", because: ["oui"], confidence: 0.9 }] }),
    device("gateway", { names: ["GATE"], class: "medical-gateway" }),
    alias("old", "gateway"),
    evidence("pump", "hl7.prt.16", "Plum"),
    evidence("old", "hl7.msh.3", "GW"),
    { kind: "peer", key: "pump old tcp/2575", body: peer },
    period("pump", AT, "2026-05-01T12:10:00.000000Z", 7),
    finding("a", "pump"),
  ]);
  const [pump, gateway] = ["pump", "gateway"].map(
    (id) => engine.whichDevices(10).find(({ deviceId }) => deviceId === id)!.registerId,
  );
  const page = engine.whatIsKnownOfDevice(pump!);
  expect(page).toMatchObject({
    claims: [{ field: "maker", value: "Hospira" }],
    evidence: [{ attribute: "hl7.prt.16", value: "Plum", protocol: "hl7", count: null }],
    peers: [{ device: { name: "GATE", registerId: gateway, class: "medical-gateway" }, service: "tcp/2575" }],
    findings: [{ findingId: "a" }],
    hours: [{ hourAt: AT, frames: 7 }],
    totals: { evidence: 1, peers: 1, findings: 1 },
  });
  expect(engine.whatIsKnownOfDevice(gateway!)?.evidence).toMatchObject([{ value: "GW" }]);
  expect(engine.whatIsKnownOfDevice("reg-none")).toBeNull();
});

test("a finding's page reads what the tap says of it, and nothing of the wrong shape", () => {
  const engine = open();
  const vulnerability = {
    cve: "CVE-2019-12255",
    verdict: "possible",
    scores: [{ value: 9.8, source: "CISA" }, 7],
    kev: true,
  };
  send(engine, [
    device("pump"),
    finding("a", "pump", {
      relatedDeviceIds: ["pump", "nobody", 7],
      evidence: [{ attribute: "x", value: "y", protocol: "z", firstSeenAt: AT, count: 3 }, "junk"],
      vulnerabilities: [vulnerability, null],
      times: 4,
      evidenceLeftOut: 2,
      between: [
        { deviceId: "pump", remote: null, service: "tcp/23" },
        { remote: "8.8.8.8", service: "tcp/22" },
        "junk",
      ],
      work: {
        by: "A",
        at: AT,
        reason: "Fenced in",
        history: [
          { at: AT, by: "A", what: "accepted", why: "Fenced in" },
          { at: "2026-05-02T12:00:00Z", what: "widened", by: 7 },
        ],
      },
    }),
    finding("b", "pump", { evidence: "x", vulnerabilities: { a: 1 }, work: [], relatedDeviceIds: null, times: "9" }),
  ]);
  const [a, b] = engine.whichFindings(2).map(({ registerId }) => engine.whatIsKnownOfFinding(registerId));
  expect(a).toMatchObject({
    device: { name: "PUMP" },
    related: [{ name: "PUMP" }, { name: "nobody", registerId: null }],
    evidence: [{ attribute: "x", count: 3 }],
    evidenceLeftOut: 2,
    between: [
      { device: { name: "PUMP" }, service: "tcp/23" },
      { device: null, remote: "8.8.8.8" },
    ],
    vulnerabilities: [{ cve: "CVE-2019-12255", scores: [{ value: 9.8 }], kev: true, ransomware: false }],
    times: 4,
    work: { by: "A", reason: "Fenced in", owner: null },
    history: [
      { what: "widened", by: null },
      { what: "accepted", why: "Fenced in" },
    ],
  });
  expect(b).toMatchObject({ related: [], evidence: [], vulnerabilities: [], work: null, history: [], times: null });
  expect(engine.whatIsKnownOfFinding("fin-none")).toBeNull();
});

test("an address that was kept leads on after devices turned out to be one", () => {
  const engine = open();
  send(engine, [device("old"), device("new"), finding("f-old", "old")]);
  const kept = engine.whichDevices(2).find(({ deviceId }) => deviceId === "old")!.registerId;
  const keptFinding = engine.whichFindings(1)[0]!.registerId;
  const rows = [
    { ...alias("old", "new"), version: 1, revision: 4 },
    { ...tombstone("finding", "f-old", AT), version: 1, revision: 5 },
    { ...finding("f-new", "new", { formerIds: ["f-old"] }), version: 1, revision: 6 },
  ] as never[];
  engine.whatDoRowsChange({ tapId: "t", ledgerId: LEDGER, rows, after: 3, upTo: 6, at: AT });
  expect(engine.whatIsKnownOfDevice(kept)?.device.deviceId).toBe("new");
  expect(engine.whatIsKnownOfFinding(keptFinding)?.finding.findingId).toBe("f-new");
});

test("words that say nothing are no maker, model or version", () => {
  const engine = open();
  send(engine, [
    device("x", { maker: "Unknown", model: "N/A", version: " unknown ", serial: "-", os: "Unknown OS 9" }),
  ]);
  expect(engine.whichDevices(1)[0]).toMatchObject({
    maker: null,
    model: null,
    version: null,
    serial: null,
    os: "Unknown OS 9",
  });
});

test("data of the first version is brought to this one, and nobody is told of it as new", () => {
  const folder = temporaryFolder();
  const first = openEngine(folder);
  send(first, [device("pump"), finding("a", "pump")]);
  const before = { findings: first.whichFindings(10), feed: first.whatHappenedLast(10).length };
  first.close();
  // What version 1 had: neither the columns nor the table of work.
  const database = openSqlite(join(folder, "console.db"));
  database.exec(`DROP TABLE work; DROP TABLE moved; DROP TABLE facts; DROP TABLE findings; DROP INDEX feedOfDevice; DROP INDEX devicesByTarget;
    ALTER TABLE feed DROP COLUMN likeness; ALTER TABLE devices DROP COLUMN medical; ALTER TABLE devices DROP COLUMN target;
    CREATE TABLE findings (tapId TEXT NOT NULL, findingId TEXT NOT NULL, state TEXT NOT NULL, view TEXT NOT NULL,
      PRIMARY KEY (tapId, findingId)) STRICT, WITHOUT ROWID;
    PRAGMA user_version = 1`);
  database.close();
  const engine = open(folder);
  expect(engine.whichFindings(10)).toEqual(before.findings);
  expect(ids(engine.whichFindingsMatch({ ...ALL, medical: true }))).toEqual(["a"]);
  expect(engine.whatHappenedLast(10)).toHaveLength(before.feed);
});
