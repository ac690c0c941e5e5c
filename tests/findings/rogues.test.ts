/** Who gives addresses or routes and should not: by the hospital's list, by kind, by being at odds; and who may. */
import { describe, expect, test } from "vitest";
import { DEFAULT_SETTINGS, type FindingSettings } from "../../agent/findings/settings.ts";
import type { Device } from "../../agent/identify/device.ts";
import { device, judge, NOW, piece } from "./given.ts";

const found = (devices: Device[], settings: Partial<FindingSettings> = {}) =>
  judge({ devices, settings: { ...DEFAULT_SETTINGS, ...settings } });
const told = (devices: Device[], settings?: Partial<FindingSettings>) =>
  found(devices, settings).map(({ severity, certainty, deviceId }) => [deviceId, severity, certainty]);

describe("rogue-dhcp", () => {
  const server = (id: string, scope: string | string[], more: Partial<Device> = {}) =>
    device({
      id,
      class: "server",
      macs: [`00:50:56:00:00:0${id.slice(-1)}`],
      evidence: [
        ...[scope].flat().map((value) => piece("wardtap.dhcp.scope", value)),
        piece("dhcp.option.dhcp_server_id", `10.0.0.${id.slice(-1)}`),
      ],
      ...more,
    });
  const SOUND = "link 20 net 10.0.0.0/24 router 10.0.0.1 dns 10.0.0.2";
  const ROGUE = "link 20 net 192.168.1.0/24 router 192.168.1.1 dns 192.168.1.1";
  const both = (link: string, ...more: Device[]) => [
    server("dev-1", SOUND.replace("link 20", link)),
    server("dev-2", ROGUE.replace("link 20", link)),
    ...more,
  ];
  const asker = (first: number, second: number) =>
    device({
      id: "dev-9",
      evidence: [
        piece("wardtap.dhcp.offered_by", "10.0.0.1", { firstSeenAt: first, lastSeenAt: first }),
        piece("wardtap.dhcp.offered_by", "10.0.0.2", { firstSeenAt: second, lastSeenAt: second }),
      ],
    });

  test("by its kind no server, and at odds with one: likely, and grave", () => {
    const devices = [server("dev-1", SOUND), server("dev-2", ROGUE, { class: "laptop" })];
    expect(found(devices)).toMatchObject([
      { rule: "rogue-dhcp", deviceId: "dev-2", relatedDeviceIds: ["dev-1"], severity: "high", certainty: "likely" },
    ]);
    expect(found(devices)[0]?.why).toContain("another router");
  });

  test("two servers at odds in one VLAN: possible, and nobody is blamed", () => {
    expect(told(both("link 20"))).toEqual([[null, "medium", "possible"]]);
  });

  test("without a tag only a host that both made an offer to proves that they share a link", () => {
    expect(told(both("link 0"))).toEqual([]);
    expect(told(both("link 0", asker(NOW, NOW + 1000)))).toEqual([[null, "medium", "possible"]]);
    expect(told(both("link 0", asker(NOW, NOW + 3600 * 1_000_000)))).toEqual([]);
  });

  test("of three, the one at odds with two that agree is blamed", () => {
    expect(told([server("dev-1", SOUND), server("dev-2", ROGUE), server("dev-3", SOUND)])).toEqual([
      ["dev-2", "medium", "likely"],
    ]);
  });

  test.each<[string, Device[]]>([
    ["a pair that stands in for each other", [server("dev-1", SOUND), server("dev-2", SOUND)]],
    [
      "a pair, one of which was not asked for name servers",
      [server("dev-1", SOUND), server("dev-2", "link 20 net 10.0.0.0/24 router 10.0.0.1")],
    ],
    ["servers of two VLANs", [server("dev-1", SOUND), server("dev-2", ROGUE.replace("20", "30"))]],
    [
      "servers that relays ask",
      [server("dev-1", "relay 10.1.0.1 net 10.1.0.0/24"), server("dev-2", "relay 10.1.0.1 net 10.1.1.0/24")],
    ],
    ["one server of several networks", [server("dev-1", [SOUND, ROGUE])]],
    ["one server alone, whatever it is", [server("dev-1", SOUND, { class: "workstation" })]],
  ])("not %s", (_what, devices) => {
    expect(told(devices)).toEqual([]);
  });

  test.each(["10.0.0.1", "00:50:56:00:00:01"])("with %s on the list, any other is known for certain", (listed) => {
    expect(told(both("link 0"), { dhcpServers: [listed] })).toEqual([["dev-2", "high", "confirmed"]]);
    expect(told(both("link 20"), { dhcpServers: [listed, "10.0.0.2"] })).toEqual([]);
  });

  test("a relay that puts itself in the place of a listed server is none of its own (RFC 5107)", () => {
    const relay = server("dev-2", "relay 10.0.0.2 net 10.1.0.0/24", { roles: ["dhcp-relay"] });
    expect(told([relay], { dhcpServers: ["10.0.0.1"] })).toEqual([]);
    const both = server("dev-2", ["relay 10.0.0.2 net 10.1.0.0/24", ROGUE]);
    expect(told([both], { dhcpServers: ["10.0.0.1"] })).toEqual([["dev-2", "high", "confirmed"]]);
  });

  test("a central station that gives its monitors addresses is a server by its kind", () => {
    const station = server("dev-2", ROGUE, { class: "central-station", medical: true });
    expect(told([server("dev-1", SOUND), station])).toEqual([[null, "medium", "possible"]]);
  });
});

describe("rogue-router-advertisement", () => {
  const router = (id: string, prefix: string | null, more: Partial<Device> = {}) =>
    device({
      id,
      class: "router",
      macs: [`00:00:0c:00:00:0${id.slice(-1)}`],
      evidence: [piece("wardtap.ra", "router"), ...(prefix === null ? [] : [piece("icmpv6.opt.prefix", prefix)])],
      ...more,
    });
  const A = "2001:db8:a::/64";
  const B = "2001:db8:b::/64";
  const laptop: Partial<Device> = { class: "laptop", vlans: [20] };

  test("a laptop that offers to route beside the router: likely, and grave", () => {
    const devices = [router("dev-1", A, { vlans: [20] }), router("dev-2", "2002:c000:204::/64", laptop)];
    expect(found(devices)).toMatchObject([
      { rule: "rogue-router-advertisement", deviceId: "dev-2", severity: "high", certainty: "likely" },
    ]);
  });

  test("a laptop that offers to route where nobody else was heard: possible", () => {
    expect(told([router("dev-2", B, laptop)])).toEqual([["dev-2", "medium", "possible"]]);
  });

  test("two routers with different prefixes, in one VLAN or heard by one host: possible", () => {
    const host = device({ id: "dev-9", macs: ["18:66:da:00:00:09"], ips: ["2001:db8:a::9", "2001:db8:b::9"] });
    expect(told([router("dev-1", A), router("dev-2", B)])).toEqual([]);
    expect(told([router("dev-1", A), router("dev-2", B), host])).toEqual([[null, "medium", "possible"]]);
    expect(told([router("dev-1", A, { vlans: [7] }), router("dev-2", B, { vlans: [7] })])).toHaveLength(1);
  });

  test.each<[string, Device[]]>([
    ["routers that share a prefix", [router("dev-1", A, { vlans: [7] }), router("dev-2", A, { vlans: [7] })]],
    ["routers of two VLANs", [router("dev-1", A, { vlans: [7] }), router("dev-2", B, { vlans: [8] })]],
    [
      "a hub that announces a prefix and is no default router",
      [device({ ...laptop, evidence: [piece("wardtap.ra", "prefix"), piece("icmpv6.opt.prefix", B)] })],
    ],
    ["one router", [router("dev-1", A)]],
  ])("not %s", (_what, devices) => {
    expect(told(devices)).toEqual([]);
  });

  test("with a list, any other is known for certain", () => {
    const devices = [router("dev-1", A, { ips: ["fe80::1"] }), router("dev-2", A, { ips: ["fe80::2"] })];
    expect(told(devices, { routers: ["fe80::1"] })).toEqual([["dev-2", "high", "confirmed"]]);
  });
});

test("a flood of invented servers, routers and gateways is judged, and the real ones still are", () => {
  const invented = Array.from({ length: 4000 }, (_, at) => {
    const end = at.toString(16).padStart(4, "0");
    const mac = `02:00:00:00:${end.slice(0, 2)}:${end.slice(2)}`;
    const later = { firstSeenAt: NOW + 1000 + at, lastSeenAt: NOW + 2000 + at };
    return device({
      id: `dev-x${end}`,
      macs: [mac],
      vlans: [20],
      evidence: [
        piece("wardtap.dhcp.scope", `link 20 net 10.9.0.0/16 router 10.9.${at >> 8}.${at & 255} dns 10.9.0.1`, later),
        piece("dhcp.option.dhcp_server_id", `10.9.${at >> 8}.${at & 255}`, later),
        piece("wardtap.dhcp.offered_by", "10.9.0.1", later),
        piece("wardtap.dhcp.offered_by", "10.9.0.2", later),
        piece("dhcp.option.router", `10.9.${at >> 8}.${at & 255}`, later),
        piece("arp.src.proto_ipv4", "10.9.0.1", later),
        piece("wardtap.ra", "router", later),
        piece("icmpv6.opt.prefix", `2001:db8:${end}::/64`, later),
      ],
    });
  });
  const scope = "link 20 net 10.0.0.0/24 router 10.0.0.1 dns 10.0.0.1";
  const real = (id: string, kind: Device["class"], text: string) =>
    device({ id, class: kind, vlans: [20], evidence: [piece("wardtap.dhcp.scope", text)] });
  const findings = found([
    ...invented,
    real("dev-1", "server", scope),
    real("dev-2", "laptop", scope.replaceAll("10.0.0", "10.0.1")),
  ]);
  expect(findings.find(({ rule, deviceId }) => rule === "rogue-dhcp" && deviceId === "dev-2")?.severity).toBe("high");
  expect(new Set(findings.map(({ rule }) => rule))).toContain("gateway-changed");
});
