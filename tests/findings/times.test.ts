/** Findings last as long as what they tell is seen, not as long as the device says anything at all. */
import { expect, test } from "vitest";
import type { Finding } from "../../agent/findings/finding.ts";
import type { JudgedFinding } from "../../agent/findings/judge.ts";
import type { Contact } from "../../agent/identify/contacts.ts";
import type { Device, DeviceService } from "../../agent/identify/device.ts";
import { device, judge, NOW, piece } from "./given.ts";

const HOUR = 3600 * 1_000_000;
/** Any traffic at all, long after what the finding is about. */
const LATER = NOW + 9 * HOUR;

const contact = (more: Partial<Contact>): Contact => ({
  deviceId: device().id,
  side: "server",
  transport: "tcp",
  port: 23,
  protocol: "telnet",
  kind: "inside",
  peerId: "dev-0000000000000002",
  address: "10.0.0.2",
  answered: true,
  firstAt: NOW,
  lastAt: NOW + HOUR,
  ...more,
});
const one = (rule: string, given: Device, contacts?: Contact[]): Finding | undefined =>
  judge({
    devices: [given],
    ...(contacts === undefined ? {} : { contactsOf: (wanted) => contacts.filter((each) => wanted.has(each.deviceId)) }),
  }).find((finding) => finding.rule === rule);

const TELNET: DeviceService = { transport: "tcp", port: 23, protocol: "telnet", side: "server" };
const telnet = (more: Partial<Device> = {}) => device({ services: [TELNET], lastSeenAt: LATER, ...more });

test("a service was last seen when it was last spoken, whatever else the device says", () => {
  expect(one("telnet", telnet(), [contact({})])).toMatchObject({ firstSeenAt: NOW, lastSeenAt: NOW + HOUR });
});

test.each([
  ["another service", { port: 443, protocol: "tls" }],
  ["the same port without a word of the protocol", { protocol: null }],
  ["the same protocol asked of others inside", { side: "client" as const }],
])("%s is no sign of it", (_what, more) => {
  const other = contact({ ...more, lastAt: LATER });
  expect(one("telnet", telnet(), [contact({}), other])?.lastSeenAt).toBe(NOW + HOUR);
});

test("without conversations the evidence tells when, and without either the device's first time", () => {
  const said = [piece("telnet.banner", "login:", { protocol: "telnet" })];
  expect(one("telnet", telnet({ evidence: said }))?.lastSeenAt).toBe(NOW + 5);
  expect(one("telnet", telnet())).toMatchObject({ firstSeenAt: NOW, lastSeenAt: NOW });
});

test("a banner in other words doesn't change what the finding rests on", () => {
  const marks = (banner: string) =>
    (one("telnet", telnet({ evidence: [piece("telnet.banner", banner, { protocol: "telnet" })] })) as JudgedFinding)
      .marks;
  expect(marks("up 3 days")).toHaveLength(1);
  expect(marks("up 4 days")).toEqual(marks("up 3 days"));
});

test("an old system was last seen when something told of it", () => {
  const old = (more: Partial<Device>) =>
    one("unsupported-os", {
      ...device({ os: "Windows 7", lastSeenAt: LATER, ...more }),
      claims: [{ field: "os", value: "Windows 7", because: ["windows"], confidence: 0.95 }],
    });
  const build = piece("ntlmssp.version", "6.1.7601");
  const other = piece("http.user_agent", "curl/8.0", { lastSeenAt: LATER });
  expect(old({ evidence: [build] })?.lastSeenAt).toBe(NOW + 5);
  expect(old({ evidence: [build, other] })?.lastSeenAt).toBe(NOW + 5);
  expect(old({})?.lastSeenAt).toBe(NOW);
});

test("a connection to the internet was last seen when it was last used", () => {
  const peers = [{ deviceId: null, remote: "203.0.113.20", service: "tcp/443", frames: 1, bytes: 1 }];
  const out = contact({
    side: "client",
    port: 443,
    protocol: "tls",
    kind: "outside",
    peerId: null,
    address: "203.0.113.20",
  });
  const inside = contact({ side: "client", lastAt: LATER });
  const pump = device({ medical: true, peers, lastSeenAt: LATER });
  expect(one("internet-egress", pump, [out, inside])?.lastSeenAt).toBe(NOW + HOUR);
});

test("clinical data was last seen leaving when it left, not when it was last sent inside", () => {
  const sender = device({
    evidence: [piece("wardtap.clinical", "hl7", { lastSeenAt: LATER })],
    services: [{ transport: "tcp", port: 2575, protocol: "hl7", side: "client" }],
    peers: [{ deviceId: null, remote: "203.0.113.20", service: "tcp/2575", frames: 1, bytes: 1 }],
    lastSeenAt: LATER,
  });
  const hl7 = { side: "client" as const, port: 2575, protocol: "hl7" };
  const out = contact({ ...hl7, kind: "outside", peerId: null, address: "203.0.113.20" });
  const inside = contact({ ...hl7, lastAt: LATER });
  expect(one("unencrypted-clinical-data-leaves-site", sender, [out, inside])?.lastSeenAt).toBe(NOW + HOUR);
});
