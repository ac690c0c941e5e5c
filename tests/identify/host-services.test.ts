import { expect, test } from "vitest";
import type { Device } from "../../agent/identify/device.ts";
import { Identifier } from "../../agent/identify/identifier.ts";
import type { HostKey } from "../../agent/observe/observation.ts";

const HOST: HostKey = { mac: "00:1d:09:99:b2:2c", vlan: 0, ip: "10.0.0.5" };

function device(said: readonly (readonly [attribute: string, value: string])[], host = HOST): Device {
  const identifier = new Identifier();
  const times = { firstAt: 1, lastAt: 2 };
  identifier.take({
    kind: "presence",
    host,
    sentFrames: 1,
    sentBytes: 1,
    receivedFrames: 0,
    receivedBytes: 0,
    ttl: 64,
    ...times,
  });
  for (const [attribute, value] of said)
    identifier.take({ kind: "evidence", about: host, attribute, value, protocol: "x", count: 1, ...times });
  return identifier.devices()[0]!.device;
}

test("a domain controller is a server", () => {
  expect(device([["wardtap.role", "domain-controller"]]).class).toBe("server");
});

test("many signs of one server count once", () => {
  const { claims } = device([
    ["wardtap.role", "domain-controller"],
    ["wardtap.role", "kerberos-server"],
    ["dcerpc.interface.served", "drsuapi"],
  ]);
  expect(claims.find(({ value }) => value === "server")?.because).toContain("host-services");
  expect(claims.find(({ value }) => value === "server")?.confidence).toBeLessThan(0.95);
});

test("a file share and a remote desktop make no server", () => {
  expect(
    device([
      ["smb2.dialect", "3.1.1"],
      ["rdp.negReq.selectedProtocol", "credssp"],
    ]).class,
  ).toBe("unknown");
});

test.each([
  ["1,121,3,6,15,119,252,95,44,46", "macOS"],
  ["1,121,3,6,15,119,252", "iOS"],
  ["1,28,2,3,15,6,119,12,44,47,26,121,42", "Linux"],
  ["1,33,3,6,15,28,51,58,59", "Android"],
  ["1,121,3,6,15,108,114,119,252,95,44,46", null],
  ["1,3,6,15", null],
])("a client that asks DHCP for %s is taken for %s", (list, os) => {
  expect(device([["dhcp.option.request_list_item", list]]).os).toBe(os);
});

test("who answers name queries is a server, but not in the name of a resolver of the whole world", () => {
  expect(device([["wardtap.role", "dns-server"]]).class).toBe("server");
  expect(device([["wardtap.role", "dns-server"]], { ...HOST, ip: "9.9.9.9" }).class).toBe("unknown");
});

test("a name by mDNS loses what mDNS adds, and a name in a domain called local keeps it", () => {
  expect(device([["dns.resp.name", "cart-4.local"]]).names).toEqual(["cart-4"]);
  expect(device([["snmp.sysname", "core-1.ward.local"]]).names).toEqual(["core-1", "core-1.ward.local"]);
});

test.each(["imap", "pop", "smtp", "mqtt", "ica"])("who serves %s is a server, and who uses it is none", (protocol) => {
  const client: HostKey = { ...HOST, mac: "00:1d:09:99:b2:2d", ip: "10.0.0.6" };
  const times = { firstAt: 1, lastAt: 2 };
  const identifier = new Identifier();
  for (const host of [HOST, client])
    identifier.take({
      kind: "presence",
      host,
      sentFrames: 5,
      sentBytes: 500,
      receivedFrames: 5,
      receivedBytes: 500,
      ttl: 64,
      ...times,
    });
  identifier.take({
    kind: "flow",
    transport: "tcp",
    a: client,
    b: HOST,
    port: 4711,
    flows: 1,
    server: "b",
    serverBy: "content",
    protocol,
    answered: true,
    frames: 10,
    bytes: 1000,
    ...times,
  });
  const kind = (host: HostKey) =>
    identifier.devices().find(({ device: { ips } }) => ips.includes(host.ip!))?.device.class;
  expect([kind(HOST), kind(client)]).toEqual(["server", "unknown"]);
});

test("a remote desktop's own certificate names the computer, and one that another signed doesn't", () => {
  const names = (issuer: string, ...more: (readonly [string, string])[]) =>
    device([
      ["rdp.negReq.selectedProtocol", "credssp"],
      ["x509.subject.cn", "TS-04.ward.example"],
      ["x509.issuer.cn", issuer],
      ...more,
    ]).names;
  expect(names("TS-04.ward.example")).toEqual(["TS-04", "TS-04.ward.example"]);
  expect(names("Hospital CA")).toEqual([]);
  expect(names("TS-04.ward.example", ["x509.subject.cn", "www.example.org"])).toEqual([]);
});
