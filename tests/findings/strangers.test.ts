/** Hosts beyond this network: told of, and never without end. */
import { expect, test } from "vitest";
import type { DeviceEvidence } from "../../agent/identify/device.ts";
import { device, judge, NOW, piece } from "./given.ts";

const MANY = 5000;
const address = (at: number) => `203.${at >> 16}.${(at >> 8) & 255}.${at & 255}`;
const strangers = (count: number, said: (at: number) => DeviceEvidence[]) =>
  Array.from({ length: count }, (_, at) => ({ ip: address(at), evidence: said(at) })).sort((a, b) =>
    a.ip < b.ip ? -1 : 1,
  );
const old = (at: number) => [piece("tls.version", "TLS 1.0", { firstSeenAt: NOW + at, lastSeenAt: NOW + at })];
const told = (count: number, said = old, rule = "tls-obsolete") =>
  judge({ strangers: strangers(count, said) }).filter((finding) => finding.rule === rule);

test("a few are told one by one", () => {
  expect(told(20)).toHaveLength(20);
});

test("of thousands the first twenty are told one by one, the rest in one finding that says how many", () => {
  const found = told(MANY);
  const shared = found.find(({ why }) => why.includes("4980 more hosts"));
  expect(found).toHaveLength(21);
  expect(shared).toMatchObject({ about: "network", deviceId: null, firstSeenAt: NOW + 20, lastSeenAt: NOW + MANY - 1 });
  expect(shared?.evidence.length).toBeLessThanOrEqual(30);
});

test("newcomers change the ids of none that were told before", () => {
  const later = new Set(told(MANY).map(({ id }) => id));
  expect(told(40).filter(({ id }) => !later.has(id))).toEqual([]);
});

test("devices that talk to the many are named, within bounds", () => {
  const peers = (from: number) =>
    [0, 1].map((at) => ({ deviceId: null, remote: address(from + at), service: "tcp/443", frames: 1, bytes: 1 }));
  const devices = Array.from({ length: 300 }, (_, at) => device({ id: `dev-${at}`, peers: peers(100 + at) }));
  const shared = judge({ strangers: strangers(MANY, old), devices }).find(({ why }) => why.includes("more hosts"));
  expect(shared?.relatedDeviceIds).toHaveLength(100);
});

test("names asked for by thousands of outside hosts are few findings too", () => {
  const tunnel = (at: number) => [piece("wardtap.dns.tunnel", "example.org", { firstSeenAt: NOW + at })];
  expect(told(MANY, tunnel, "dns-tunnel-suspected")).toHaveLength(21);
});

test("scans from thousands of outside addresses, true or made up, are few findings, each with an id of its own", () => {
  const fan = (at: number, port: number) => ({
    deviceId: null,
    ip: address(at),
    kind: "hosts" as const,
    port,
    tried: 60,
    answered: 0,
    firstSeenAt: NOW + at,
    lastSeenAt: NOW + at,
  });
  const services = [445, ...Array.from({ length: 12 }, (_, port) => 80 + port)];
  const fanOuts = Array.from({ length: 300 }, (_, at) => services.map((port) => fan(at, port))).flat();
  const ofOthers = Array.from({ length: 1000 }, (_, at) => fan(2000 + at, 445));
  const found = judge({ fanOuts: [...fanOuts, ...ofOthers] });
  const count = (rule: string, severity: string) =>
    found.filter((finding) => finding.rule === rule && finding.severity === severity).length;
  expect(["critical", "medium"].map((severity) => count("worm-spread", severity))).toEqual([21, 21]);
  expect(count("address-scan", "medium")).toBe(21);
  expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
});

test("servers outside that are merely poor take no room from those that are bad", () => {
  const bad = (at: number) => [
    piece("wardtap.ssh.weak", at < MANY - 5 ? "ssh-rsa" : "arcfour", { firstSeenAt: NOW + at }),
  ];
  expect(told(MANY, bad, "ssh-obsolete").map(({ severity }) => severity)).toEqual(Array(5).fill("medium"));
});
