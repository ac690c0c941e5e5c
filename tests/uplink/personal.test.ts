import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { marksOf } from "../../agent/findings/work/widen.ts";
import { type Ledger, openLedger } from "../../agent/ledger/ledger.ts";
import { rowKey } from "../../agent/ledger/rows.ts";
import { withoutPersonalNames } from "../../agent/uplink/personal.ts";

const CANARY = "Anna-Canarys-iPhone";
let ledger: Ledger;

beforeEach(() => {
  ledger = openLedger(join(mkdtempSync(join(tmpdir(), "wardtap-personal-")), "l.db"), {
    clock: () => Date.now() * 1000,
  });
});
afterEach(() => ledger.close());

const device = (id: string, more: object) => ({
  kind: "device" as const,
  key: rowKey(id),
  body: { id, names: [CANARY], why: `said so itself (dhcp.option.hostname "${CANARY}")`, ...more },
});
const name = (id: string) => ({
  kind: "evidence" as const,
  key: rowKey(id, "dhcp", "dhcp.option.hostname", CANARY),
  body: { deviceId: id, attribute: "dhcp.option.hostname", value: CANARY, protocol: "dhcp" },
});
const sent = () => JSON.stringify(withoutPersonalNames(ledger).rowsAbove(0, 100));

test("a phone's name reaches no message to the console", () => {
  ledger.write([device("dev-1", { class: "phone", randomisedMac: false }), name("dev-1")]);
  expect(sent()).not.toContain(CANARY);
  expect(JSON.stringify(ledger.rowsAbove(0, 100))).toContain(CANARY);
});

test("neither does the name of a device with a random MAC, nor its tombstone", () => {
  ledger.write([device("dev-2", { class: "unknown", randomisedMac: true }), name("dev-2")]);
  ledger.remove("evidence", name("dev-2").key, "2026-05-01T12:00:00.000000Z");
  expect(sent()).not.toContain(CANARY);
});

test("a pump's name goes to the console as it is", () => {
  ledger.write([device("dev-3", { class: "infusion-pump", randomisedMac: false }), name("dev-3")]);
  expect(sent()).toContain(CANARY);
});

test("the row and its tombstone keep one and the same hidden key", () => {
  ledger.write([device("dev-4", { class: "phone" }), name("dev-4")]);
  const view = withoutPersonalNames(ledger);
  const key = view.rowsAbove(0, 100).find((row) => row.kind === "evidence")?.key;
  ledger.remove("evidence", name("dev-4").key, "2026-05-01T12:00:00.000000Z");
  expect(view.rowsAbove(0, 100).find((row) => row.kind === "tombstone")?.body.key).toBe(key);
});

test("a finding about a personal device leaves without the names it rests on", () => {
  const evidence = [
    { attribute: "browser.server", value: CANARY, protocol: "browser" },
    { attribute: "tls.version", value: "1.0", protocol: "tls" },
  ];
  ledger.write([
    device("dev-5", { class: "laptop", randomisedMac: true }),
    { kind: "finding", key: rowKey("fnd-1"), body: { id: "fnd-1", deviceId: "dev-5", evidence } },
  ]);
  expect(sent()).not.toContain(CANARY);
  expect(sent()).toContain("tls.version");
});

test.each([
  ["a phone", { class: "phone" }],
  ["a pump", { class: "infusion-pump" }],
])("no hash from which a name could be guessed leaves in a finding about %s, not even in what was decided", (_, is) => {
  const marks = marksOf([`dhcp.option.hostname=${CANARY}`]);
  const work = {
    by: "A. Nurse",
    at: "2026-05-01T12:00:00.000000Z",
    reason: "known",
    basis: { severity: "low", marks },
  };
  ledger.write([
    device("dev-7", is),
    { kind: "finding", key: rowKey("fnd-2"), body: { id: "fnd-2", deviceId: "dev-7", evidence: [], marks, work } },
  ]);
  expect(sent()).not.toContain(marks[0]);
  expect(sent()).toContain('"reason":"known"');
  expect(JSON.stringify(ledger.rowsAbove(0, 100))).toContain(marks[0]);
});

test.each(["browser.server", "smb.server", "kerberos.machine", "skinny.deviceName", "eap.identity.machine"])(
  "a personal device's name in %s stays on the tap",
  (attribute) => {
    const row = {
      kind: "evidence" as const,
      key: rowKey("dev-6", "x", attribute, CANARY),
      body: { deviceId: "dev-6", attribute, value: CANARY, protocol: "x" },
    };
    ledger.write([device("dev-6", { class: "laptop", randomisedMac: true }), row]);
    expect(sent()).not.toContain(CANARY);
  },
);
