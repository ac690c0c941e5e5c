import { describe, expect, test } from "vitest";
import type { Finding } from "../../agent/findings/finding.ts";
import type { Device, DeviceEvidence } from "../../agent/identify/device.ts";
import { BOUNDS } from "../../agent/ledger/bounds.ts";
import { findingChange } from "../../agent/ledger/finding-rows.ts";
import { Periods } from "../../agent/ledger/periods.ts";
import { deviceChanges } from "../../agent/ledger/presenter.ts";
import { devicesFromLedger } from "../../agent/ledger/restore.ts";
import { rowKey } from "../../agent/ledger/rows.ts";
import { isoMicros } from "../../agent/time.ts";
import { device, NOON, NOON_MICROS, opened } from "./support.ts";

const HOUR = 3600 * 1_000_000;
const told = (...devices: Device[]) => {
  const ledger = opened();
  for (const one of devices) ledger.write(deviceChanges(one, ledger));
  return ledger;
};

test("a device becomes a device row and a row for each evidence, service and peer", () => {
  const ledger = told(device());
  expect(ledger.rowsAbove(0, 10).map(({ kind, key }) => [kind, key])).toEqual([
    ["device", "dev-1"],
    ["evidence", "dev-1 hl7 hl7.prt.16 Plum%20A+"],
    ["service", "dev-1 tcp 2575 client"],
    ["peer", "dev-1 dev-2 tcp/2575"],
  ]);
  expect(ledger.get("device", "dev-1")?.body).toMatchObject({ firstSeenAt: NOON, maker: "Hospira" });
});

test("why is one sentence with the rules behind what was chosen", () => {
  const body = told(device()).get("device", "dev-1")?.body;
  expect(body?.why).toBe("Infusion pump by Hospira, model Plum A+ (93 % sure), because of oui-hospira.");
});

test("traffic alone changes no row", () => {
  const first = device();
  const ledger = told(first);
  const busier = device({
    frames: 9999,
    bytes: 99999,
    lastSeenAt: first.lastSeenAt + HOUR,
    evidence: first.evidence.map((one) => ({ ...one, count: 99, lastSeenAt: one.lastSeenAt + HOUR })),
    peers: first.peers.map((one) => ({ ...one, frames: 9, bytes: 9 })),
  });
  expect(ledger.write(deviceChanges(busier, ledger)).written).toBe(0);
});

test("first seen never moves forward, so a restart makes nothing look new", () => {
  const first = device();
  const ledger = told(first);
  const relearnt = device({ evidence: first.evidence.map((one) => ({ ...one, firstSeenAt: one.firstSeenAt + HOUR })) });
  expect(ledger.write(deviceChanges(relearnt, ledger)).written).toBe(0);
});

test("a service whose side becomes known replaces the one of unknown side", () => {
  const service = { transport: "tcp", port: 104, protocol: "dicom", side: "unknown" } as const;
  const ledger = told(device({ services: [service] }), device({ services: [{ ...service, side: "server" }] }));
  expect(ledger.list("service").map(({ body }) => body.side)).toEqual(["server"]);
});

test("more evidence than the ledger keeps is cut at the same place, again and again", () => {
  const most = BOUNDS.evidence.perDevice ?? 0;
  const evidence: DeviceEvidence[] = Array.from({ length: most + 50 }, (_, n) => ({
    ...(device().evidence[0] as DeviceEvidence),
    value: `v${n}`,
    firstSeenAt: NOON_MICROS + ((n * 7919) % 1000),
  }));
  const ledger = told(device({ evidence }));
  expect(ledger.list("evidence", "dev-1")).toHaveLength(most);
  expect(ledger.write(deviceChanges(device({ evidence }), ledger)).written).toBe(0);
});

test("evidence with a value without end has a key the console takes, and two such stay apart", () => {
  const evidence = ["a", "b"].map((end) => ({
    ...(device().evidence[0] as DeviceEvidence),
    value: `${"%".repeat(5000)}${end}`,
  }));
  const ledger = told(device({ evidence }));
  const rows = ledger.list("evidence");
  expect(rows.map(({ body }) => String(body.value).length)).toEqual([5001, 5001]);
  for (const { key } of rows) expect(key.length).toBeLessThan(200);
});

describe("merge and split", () => {
  const other = device({ id: "dev-2", macs: ["00:03:b1:00:00:02"], firstSeenAt: NOON_MICROS + 1 });

  test("a merged device leaves an alias and tombstones for its rows", () => {
    const ledger = told(device(), other, device({ aliases: ["dev-2"] }));
    expect(ledger.get("alias", "dev-2")?.body).toMatchObject({ alias: "dev-2", deviceId: "dev-1" });
    expect(ledger.get("device", "dev-2")).toBeUndefined();
    for (const kind of ["evidence", "service", "peer"] as const) expect(ledger.list(kind, "dev-2")).toEqual([]);
    expect(ledger.list("tombstone").map(({ body }) => body.key)).toContain("dev-2");
  });

  test("saying the merge again says nothing", () => {
    const merged = device({ aliases: ["dev-2"], lastSeenAt: NOON_MICROS + HOUR });
    const ledger = told(device(), other, device({ aliases: ["dev-2"] }));
    expect(ledger.write(deviceChanges(merged, ledger)).written).toBe(0);
  });

  test("a peer that was merged away is told under its new id only", () => {
    const third = device({
      id: "dev-3",
      peers: [{ deviceId: "dev-2", remote: null, service: "udp/53", frames: 1, bytes: 1 }],
    });
    const after = { ...third, peers: [{ deviceId: "dev-1", remote: null, service: "udp/53", frames: 1, bytes: 1 }] };
    const ledger = told(device(), other, third, device({ aliases: ["dev-2"] }), after);
    expect(ledger.list("peer", "dev-3").map(({ body }) => body.peerId)).toEqual(["dev-1"]);
  });

  test("a split revives the device and takes from the other what isn't its own", () => {
    const ledger = told(device(), other, device({ aliases: ["dev-2"] }), other);
    expect(ledger.get("alias", "dev-2")).toBeUndefined();
    expect(ledger.get("device", "dev-2")?.body.macs).toEqual(["00:03:b1:00:00:02"]);
    const less = device({ evidence: [] });
    expect(ledger.write(deviceChanges(less, ledger)).written).toBe(0);
    ledger.write(deviceChanges(less, ledger, { exact: true }));
    expect(ledger.list("evidence", "dev-1")).toEqual([]);
  });
});

describe("after a restart", () => {
  test("devices come back with what was known, counters from their hours", () => {
    const merged = device({ aliases: ["dev-0"] });
    const ledger = told(merged);
    ledger.write(new Periods(ledger).periodChanges([merged]));
    const [back, ...others] = devicesFromLedger(ledger);
    expect(others).toEqual([]);
    const evidence = merged.evidence.map((one) => ({ ...one, count: 1, lastSeenAt: one.firstSeenAt }));
    const peers = merged.peers.map((one) => ({ ...one, frames: 0, bytes: 0 }));
    expect(back).toEqual({ ...merged, evidence, peers });
  });

  test("what was counted before a merge still counts", () => {
    const other = device({ id: "dev-2", frames: 40, bytes: 1000 });
    const ledger = told(device(), other);
    const periods = new Periods(ledger);
    ledger.write(periods.periodChanges([device(), other]));
    periods.committed();
    const merged = device({ frames: 150, bytes: 7777, aliases: ["dev-2"] });
    ledger.write([...deviceChanges(merged, ledger), ...periods.periodChanges([merged])]);
    expect([...devicesFromLedger(ledger)].map(({ frames, bytes }) => [frames, bytes])).toEqual([[150, 7777]]);
  });

  test("telling a restored device changes nothing", () => {
    const ledger = told(device({ aliases: ["dev-0"] }));
    for (const back of devicesFromLedger(ledger)) expect(ledger.write(deviceChanges(back, ledger)).written).toBe(0);
  });

  test("rows that make no sense are left out, and the rest comes back", () => {
    const ledger = told(device());
    ledger.write([
      { kind: "device", key: "dev-9", body: { id: 9 } },
      { kind: "device", key: "dev-8", body: { id: "dev-8", firstSeenAt: "yesterday", class: "toaster", claims: "x" } },
      { kind: "service", key: "dev-1 tcp 99999 client", body: { deviceId: "dev-1", transport: "tcp", port: 99999 } },
      { kind: "evidence", key: "dev-1 a b c", body: {} },
      { kind: "period", key: "dev-1 x", body: { frames: "many" } },
      { kind: "alias", key: "z", body: { alias: ["z"], deviceId: null } },
    ]);
    const devices = [...devicesFromLedger(ledger)];
    expect(devices.map(({ id, class: kind }) => [id, kind])).toEqual([
      ["dev-1", "infusion-pump"],
      ["dev-8", "unknown"],
    ]);
    expect(devices[0]?.services).toHaveLength(1);
  });
});

describe("periods", () => {
  const period = (at: number) => rowKey("dev-1", isoMicros(Math.floor(at / HOUR) * HOUR));

  test("what was heard since the last telling is added to the hour", () => {
    const ledger = opened();
    const periods = new Periods(ledger);
    for (const [frames, minutes] of [
      [100, 5],
      [130, 15],
      [190, 75],
    ] as const) {
      ledger.write(
        periods.periodChanges([
          device({ frames, bytes: frames * 10, lastSeenAt: NOON_MICROS + (minutes * HOUR) / 60 }),
        ]),
      );
      periods.committed();
    }
    expect(ledger.get("period", period(NOON_MICROS))?.body).toMatchObject({ frames: 130, bytes: 1300 });
    expect(ledger.get("period", period(NOON_MICROS + HOUR))?.body).toMatchObject({ frames: 60, bytes: 600 });
  });

  test("a device that was silent gets no row", () => {
    const periods = new Periods(opened());
    periods.periodChanges([device()]);
    periods.committed();
    expect(periods.periodChanges([device()])).toEqual([]);
  });

  test("a telling that didn't reach the disk is told again in full", () => {
    const ledger = opened();
    const periods = new Periods(ledger);
    periods.periodChanges([device({ frames: 100 })]);
    ledger.write(periods.periodChanges([device({ frames: 150 })]));
    expect(ledger.get("period", period(NOON_MICROS))?.body.frames).toBe(150);
  });

  test("a merge counts no frame twice", () => {
    const ledger = opened();
    const periods = new Periods(ledger);
    ledger.write(periods.periodChanges([device({ frames: 100 }), device({ id: "dev-2", frames: 40 })]));
    periods.committed();
    ledger.write(periods.periodChanges([device({ frames: 145, bytes: 12_300, aliases: ["dev-2"] })]));
    const frames = ledger.list("period").map(({ body }) => Number(body.frames));
    expect(frames.reduce((sum, one) => sum + one, 0)).toBe(145);
  });

  test("after a restart the restored counters aren't told again", () => {
    const ledger = told(device());
    ledger.write(new Periods(ledger).periodChanges([device()]));
    const restored = [...devicesFromLedger(ledger)];
    expect(new Periods(ledger, restored).periodChanges(restored)).toEqual([]);
  });

  test("a device begun anew counts from nothing, never backwards", () => {
    const ledger = opened();
    const periods = new Periods(ledger);
    for (const frames of [100, 10]) {
      ledger.write(periods.periodChanges([device({ frames, bytes: frames })]));
      periods.committed();
    }
    expect(ledger.get("period", period(NOON_MICROS))?.body).toMatchObject({ frames: 110, bytes: 110 });
  });
});

test("a finding that is only seen again is the same row", () => {
  const finding: Finding = {
    id: "fnd-1",
    rule: "cleartext-login",
    severity: "high",
    certainty: "confirmed",
    state: "open",
    about: "device",
    deviceId: "dev-1",
    relatedDeviceIds: [],
    title: "Login in clear",
    why: "A login was seen over telnet.",
    advice: "Use SSH.",
    vulnerabilities: [],
    evidence: device().evidence,
    firstSeenAt: NOON_MICROS,
    lastSeenAt: NOON_MICROS,
  };
  const ledger = opened();
  ledger.write([findingChange(finding)]);
  const again = {
    ...finding,
    lastSeenAt: NOON_MICROS + HOUR,
    evidence: finding.evidence.map((one) => ({ ...one, count: 99 })),
  };
  expect(ledger.write([findingChange(again)]).written).toBe(0);
  expect(ledger.write([findingChange({ ...again, state: "resolved" })]).written).toBe(1);
});
