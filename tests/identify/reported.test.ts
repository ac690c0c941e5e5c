/** Equipment that others report, signs without a message, and what devices state of themselves. */
import { describe, expect, test } from "vitest";
import type { Device } from "../../agent/identify/device.ts";
import { Identifier } from "../../agent/identify/identifier.ts";
import { macOfEui64 } from "../../agent/identify/join-reported.ts";
import type { HostKey } from "../../agent/observe/observation.ts";

const GATEWAY: HostKey = { mac: "00:50:56:00:00:01", vlan: 0, ip: "10.0.0.1" };
const PUMP: HostKey = { mac: "00:12:21:0a:0b:0c", vlan: 0, ip: "10.0.0.2" };

class Ward {
  readonly identifier = new Identifier();
  sends(host: HostKey): this {
    const counts = { sentFrames: 3, sentBytes: 300, receivedFrames: 0, receivedBytes: 0, ttl: 64 };
    this.identifier.take({ kind: "presence", host, ...counts, firstAt: 1e6, lastAt: 2e6 });
    return this;
  }
  says(about: HostKey | { reported: string; by: HostKey }, attribute: string, value: string, protocol = "hl7"): this {
    this.identifier.take({ kind: "evidence", about, attribute, value, protocol, count: 1, firstAt: 1e6, lastAt: 2e6 });
    return this;
  }
  talks(a: HostKey, b: HostKey, port: number, protocol: string | null = null, transport: "tcp" | "udp" = "tcp"): this {
    const counts = { flows: 1, frames: 9, bytes: 900, firstAt: 1e6, lastAt: 2e6 };
    this.identifier.take({
      kind: "flow",
      transport,
      a,
      b,
      port,
      server: "b",
      serverBy: "handshake",
      protocol,
      answered: true,
      ...counts,
    });
    return this;
  }
  get devices(): Device[] {
    return this.identifier.devices().map(({ device }) => device);
  }
  of(host: HostKey): Device {
    return this.devices.find(({ macs }) => macs.includes(host.mac!))!;
  }
}

describe("reported equipment", () => {
  const KIND = "MDC_DEV_PUMP_INFUS_SYRINGE_MDS";
  test("is a device of its own, and its gateway is none of it", () => {
    const ward = new Ward()
      .sends(GATEWAY)
      .says({ reported: "0012210A0B0C0001", by: GATEWAY }, "hl7.obx.3", KIND)
      .says(GATEWAY, "wardtap.reports", "hl7");
    expect(ward.devices.map((device) => device.class).sort()).toEqual(["medical-gateway", "syringe-pump"]);
    expect(ward.devices.find((device) => device.class === "syringe-pump")!.reportedBy).toBe(ward.of(GATEWAY).id);
  });
  test("that is heard itself is one device with it", () => {
    const ward = new Ward()
      .sends(GATEWAY)
      .sends(PUMP)
      .says({ reported: "001221FFFE0A0B0C", by: GATEWAY }, "hl7.obx.3", KIND);
    expect(ward.devices).toHaveLength(2);
    expect(ward.of(PUMP).class).toBe("syringe-pump");
    expect(ward.of(PUMP).reportedBy).toBeNull();
  });
  test("a BACnet station keeps to its number, whichever way it is heard", () => {
    const by = { reported: "bacnet 1:c0a8000dba", by: GATEWAY };
    const ward = new Ward()
      .sends(GATEWAY)
      .sends(PUMP)
      .says(PUMP, "bacapp.instance_number", "123", "bacnet")
      .says(by, "bacapp.instance_number", "123", "bacnet");
    expect(ward.devices).toHaveLength(2);
  });
  test("a BACnet router with one station behind it is that station, with two it isn't", () => {
    const ward = new Ward()
      .sends(GATEWAY)
      .says({ reported: "bacnet 3:01", by: GATEWAY }, "bacapp.instance_number", "1", "bacnet");
    expect(ward.devices).toHaveLength(1);
    ward.says({ reported: "bacnet 3:02", by: GATEWAY }, "bacapp.instance_number", "2", "bacnet");
    expect(ward.devices).toHaveLength(3);
    expect(new Set(ward.devices.map(({ id }) => id)).size).toBe(3);
  });
  test.each([
    ["0012210A0B0C", "00:12:21:0a:0b:0c"],
    ["001221FFFE0A0B0C", "00:12:21:0a:0b:0c"],
    ["0012210A0B0C0001", undefined],
    ["PUMP-7", undefined],
  ])("the identity %s stands for the card %s", (identity, mac) => expect(macOfEui64(identity)).toBe(mac));
});

describe("a port alone", () => {
  test("is told as what it is, and never settles a class", () => {
    const ward = new Ward().sends(GATEWAY).sends(PUMP).talks(GATEWAY, PUMP, 3613);
    const server = ward.of(PUMP);
    expect(server.evidence.map(({ value }) => value)).toContain("alaris-disc tcp/3613 (port only)");
    expect(ward.of(GATEWAY).class).toBe("unknown");
    expect(ward.of(GATEWAY).claims).toContainEqual({
      field: "class",
      value: "infusion-pump",
      because: ["port-only"],
      confidence: 0.15,
    });
  });
  test("says nothing where the content told the protocol", () =>
    expect(new Ward().sends(GATEWAY).sends(PUMP).talks(GATEWAY, PUMP, 3613, "http").of(PUMP).evidence).toEqual([]));
  test("is all there is where the content is encrypted", () =>
    expect(new Ward().sends(GATEWAY).sends(PUMP).talks(GATEWAY, PUMP, 2762, "tls").of(PUMP).evidence[0]!.value).toBe(
      "dicom-tls tcp/2762 (port only)",
    ));
});

test("an address that only a Contec monitor has built in gives it away", () => {
  const outside: HostKey = { mac: GATEWAY.mac, vlan: 0, ip: "202.114.4.119" };
  expect(new Ward().sends(PUMP).talks(PUMP, outside, 515).of(PUMP).claims).toContainEqual(
    expect.objectContaining({ field: "class", value: "patient-monitor", because: ["contec-built-in"] }),
  );
  expect(new Ward().sends(PUMP).talks(PUMP, outside, 443).of(PUMP).evidence).toEqual([]);
});

describe("a DICOM modality", () => {
  const storing = () =>
    new Ward().sends(PUMP).says(PUMP, "dicom.role", "storage-scu", "dicom").says(PUMP, "dicom.modality", "US", "dicom");
  test("tells what made the pictures", () => expect(storing().of(PUMP).class).toBe("ultrasound"));
  test("tells nothing of who hands on several stations' pictures", () => {
    const ward = storing()
      .says(PUMP, "dicom.station_name", "US1", "dicom")
      .says(PUMP, "dicom.station_name", "US2", "dicom");
    expect(ward.of(PUMP).claims.some(({ because }) => because.includes("imaging-modality"))).toBe(false);
  });
});

test("a maker is one maker, however it is spelled", () => {
  const ward = new Ward()
    .sends(GATEWAY)
    .says(GATEWAY, "dicom.manufacturer", "GE MEDICAL SYSTEMS", "dicom")
    .says(GATEWAY, "snmp.sysdescr", "GE Healthcare CIC Pro", "snmp");
  expect(ward.of(GATEWAY).maker).toBe("GE Healthcare");
  expect(ward.of(GATEWAY).contradictions).toEqual([]);
});
test("a registered vendor number names the maker", () =>
  expect(new Ward().sends(GATEWAY).says(GATEWAY, "bacapp.vendor_identifier", "5", "bacnet").of(GATEWAY).maker).toBe(
    "Johnson Controls",
  ));
