import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
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
