/** Who is one device: told to the identifier as the sniffer would. */
import { describe, expect, test } from "vitest";
import type { Device } from "../../agent/identify/device.ts";
import { MAX_HOST_FACTS } from "../../agent/identify/facts.ts";
import { Identifier, type IdentifierOptions } from "../../agent/identify/identifier.ts";
import type { HostKey } from "../../agent/observe/observation.ts";

const PUMP = "00:03:b1:00:00:01";
const OTHER = "00:03:b1:00:00:02";
const ROUTER = "00:1b:54:00:00:01";

const host = (mac: string | null, ip: string | null, vlan = 0): HostKey => ({ mac, vlan, ip });

class Ward {
  readonly identifier: Identifier;
  constructor(options: IdentifierOptions = {}) {
    this.identifier = new Identifier(options);
  }
  sends(
    mac: string | null,
    ip: string | null,
    {
      vlan = 0,
      ttl = 64,
      from = 1,
      to,
      frames = 3,
    }: { vlan?: number; ttl?: number; from?: number; to?: number; frames?: number } = {},
  ): this {
    this.identifier.take({
      kind: "presence",
      host: host(mac, ip, vlan),
      sentFrames: frames,
      sentBytes: 100 * frames,
      receivedFrames: 0,
      receivedBytes: 0,
      ttl,
      firstAt: from * 1e6,
      lastAt: (to ?? from + 1) * 1e6,
    });
    return this;
  }
  says(mac: string, attribute: string, value: string, { vlan = 0, protocol = "dhcp" } = {}): this {
    this.identifier.take({
      kind: "evidence",
      about: host(mac, null, vlan),
      attribute,
      value,
      protocol,
      count: 1,
      firstAt: 1e6,
      lastAt: 1e6,
    });
    return this;
  }
  get devices(): Device[] {
    return this.identifier.devices().map(({ device }) => device);
  }
}

const macs = (devices: Device[]) => devices.map((device) => device.macs.join("+")).sort();

describe("one row per real device", () => {
  test("an address that changes stays one device", () => {
    const ward = new Ward().sends(PUMP, "169.254.3.4", { from: 1, to: 5 }).sends(PUMP, "10.0.0.5", { from: 6, to: 9 });
    expect(ward.devices).toHaveLength(1);
    expect(ward.devices[0]?.ips).toEqual(["10.0.0.5", "169.254.3.4"]);
  });

  test("IPv6 privacy addresses are the card's own", () => {
    const ward = new Ward().sends(PUMP, "fe80::1");
    for (let i = 1; i <= 6; i++) ward.sends(PUMP, `2001:db8:1:2::${i}`);
    expect(ward.devices).toHaveLength(1);
  });

  test("a second card with the same serial number is joined, and says so in its id's aliases later", () => {
    const ward = new Ward().sends(PUMP, "10.0.0.5").sends(OTHER, "10.0.0.6", { from: 2 });
    expect(ward.devices).toHaveLength(2);
    const [first] = ward.devices.filter((device) => device.macs.includes(PUMP));
    ward
      .says(PUMP, "lldp.media.sn", "SN12345", { protocol: "lldp" })
      .says(OTHER, "lldp.media.sn", "SN12345", { protocol: "lldp" });
    expect(macs(ward.devices)).toEqual([`${PUMP}+${OTHER}`]);
    expect(ward.devices[0]?.id).toBe(first?.id);
    expect(ward.devices[0]?.aliases).toHaveLength(1);
  });

  test("the same host name from the same kind of DHCP client joins a dock and a laptop", () => {
    const ward = new Ward().sends(PUMP, "10.0.0.5").sends(OTHER, "10.0.0.6");
    for (const mac of [PUMP, OTHER]) {
      ward.says(mac, "dhcp.option.hostname", "WARD7-LT-12").says(mac, "dhcp.option.request_list_item", "1,3,6");
    }
    expect(ward.devices).toHaveLength(1);
  });

  test("a product's default name joins nothing", () => {
    const ward = new Ward().sends(PUMP, "10.0.0.5").sends(OTHER, "10.0.0.6");
    for (const mac of [PUMP, OTHER]) ward.says(mac, "dhcp.option.hostname", "raspberrypi");
    expect(ward.devices).toHaveLength(2);
  });

  test("a wrong join is undone by keeping the pair apart", () => {
    const ward = new Ward({ keptApart: [[PUMP, OTHER]] }).sends(PUMP, "10.0.0.5").sends(OTHER, "10.0.0.6");
    for (const mac of [PUMP, OTHER]) ward.says(mac, "lldp.media.sn", "SN12345", { protocol: "lldp" });
    expect(ward.devices).toHaveLength(2);
  });

  test("the same address in two VLANs is two devices", () => {
    const ward = new Ward().sends(PUMP, "10.0.0.5", { vlan: 10 }).sends(OTHER, "10.0.0.5", { vlan: 20 });
    expect(ward.devices).toHaveLength(2);
  });
});

describe("routers", () => {
  const behindRouter = () =>
    new Ward()
      .sends(PUMP, "10.0.0.5")
      .says(ROUTER, "arp.src.proto_ipv4", "10.0.0.1", { protocol: "arp" })
      .sends(ROUTER, "10.0.0.1")
      .sends(ROUTER, "10.9.0.7", { ttl: 62 })
      .sends(ROUTER, "10.9.0.8", { ttl: 127 });

  test("inside hosts behind one become devices by address, and it gets the role", () => {
    const { devices } = behindRouter();
    expect(devices.map((device) => device.ips.join()).sort()).toEqual(["10.0.0.1", "10.0.0.5", "10.9.0.7", "10.9.0.8"]);
    expect(devices.find((device) => device.macs.includes(ROUTER))?.roles).toContain("gateway");
    expect(devices.find((device) => device.ips.includes("10.9.0.7"))?.macs).toEqual([]);
  });

  test("a thousand outside addresses behind its MAC don't flood the list", () => {
    const ward = behindRouter();
    for (let i = 0; i < 1000; i++) ward.sends(ROUTER, `8.${i >> 8}.${i & 255}.9`, { ttl: 50 });
    expect(ward.devices).toHaveLength(4);
  });

  test("a host heard through it that proves its address elsewhere on the link stays one device", () => {
    const ward = behindRouter()
      .says(OTHER, "arp.src.proto_ipv4", "10.9.0.7", { protocol: "arp" })
      .sends(OTHER, "10.9.0.7");
    expect(ward.devices.filter((device) => device.ips.includes("10.9.0.7"))).toHaveLength(1);
  });

  test("virtual MACs of VRRP and HSRP are no devices", () => {
    const ward = new Ward().sends("00:00:5e:00:01:0a", "10.0.0.1").sends("00:00:0c:07:ac:01", "10.0.1.1");
    expect(ward.devices).toEqual([]);
  });

  test("a card that answers ARP for many others doesn't own their addresses", () => {
    const ward = new Ward().sends(ROUTER, "10.0.0.1");
    for (let i = 10; i < 60; i++) ward.says(ROUTER, "arp.src.proto_ipv4", `10.0.0.${i}`, { protocol: "arp" });
    expect(ward.devices.find((device) => device.macs.includes(ROUTER))?.ips).toEqual(["10.0.0.1"]);
  });
});

describe("what is no device", () => {
  test.each([
    ["a multicast MAC", "01:00:5e:00:00:fb", "10.0.0.5"],
    ["a zero MAC on loopback", "00:00:00:00:00:00", "127.0.0.1"],
  ])("%s", (_, mac, ip) => {
    expect(new Ward().sends(mac, ip).devices).toEqual([]);
  });

  test("a host that only ever was sent to", () => {
    const ward = new Ward();
    ward.identifier.take({
      kind: "presence",
      host: host(PUMP, "10.0.0.5"),
      sentFrames: 0,
      sentBytes: 0,
      receivedFrames: 9,
      receivedBytes: 900,
      ttl: 0,
      firstAt: 1,
      lastAt: 2,
    });
    expect(ward.devices).toEqual([]);
  });

  test("255 invented MACs that claim one address are one device there", () => {
    const ward = new Ward();
    for (let i = 0; i < 255; i++)
      ward.sends(
        `00:0c:${(i >> 4).toString(16).padStart(2, "0")}:00:00:${i.toString(16).padStart(2, "0")}`,
        "10.0.0.5",
      );
    expect(ward.devices).toHaveLength(1);
  });
});

test("a random MAC is told from a hypervisor's stable one", () => {
  const ward = new Ward().sends("da:a1:19:00:00:01", "10.0.0.5").sends("52:54:00:00:00:01", "10.0.0.6");
  expect(Object.fromEntries(ward.devices.map((device) => [device.macs[0], device.randomisedMac]))).toEqual({
    "da:a1:19:00:00:01": true,
    "52:54:00:00:00:01": false,
  });
});

test("after a restart a device keeps its id and what it said before", () => {
  const before = new Ward().sends(PUMP, "10.0.0.5").says(PUMP, "hl7.prt.16", "Hospira Plum A+", { protocol: "hl7" });
  const [remembered] = before.devices;
  const after = new Ward({ remembered: before.devices }).sends(PUMP, "10.0.0.77", { from: 100 });
  expect(after.devices).toHaveLength(1);
  expect(after.devices[0]).toMatchObject({
    id: remembered?.id,
    class: "infusion-pump",
    model: "Plum A+",
    firstSeenAt: remembered?.firstSeenAt,
  });
});

describe("a serial number or client id that many cards share names none of them", () => {
  const cards = Array.from({ length: 6 }, (_, index) => `00:03:b1:00:01:0${index}`);
  const cloned = (count: number, attribute: string, value: string) => {
    const ward = new Ward();
    cards.slice(0, count).forEach((mac, index) => {
      ward.sends(mac, `10.0.0.${index + 1}`).says(mac, attribute, value);
    });
    return ward.devices;
  };

  test("machines made from one disk image stay apart", () => {
    expect(cloned(6, "dhcp.client_id.duid", "000100012a3b4c5d0003b1000001")).toHaveLength(6);
  });

  test("two cards of one machine are still one device", () => {
    expect(cloned(2, "dhcp.client_id.duid", "000100012a3b4c5d0003b1000001")).toHaveLength(1);
  });

  test.each(["00000000", "123456789", "Default string"])("%s is no serial number", (value) => {
    expect(cloned(2, "dicom.device_serial_number", value)).toHaveLength(2);
  });
});

test("a device is judged anew when it says something new", () => {
  const ward = new Ward().sends(PUMP, "10.0.0.5");
  expect(ward.devices[0]?.model).toBeNull();
  ward.says(PUMP, "hl7.prt.16", "Hospira Plum A+", { protocol: "hl7" });
  expect(ward.devices[0]).toMatchObject({ class: "infusion-pump", model: "Plum A+" });
});

test("invented senders with outside addresses fill no memory", () => {
  const ward = new Ward();
  for (let n = 0; n < MAX_HOST_FACTS + 100; n++) {
    const mac = `00:03:b2:${[n >> 16, (n >> 8) & 255, n & 255].map((byte) => byte.toString(16).padStart(2, "0")).join(":")}`;
    ward.sends(mac, "8.8.8.8");
  }
  expect(ward.identifier.facts.outside.size).toBeLessThanOrEqual(MAX_HOST_FACTS);
  expect(ward.identifier.facts.hosts.size).toBeLessThanOrEqual(MAX_HOST_FACTS);
});

test("answers that come after the attempts were told still count", () => {
  const { identifier } = new Ward();
  const fan = { kind: "fan-out" as const, by: host(PUMP, "10.0.0.5"), what: "hosts" as const, port: 445 };
  identifier.take({ ...fan, tried: 30, answered: 2, firstAt: 1e6, lastAt: 2e6 });
  identifier.take({ ...fan, tried: 30, answered: 30, firstAt: 1e6, lastAt: 3e6 });
  expect(identifier.fanOuts()).toMatchObject([{ tried: 30, answered: 30 }]);
});
