/** The running agent and imported advisories: what is brought in is judged by within a minute or so, and what is taken away is over. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Agent } from "../../agent/agent.ts";
import { defaultConfig } from "../../agent/config.ts";
import { importFiles } from "../../agent/knowledge/advisories/importer.ts";
import { removeAdvisory } from "../../agent/knowledge/advisories/keep.ts";
import { type Ledger, openLedger } from "../../agent/ledger/ledger.ts";
import { csaf } from "../knowledge/advisories/given.ts";
import { counts, evidence, presence } from "../pipe/support/observations.ts";

const SECOND = 1_000_000;
let folder = "";
let now = 0;
let ledger: Ledger;
let agent: Agent;
const knowledge = () => join(folder, "knowledge");

const start = () => {
  const config = defaultConfig();
  config.capture.interfaces = ["eth1"];
  config.knowledge.path = knowledge();
  return new Agent({
    config,
    ledger,
    lights: { show: () => undefined, close: () => undefined },
    log: { info: () => undefined, warn: () => undefined },
    clock: () => now,
    onCommit: () => undefined,
  });
};
const pass = (seconds: number) => {
  for (let second = 0; second < seconds; second += 5) {
    now += 5 * SECOND;
    agent.take(counts({ at: now }));
    agent.tick();
  }
};
const bring = (version: string, more = {}) => {
  const file = join(folder, `${version}.json`);
  const products = [{ vendor: "Hospira", name: "Plum A+", version: "vers:all/*", id: "P1" }];
  writeFileSync(file, JSON.stringify(csaf({ id: "TEST-1", version, products, ...more })));
  return [...importFiles([file], knowledge())].map(({ status }) => status);
};
const finding = () => ledger.list("finding").find(({ body }) => body.rule === "known-vulnerability")?.body;
const advisories = () => ((finding()?.vulnerabilities ?? []) as { advisory: string }[]).map(({ advisory }) => advisory);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wardtap-imported-"));
  now = Date.UTC(2026, 4, 1) * 1000;
  ledger = openLedger(join(folder, "ledger.db"), { clock: () => now });
  agent = start();
  const at = { firstAt: now, lastAt: now };
  agent.take(presence(at));
  agent.take(evidence({ attribute: "hl7.prt.16", value: "Plum A+", protocol: "hl7", ...at }));
  pass(10);
});
afterEach(() => {
  ledger.close();
  rmSync(folder, { recursive: true, force: true });
});

test("an advisory brought in while it runs is part of the pump's finding, which keeps its id", () => {
  const before = finding();
  expect(advisories()).not.toContain("TEST-1");
  expect(bring("1")).toEqual(["added"]);
  pass(90);
  expect(advisories()).toContain("TEST-1");
  expect([finding()?.id, finding()?.firstSeenAt]).toEqual([before?.id, before?.firstSeenAt]);
  expect(finding()?.knowledgeVersion).not.toBe(before?.knowledgeVersion);
});

test("taken away it is gone again, and the ledger says the same as before", () => {
  const before = finding();
  bring("1");
  pass(90);
  removeAdvisory(knowledge(), "TEST-1");
  pass(90);
  expect([advisories().includes("TEST-1"), finding()?.knowledgeVersion]).toEqual([false, before?.knowledgeVersion]);
});

test("nothing new in the folder costs no revision", () => {
  bring("1");
  pass(90);
  const before = ledger.list("finding");
  pass(300);
  expect(ledger.list("finding")).toEqual(before);
});
