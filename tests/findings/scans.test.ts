/** Scans and sweeps: who counts as one, who scans on purpose, and when one is over. */
import { expect, test } from "vitest";
import { DEFAULT_SETTINGS, type FindingSettings } from "../../agent/findings/settings.ts";
import type { Device } from "../../agent/identify/device.ts";
import type { FanOut } from "../../agent/identify/identifier.ts";
import { device, judge, NOW } from "./given.ts";

const HOUR = 3600 * 1_000_000;
const sweep = (more: Partial<FanOut> = {}): FanOut => ({
  deviceId: device().id,
  ip: "10.0.0.5",
  kind: "hosts",
  port: 80,
  tried: 40,
  answered: 0,
  firstSeenAt: NOW,
  lastSeenAt: NOW + 5,
  ...more,
});
const ports = (more: Partial<FanOut> = {}) => sweep({ kind: "ports", port: 0, tried: 20, ...more });
const rules = (fanOuts: FanOut[], settings: Partial<FindingSettings> = {}, scanner: Partial<Device> = {}) =>
  judge({ devices: [device(scanner)], fanOuts, settings: { ...DEFAULT_SETTINGS, ...settings } })
    .map(({ rule }) => rule)
    .sort();

test.each([
  ["25 addresses without an answer", sweep({ tried: 25 }), ["address-scan"]],
  ["24 addresses", sweep({ tried: 24 }), []],
  ["a server of many, most of whom answer", sweep({ answered: 21 }), []],
  ["15 ports of one host", ports({ tried: 15 }), ["port-scan"]],
  ["14 ports of one host", ports({ tried: 14 }), []],
  ["one port of worms at many addresses", sweep({ port: 445 }), ["address-scan", "worm-spread"]],
])("%s", (_what, fan, expected) => {
  expect(rules([fan])).toEqual(expected);
});

test("the configuration says how many are a scan; a worm is one all the same", () => {
  expect(rules([sweep({ tried: 40 })], { scanHosts: 50 })).toEqual([]);
  expect(rules([sweep({ tried: 12 })], { scanHosts: 10 })).toEqual(["address-scan"]);
  expect(rules([ports({ tried: 20 })], { scanPorts: 30 })).toEqual([]);
  expect(rules([sweep({ tried: 40, port: 23 })], { scanHosts: 50 })).toEqual(["worm-spread"]);
});

test.each<[string, string, Partial<Device>]>([
  ["address", "10.0.0.5", { ips: ["10.0.0.5"] }],
  ["MAC address", "00:50:56:00:00:05", { macs: ["00:50:56:00:00:05"] }],
  ["device id", "dev-0000000000000001", {}],
  ["name, with the domain that it has not said", "nessus", { names: ["NESSUS.example.nhs.uk"] }],
])("who scans on purpose is known by %s", (_what, listed, scanner) => {
  expect(rules([sweep({ port: 445 }), ports()], { knownScanners: [listed] }, scanner)).toEqual([]);
  expect(rules([sweep(), ports()], { knownScanners: ["10.0.0.6"] }, scanner)).toEqual(["address-scan", "port-scan"]);
});

test("a router that asks by ARP for a whole subnet looks for whom it must deliver to", () => {
  const byArp = sweep({ port: 0, tried: 250 });
  expect(rules([byArp])).toEqual(["address-scan"]);
  expect(rules([byArp], {}, { roles: ["gateway"] })).toEqual([]);
  expect(rules([byArp], {}, { class: "wireless-controller" })).toEqual([]);
  expect(rules([sweep({ port: 22 })], {}, { roles: ["gateway"] })).toEqual(["address-scan"]);
});

test("a sweep repeated is one finding, from its first time to its last", () => {
  const windows = [sweep(), sweep({ tried: 60, firstSeenAt: NOW + HOUR, lastSeenAt: NOW + HOUR + 5 })];
  const later = sweep({ tried: 12, firstSeenAt: NOW + 5 * HOUR, lastSeenAt: NOW + 5 * HOUR });
  const findings = judge({ devices: [device()], fanOuts: [...windows, later] });
  expect(findings).toMatchObject([{ rule: "address-scan", firstSeenAt: NOW, lastSeenAt: NOW + HOUR + 5 }]);
  expect(findings[0]?.why).toContain("at least 50 different addresses");
});

test("one more attempt is no news", () => {
  const why = (tried: number) => judge({ devices: [device()], fanOuts: [sweep({ tried })] })[0]?.why;
  expect(why(41)).toBe(why(40));
});

test("who sweeps many services is an inventory or a scanner, and no worm for certain", () => {
  const others = [22, 80, 443, 5985, 8080, 9100].map((port) => sweep({ port, tried: 12 }));
  const worm = (fanOuts: FanOut[]) =>
    judge({ devices: [device()], fanOuts })
      .filter(({ rule }) => rule === "worm-spread")
      .map(({ severity, certainty }) => [severity, certainty]);
  expect(worm([sweep({ port: 445 }), ...others])).toEqual([["medium", "possible"]]);
  expect(worm([sweep({ port: 445 }), ...others.slice(1)])).toEqual([["critical", "likely"]]);
  expect(worm([sweep({ port: 445 }), ...others.map((one) => ({ ...one, deviceId: null }))])).toEqual([
    ["critical", "likely"],
  ]);
});

test("on a mirror of one direction, but for a few pairs, nobody's answers can be missed", () => {
  const rulesWith = (oneDirection: number) =>
    judge({
      devices: [device()],
      fanOuts: [sweep({ port: 445 })],
      tap: [
        {
          interface: "eth1",
          transmitted: null,
          framesLost: null,
          frames: 1000,
          at: NOW,
          mirror: { linkUp: true, toMany: 60, unicast: 500, bothDirections: 2, oneDirection },
        },
      ],
    })
      .filter(({ about }) => about !== "tap")
      .map(({ rule }) => rule)
      .sort();
  expect(rulesWith(60)).toEqual([]);
  expect(rulesWith(4)).toEqual(["address-scan", "worm-spread"]);
});
