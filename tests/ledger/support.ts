/** What the ledger's tests share: a folder that goes away, a clock that stands still, rows and devices to write. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Device } from "../../agent/identify/device.ts";
import { type Ledger, type LedgerOptions, openLedger } from "../../agent/ledger/ledger.ts";
import type { RowChange } from "../../agent/ledger/rows.ts";
import { parseIsoMicros } from "../../agent/time.ts";

export const NOON = "2026-05-01T12:00:00.000000Z";
export const NOON_MICROS = parseIsoMicros(NOON) ?? 0;
export const clock = () => NOON_MICROS;

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "wardtap-ledger-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function opened(path = join(temporaryFolder(), "ledger.db"), options: Partial<LedgerOptions> = {}): Ledger {
  const ledger = openLedger(path, { clock, ...options });
  onTestFinished(() => ledger.close());
  return ledger;
}

export const row = (key: string, body: Record<string, unknown> = {}): RowChange => ({ kind: "device", key, body });

export const device = (change: Partial<Device> = {}): Device => ({
  id: "dev-1",
  aliases: [],
  macs: ["00:03:b1:00:00:01"],
  ips: ["10.0.0.155"],
  vlans: [20],
  names: ["ICU-PUMP-04"],
  class: "infusion-pump",
  medical: true,
  criticality: "life-sustaining",
  maker: "Hospira",
  model: "Plum A+",
  version: null,
  serial: null,
  os: null,
  confidence: 0.93,
  roles: [],
  randomisedMac: false,
  reportedBy: null,
  firstSeenAt: NOON_MICROS,
  lastSeenAt: NOON_MICROS + 5_000_000,
  frames: 100,
  bytes: 6000,
  services: [{ transport: "tcp", port: 2575, protocol: "hl7", side: "client" }],
  peers: [{ deviceId: "dev-2", remote: null, service: "tcp/2575", frames: 90, bytes: 5000 }],
  evidence: [
    {
      attribute: "hl7.prt.16",
      value: "Plum A+",
      protocol: "hl7",
      count: 7,
      firstSeenAt: NOON_MICROS,
      lastSeenAt: NOON_MICROS + 4_000_000,
      firstFrame: null,
    },
  ],
  claims: [{ field: "maker", value: "Hospira", because: ["oui-hospira"], confidence: 0.9 }],
  contradictions: [],
  ...change,
});
