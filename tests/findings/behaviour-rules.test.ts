/** Rules about learnt behaviour: what each says, how serious it is, and what it keeps to itself. */
import { describe, expect, test } from "vitest";
import type { Behaviour } from "../../agent/behaviour/behaviour.ts";
import type { Deviation, DeviceHabit } from "../../agent/behaviour/habit.ts";
import { DEFAULT_SETTINGS } from "../../agent/findings/settings.ts";
import type { Device } from "../../agent/identify/device.ts";
import { device, judge, NOW } from "./given.ts";

const DAY = 24 * 3600 * 1_000_000;
const PUMP = "dev-0000000000000001";
const pump = (more: Partial<Device> = {}) =>
  device({ id: PUMP, class: "infusion-pump", medical: true, criticality: "life-sustaining", ...more });

const deviation = (more: Partial<Deviation> = {}): Deviation => ({
  side: "client",
  transport: "tcp",
  port: 4444,
  protocol: null,
  place: "inside",
  peer: "dev-phone",
  alsoPeer: "10.0.0.9",
  address: "10.0.0.9",
  isNewPeer: true,
  isNewService: false,
  firstSeenAt: NOW - DAY,
  lastSeenAt: NOW,
  ...more,
});
const behaviour = (deviations: Deviation[], more: Partial<Behaviour> = {}): Behaviour => ({
  learnMicros: 7 * DAY,
  wardLearntAt: NOW - 30 * DAY,
  newsSince: NOW - 7 * DAY,
  silences: [],
  isFenced: () => false,
  habitOf: (id) =>
    id === PUMP
      ? ({
          deviceId: id,
          profile: "",
          since: 0,
          again: false,
          longestPause: 0,
          deviations,
          moreDeviations: false,
        } satisfies DeviceHabit)
      : undefined,
  ...more,
});
const known = { firstSeenAt: NOW - 60 * DAY };
const phone = device({ id: "dev-phone", class: "phone", names: ["Jos Bloggs iPhone"], ips: ["10.0.0.9"], ...known });
const told = (habits: Behaviour, devices: Device[] = [pump(known), phone]) =>
  judge({ devices, behaviour: habits }).filter(({ rule }) => /^new-|^silent-/.test(rule));

describe("new-peer and new-service", () => {
  test("say who and what, with times, the other end and one sign for each thing done", () => {
    const [finding, ...others] = told(behaviour([deviation()]));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      rule: "new-peer",
      deviceId: PUMP,
      certainty: "confirmed",
      relatedDeviceIds: ["dev-phone"],
      why: "In 7 days of learning it never did this: it asks a phone (10.0.0.9) on tcp/4444.",
      between: [{ deviceId: "dev-phone", remote: null, service: "tcp/4444" }],
      firstSeenAt: NOW - DAY,
      lastSeenAt: NOW,
    });
    expect(finding?.evidence).toMatchObject([{ attribute: "wardtap.new_peer", protocol: "tcp" }]);
  });

  test("are two findings when both partner and service are new", () => {
    expect(
      told(behaviour([deviation({ isNewService: true })]))
        .map(({ rule }) => rule)
        .sort(),
    ).toEqual(["new-peer", "new-service"]);
  });

  test("keep the names that people gave their devices out of everything they say", () => {
    const all = JSON.stringify(told(behaviour([deviation({ isNewService: true })])));
    expect(all).not.toMatch(/Bloggs|iPhone/);
  });

  test.each([
    ["a new partner that a pump asks", deviation(), "medium"],
    ["a new client of a pump", deviation({ side: "server" }), "low"],
    [
      "a new partner outside",
      deviation({ place: "outside", peer: "203.0.113.0/24", address: "203.0.113.5" }),
      "medium",
    ],
    ["a new service that is offered", deviation({ side: "server", isNewPeer: false, isNewService: true }), "medium"],
    ["a new service that is asked for", deviation({ isNewPeer: false, isNewService: true }), "low"],
  ])("%s is %s", (_what, one, severity) => {
    expect(told(behaviour([one])).map((finding) => finding.severity)).toEqual([severity]);
  });

  test("are never more than medium, and the same however often it is seen", () => {
    const [first, later] = [NOW, NOW + DAY].map((lastSeenAt) => told(behaviour([deviation({ lastSeenAt })]))[0]);
    expect([later?.id, later?.why]).toEqual([first?.id, first?.why]);
  });

  test("name a few of many and keep all as evidence", () => {
    const many = Array.from({ length: 20 }, (_, port) => deviation({ port }));
    const [finding] = told(behaviour(many));
    expect(finding?.why).toMatch(/; and 15 more\.$/);
    expect(finding?.evidence).toHaveLength(20);
  });

  test("say nothing of what a known scanner found, but do of what the device itself does with it", () => {
    const settings = { ...DEFAULT_SETTINGS, knownScanners: ["10.0.0.9"] };
    const both = [deviation({ side: "server", isNewService: true }), deviation({ port: 5555 })];
    const said = judge({ devices: [pump(known), phone], behaviour: behaviour(both), settings });
    expect(
      said.filter(({ rule }) => /^new-/.test(rule)).map(({ rule, why }) => [rule, /tcp\/\d+/.exec(why)?.[0]]),
    ).toEqual([["new-peer", "tcp/5555"]]);
  });

  test("say nothing without habits, and nothing of what isn't medical", () => {
    expect(judge({ devices: [pump()] }).filter(({ rule }) => rule.startsWith("new-"))).toEqual([]);
    expect(told(behaviour([deviation()]), [device({ id: PUMP, ...known })])).toEqual([]);
  });
});

describe("new-device", () => {
  const arrived = (more: Partial<Device> = {}) =>
    device({ id: "dev-new", macs: ["00:03:b1:00:00:09"], class: "printer", firstSeenAt: NOW - DAY, ...more });
  const severityOf = (one: Device) => told(behaviour([]), [one]).map(({ severity }) => severity);

  test.each([
    ["a printer", arrived(), ["info"]],
    ["a pump", pump({ id: "dev-new", macs: ["00:03:b1:00:00:09"], firstSeenAt: NOW - DAY }), ["low"]],
    ["something unknown", arrived({ class: "unknown" }), ["low"]],
    ["equipment that a gateway reports", arrived({ macs: [], reportedBy: PUMP }), ["info"]],
    ["a phone", arrived({ class: "phone" }), []],
    ["an address somebody made up", arrived({ randomisedMac: true }), []],
    ["a host behind a router", arrived({ macs: [] }), []],
    ["what came while the ward was learnt", arrived({ firstSeenAt: NOW - 31 * DAY }), []],
    ["what came a while ago", arrived({ firstSeenAt: NOW - 8 * DAY }), []],
  ])("of %s", (_what, one, severities) => {
    expect(severityOf(one)).toEqual(severities);
  });

  test("is bounded when senders are invented, and tells of medical ones first", () => {
    const invented = Array.from({ length: 500 }, (_, index) => arrived({ id: `dev-${index}` }));
    const real = pump({ id: "dev-z", macs: ["00:03:b1:00:00:09"], firstSeenAt: NOW - 1 });
    const ids = told(behaviour([]), [...invented, real]).map(({ deviceId }) => deviceId);
    expect([ids.length, ids.includes("dev-z")]).toEqual([50, true]);
  });
});

describe("silent-device", () => {
  const silence = (longestPause: number) =>
    behaviour([], { silences: [{ deviceId: PUMP, since: NOW - DAY, longestPause }] });

  test("is more serious for what was always on", () => {
    expect(told(silence(0)).map(({ rule, severity }) => [rule, severity])).toEqual([["silent-device", "medium"]]);
    expect(told(silence(DAY)).map(({ severity }) => severity)).toEqual(["low"]);
  });

  test("says how long it was silent before, and the same the longer it lasts", () => {
    expect(told(silence(3 * DAY))[0]?.why).toContain("silent for 3 days at most");
    const later = judge({ devices: [pump(known)], behaviour: silence(0), now: NOW + 9 * DAY });
    expect(later.find(({ rule }) => rule === "silent-device")?.why).toBe(told(silence(0))[0]?.why);
  });
});
