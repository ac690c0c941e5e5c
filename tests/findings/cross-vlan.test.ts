/** Medical devices that answer foreign networks: only where somebody said what networks are for. */
import { expect, test } from "vitest";
import { DEFAULT_SETTINGS } from "../../agent/findings/settings.ts";
import type { Contact } from "../../agent/identify/contacts.ts";
import type { Device } from "../../agent/identify/device.ts";
import { createPurposes, type PurposeEntry } from "../../agent/identify/purposes.ts";
import { device, judge, NOW } from "./given.ts";

const pump = device({ class: "infusion-pump", medical: true });
const visitor = device({ id: "dev-9", macs: ["18:66:da:00:00:09"], vlans: [30], ips: ["10.9.3.4"] });
const contact = (more: Partial<Contact> = {}): Contact => ({
  deviceId: pump.id,
  side: "server",
  transport: "tcp",
  port: 23,
  protocol: "telnet",
  kind: "inside",
  peerId: visitor.id,
  address: "10.9.3.4",
  answered: true,
  firstAt: NOW,
  lastAt: NOW + 5,
  ...more,
});
const GUESTS: PurposeEntry[] = [{ vlan: 30, purpose: "guest" }];
const OFFICE: PurposeEntry[] = [
  { prefix: "10.0.0.0/8", purpose: "clinical" },
  { prefix: "10.9.0.0/16", purpose: "office" },
];
const found = (contacts: Contact[], purposes: PurposeEntry[], devices: Device[] = [pump, visitor]) =>
  judge({
    devices,
    contactsOf: (wanted) => contacts.filter(({ deviceId }) => wanted.has(deviceId)),
    settings: { ...DEFAULT_SETTINGS, purposes },
  });

test("a pump that answers a guest, known by VLAN", () => {
  expect(found([contact()], GUESTS)).toMatchObject([
    {
      rule: "cross-vlan",
      severity: "high",
      certainty: "confirmed",
      deviceId: pump.id,
      relatedDeviceIds: [visitor.id],
      why: "It answers hosts of the guest network on tcp/23.",
      between: [{ deviceId: visitor.id, remote: null, service: "tcp/23" }],
    },
  ]);
});

test("a pump that answers the office, known by the longest prefix, also of a host behind a router", () => {
  expect(found([contact({ peerId: null })], OFFICE)).toMatchObject([
    { severity: "medium", between: [{ deviceId: null, remote: "10.9.3.4", service: "tcp/23" }] },
  ]);
});

test("an archive is meant to be reached from desks, and not by guests", () => {
  const archive = { ...pump, class: "imaging-archive" as const };
  expect(found([contact()], OFFICE, [archive, visitor])).toMatchObject([{ severity: "low" }]);
  expect(found([contact()], GUESTS, [archive, visitor])).toMatchObject([{ severity: "high" }]);
});

test.each<[string, Contact[], PurposeEntry[], Device[]?]>([
  ["without purposes", [contact()], []],
  ["what was not answered", [contact({ answered: false })], GUESTS],
  ["what the pump itself asks of others", [contact({ side: "client" })], GUESTS],
  ["where nobody knows who serves", [contact({ side: "unknown" })], GUESTS],
  ["hosts of the clinical network", [contact({ address: "10.1.0.4" })], OFFICE],
  ["hosts that are carried through a VLAN by a router", [contact()], GUESTS, [pump, { ...visitor, macs: [] }]],
  ["what is no medical device", [contact()], GUESTS, [{ ...pump, medical: false, class: "printer" }, visitor]],
])("not %s", (_what, contacts, purposes, devices) => {
  expect(found(contacts, purposes, devices)).toEqual([]);
});

test("of prefixes the longest holds, of the same one the last", () => {
  const purposes = createPurposes([...OFFICE, { prefix: "10.9.0.0/16", purpose: "building" }]);
  expect(["10.9.1.1", "10.8.1.1", "192.168.1.1", "fe80::1", "nonsense"].map((ip) => purposes.ofIp(ip))).toEqual([
    "building",
    "clinical",
    undefined,
    undefined,
    undefined,
  ]);
});

test("a device that a guest reaches on ports without end is told in a sentence with an end", () => {
  const contacts = Array.from({ length: 131_000 }, (_, at) =>
    contact({ transport: at < 65_000 ? "tcp" : "udp", port: 1000 + (at % 65_000) }),
  );
  const [finding] = found(contacts, GUESTS);
  expect(finding?.why).toMatch(/(?:tcp\/\d+(?:, )?){10} and more\.$/);
  expect(finding?.between).toHaveLength(20);
  const more = found([...contacts, contact({ port: 999 })], GUESTS)[0];
  expect(more?.why).toBe(finding?.why);
});
