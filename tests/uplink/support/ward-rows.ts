/** Rows of a small ward as a tap's ledger would write them. */
import type { DeviceBody, RowChange } from "../../../agent/ledger/rows.ts";
import { rowKey } from "../../../agent/ledger/rows.ts";

export const AT = "2026-05-01T12:00:00.000000Z";

export function device(id: string, fields: Partial<DeviceBody> = {}): RowChange {
  const body: DeviceBody = {
    id,
    macs: ["00:03:b1:00:00:01"],
    ips: ["10.0.0.155"],
    vlans: [20],
    names: [id.toUpperCase()],
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
    firstSeenAt: AT,
    claims: [],
    contradictions: [],
    why: "Its HL7 messages name the model.",
    ...fields,
  };
  return { kind: "device", key: id, body: { ...body } };
}

export const finding = (id: string, deviceId: string | null, fields: Record<string, unknown> = {}): RowChange => ({
  kind: "finding",
  key: id,
  body: {
    id,
    rule: "cleartext-login",
    severity: "high",
    certainty: "confirmed",
    state: "open",
    about: deviceId === null ? "network" : "device",
    deviceId,
    relatedDeviceIds: [],
    title: "Login in clear text",
    why: "A login was seen over telnet.",
    advice: "Use SSH.",
    vulnerabilities: [],
    evidence: [],
    firstSeenAt: AT,
    ...fields,
  },
});

export const period = (deviceId: string, hourAt: string, lastSeenAt: string, frames = 1): RowChange => ({
  kind: "period",
  key: rowKey(deviceId, hourAt),
  body: { deviceId, hourAt, frames, bytes: frames * 100, lastSeenAt },
});

export const alias = (id: string, deviceId: string): RowChange => ({
  kind: "alias",
  key: id,
  body: { alias: id, deviceId, because: "same MAC", at: AT },
});

export const evidence = (deviceId: string, attribute: string, value: string): RowChange => ({
  kind: "evidence",
  key: rowKey(deviceId, "hl7", attribute, value),
  body: { deviceId, attribute, value, protocol: "hl7", firstSeenAt: AT },
});
