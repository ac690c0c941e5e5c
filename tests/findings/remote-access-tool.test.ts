import { expect, test } from "vitest";
import { remoteAccessTool } from "../../agent/knowledge/remote-access.ts";
import { device, judge, ofRule, piece } from "./given.ts";

const SNI = "tls.handshake.extensions_server_name";

test.each([
  ["relay-1a2b3c.net.anydesk.com", "AnyDesk"],
  ["anydesk.com.", "AnyDesk"],
  ["ANYDESK.COM", "AnyDesk"],
  ["notanydesk.com", undefined],
  ["anydesk.com.example", undefined],
  ["com", undefined],
  ["www.anydesk.com", undefined],
])("%s belongs to %s", (host, tool) => expect(remoteAccessTool(host)).toBe(tool));

test("a connection to a remote access service is told by its name, once per service", () => {
  const found = ofRule(
    "remote-access-tool",
    device({
      evidence: [piece(SNI, "relay-1.net.anydesk.com"), piece(SNI, "boot.net.anydesk.com"), piece(SNI, "www.nhs.uk")],
    }),
  );
  expect(found).toMatchObject([{ severity: "medium", certainty: "likely", why: expect.stringContaining("AnyDesk") }]);
  expect(found[0]?.evidence).toHaveLength(2);
});

test.each([
  [true, "medium"],
  [false, "low"],
])("a tunnel of a device (medical: %s) is %s", (medical, severity) => {
  const found = ofRule("remote-access-tool", device({ medical, evidence: [piece("wardtap.vpn.client", "ipsec")] }));
  expect(found).toMatchObject([{ severity, certainty: "confirmed", why: expect.stringContaining("IPsec") }]);
});

test("a screen and a service on one device are two findings, told apart", () => {
  const found = ofRule(
    "remote-access-tool",
    device({
      evidence: [piece(SNI, "api.teamviewer.com")],
      services: [{ transport: "tcp", port: 5900, protocol: "vnc", side: "server" }],
    }),
  );
  expect(new Set(found.map(({ id }) => id)).size).toBe(2);
});

test("the website of a maker among others raises nothing for a name that only looks like it", () => {
  expect(ofRule("remote-access-tool", device({ evidence: [piece(SNI, "myanydesk.com")] }))).toEqual([]);
});

test("a tool that names no server is told by its certificate", () => {
  const found = ofRule("remote-access-tool", device({ evidence: [piece("x509.subject.cn", "AnyDesk Client")] }));
  expect(found).toMatchObject([{ certainty: "likely", why: expect.stringContaining("AnyDesk") }]);
  expect(ofRule("remote-access-tool", device({ evidence: [piece("x509.subject.cn", "Client")] }))).toEqual([]);
});

test("who talks to a relay outside that shows a tool's certificate is joined to it, and nobody else", () => {
  const peers = [{ deviceId: null, remote: "203.0.113.9", service: "tcp/443", frames: 9, bytes: 9 }];
  const found = judge({
    devices: [device({ peers }), device({ id: "dev-0000000000000002" })],
    strangers: [{ ip: "203.0.113.9", evidence: [piece("x509.subject.cn", "AnyNet Relay")] }],
  }).filter(({ rule }) => rule === "remote-access-tool");
  expect(found).toMatchObject([{ deviceId: device().id, why: expect.stringContaining("AnyDesk") }]);
});
