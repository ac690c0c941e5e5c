/** Which of ours are affected: advisories judged against the register, counted, listed, and judged anew. */
import { expect, onTestFinished, test } from "vitest";
import { advisoryParcel, store } from "../../../agent/knowledge/advisories/keep.ts";
import type { Advisory } from "../../../agent/knowledge/advisories/schema.ts";
import { openEngine } from "../../../console/store/engine.ts";
import type { SyncStore } from "../../../console/store/store.ts";
import { createVerdicts } from "../../../console/store/verdicts.ts";
import { temporaryFolder } from "../../uplink/support/temporary.ts";
import { AT, device, finding } from "../../uplink/support/ward-rows.ts";

const LEDGER = "a".repeat(32);
const ADVISORY: Advisory = {
  id: "TEST-26-001",
  title: "Acme Dropper",
  publisher: "Acme",
  publishedAt: "2099-01-01",
  updatedAt: null,
  revision: "1",
  url: "https://acme.example/1",
  products: [{ key: "p1", maker: "Acme", name: "Dropper 3", version: "<= 2.4" }],
  vulnerabilities: [{ cve: "CVE-2099-0001", scores: [{ value: 9.1, source: "Acme" }], affected: ["p1"] }],
  remedies: ["Update to 2.5"],
};

function open(folder: string | null, changes: object[]): SyncStore {
  const engine = openEngine(temporaryFolder(), folder);
  onTestFinished(() => engine.close());
  const revision = changes.length;
  engine.howFarIsLedger({ tapId: "t", name: "T", version: "1", ledgerId: LEDGER, revision, at: AT });
  const rows = changes.map((change, index) => ({ version: 1, revision: index + 1, ...change })) as never[];
  engine.whatDoRowsChange({ tapId: "t", ledgerId: LEDGER, rows, after: 0, upTo: revision, at: AT });
  return engine;
}
function withAcme(): SyncStore {
  const folder = temporaryFolder();
  store(folder, advisoryParcel(ADVISORY));
  const dropper = { maker: "Acme", model: "Dropper 3" };
  return open(folder, [
    device("old", { ...dropper, version: "2.4" }),
    device("older", { ...dropper, version: "2.4" }),
    device("new", { ...dropper, version: "2.5" }),
    device("some", dropper),
    device("other", { maker: "Else", model: "Thing" }),
  ]);
}
const ask = (engine: SyncStore, what: string, from = 0, limit = 50) =>
  engine.whichDevicesAreAffected({ what, from, limit });

test.each(["TEST-26-001", "test-26-001", "CVE-2099-0001", "cve-2099-0001"])(
  "%s lists who is affected, surest first",
  (what) => {
    const page = ask(withAcme(), what);
    expect(page).toMatchObject({
      advisories: [{ id: "TEST-26-001", remedies: ["Update to 2.5"], vulnerabilities: [{ cve: "CVE-2099-0001" }] }],
      affected: { confirmed: 2, likely: 1, possible: 0, notAffected: 1 },
      total: 4,
    });
    expect(page?.devices.map(({ verdict }) => verdict)).toEqual(["confirmed", "confirmed", "likely", "not-affected"]);
    expect(page?.devices[0]?.why).toContain("version 2.4");
  },
);

test("a page of devices goes on where the last one ended", () => {
  const engine = withAcme();
  const all = ask(engine, "TEST-26-001")?.devices.map(({ device: { deviceId } }) => deviceId);
  const paged = [0, 1, 2, 3].flatMap((from) => ask(engine, "TEST-26-001", from, 1)?.devices ?? []);
  expect(paged.map(({ device: { deviceId } }) => deviceId)).toEqual(all);
});

test("what nothing known names is unknown, not unaffected", () => {
  expect(ask(withAcme(), "CVE-1999-9999")).toBeNull();
  expect(ask(withAcme(), "__proto__")).toBeNull();
});

test("the list begins with what concerns us, and is searched by id, CVE, maker and product", () => {
  const engine = withAcme();
  const all = engine.whichAdvisoriesMatch({ search: "", from: 0, limit: 5 });
  expect(all.advisories[0]).toMatchObject({
    id: "TEST-26-001",
    cves: 1,
    worstScore: 9.1,
    affected: { confirmed: 2, likely: 1, possible: 0, notAffected: 1 },
  });
  expect(all.total).toBeGreaterThan(20);
  for (const search of ["cve-2099-0001", "TEST-26", "dropper acme"])
    expect(engine.whichAdvisoriesMatch({ search, from: 0, limit: 5 }), search).toMatchObject({ total: 1 });
});

test("a device that is updated changes its verdict", () => {
  const engine = withAcme();
  const rows = [{ ...device("old", { maker: "Acme", model: "Dropper 3", version: "2.5" }), version: 1, revision: 6 }];
  engine.whatDoRowsChange({ tapId: "t", ledgerId: LEDGER, rows, after: 5, upTo: 6, at: AT });
  expect(ask(engine, "TEST-26-001")?.affected).toEqual({ confirmed: 1, likely: 1, possible: 0, notAffected: 2 });
});

test("a device's page and its finding carry the console's own verdict", () => {
  const folder = temporaryFolder();
  store(folder, advisoryParcel(ADVISORY));
  const engine = open(folder, [
    device("old", { maker: "Acme", model: "Dropper 3", version: "2.4" }),
    finding("f", "old", {
      rule: "known-vulnerability",
      vulnerabilities: [{ cve: "CVE-2000-0001", verdict: "possible" }],
    }),
  ]);
  const verdict = { cve: "CVE-2099-0001", verdict: "confirmed", advisory: "TEST-26-001", scores: [{ value: 9.1 }] };
  expect(engine.whatIsKnownOfDevice(engine.whichDevices(1)[0]!.registerId)?.vulnerabilities).toMatchObject([verdict]);
  expect(engine.whatIsKnownOfFinding(engine.whichFindings(1)[0]!.registerId)?.vulnerabilities).toMatchObject([verdict]);
});

test("signs of built-in network software that a tap found count", () => {
  const changes = [
    device("x", { maker: null, model: null }),
    finding("f", "x", { rule: "ipnet-stack", certainty: "likely" }),
  ];
  const ipnet = open(null, changes);
  expect(ask(ipnet, "CVE-2019-12255")?.affected.likely).toBe(1);
  const alarm = open(null, [changes[0]!, finding("f", "x", { rule: "ipnet-stack", state: "false-alarm" })]);
  expect(ask(alarm, "CVE-2019-12255")?.affected.likely).toBe(0);
});

test("what is imported later counts from the next look at the folder, and all is judged anew", () => {
  const folder = temporaryFolder();
  let now = 0;
  const verdicts = createVerdicts(folder, () => now);
  const target = { maker: "Acme", model: "Dropper 3", version: "2.4", class: "infusion-pump", medical: true };
  expect([...verdicts.of("k", target).keys()]).toEqual([]);
  store(folder, advisoryParcel(ADVISORY));
  expect([...verdicts.of("k", target).keys()]).toEqual([]);
  now = 61_000;
  expect([...verdicts.of("k", target).keys()]).toEqual(["TEST-26-001"]);
});
