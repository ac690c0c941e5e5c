/** The rules, each by what raises it, what doesn't, and what ends it. */
import { describe, expect, test } from "vitest";
import { findingRules } from "../../agent/findings/index.ts";
import { findingsOver } from "../../agent/findings/judge.ts";
import type { TapFacts } from "../../agent/findings/rule.ts";
import type { Device } from "../../agent/identify/device.ts";
import { device, judge, NOW, piece } from "./given.ts";

const port = (more: Partial<TapFacts> = {}): TapFacts => ({
  interface: "eth1",
  transmitted: 0,
  framesLost: 0,
  frames: 1000,
  at: NOW,
  mirror: { linkUp: true, toMany: 60, unicast: 500, bothDirections: 5, oneDirection: 0 },
  ...more,
});
const mirror = (more: Partial<TapFacts["mirror"]>) => port({ mirror: { ...port().mirror, ...more } });
const rulesOf = (tap: TapFacts[], devices: Device[] = []) => judge({ tap, devices, now: NOW }).map(({ rule }) => rule);

test("every rule has an id of its own, advice for a device that may not be patched, and where it is written", () => {
  expect(new Set(findingRules.map(({ id }) => id)).size).toBe(findingRules.length);
  for (const { id, title, advice, references } of findingRules) {
    expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect([title.length > 8, advice.length > 30, references.length > 0]).toEqual([true, true, true]);
  }
});

test("a quiet tap and a quiet ward raise nothing", () => {
  expect(rulesOf([port()], [device()])).toEqual([]);
});

describe("mirror-not-mirroring", () => {
  test.each([
    ["only broadcast", { unicast: 0, bothDirections: 0 }, true],
    ["broadcast and a few flooded frames", { unicast: 2, bothDirections: 0, oneDirection: 2 }, true],
    ["too little to judge", { toMany: 49, unicast: 0, bothDirections: 0 }, false],
    ["one conversation both ways", { unicast: 2, bothDirections: 1 }, false],
    ["many one way: the other direction is missing, but it mirrors", { bothDirections: 0, oneDirection: 30 }, false],
  ])("%s", (_what, counts, raised) => {
    expect(rulesOf([mirror(counts)]).includes("mirror-not-mirroring")).toBe(raised);
  });

  test("says the same whatever is counted meanwhile, so that it is no news", () => {
    const [first, later] = [60, 6000].map(
      (toMany) => judge({ tap: [mirror({ toMany, unicast: 0, bothDirections: 0 })], devices: [], now: NOW })[0],
    );
    expect([later?.why, later?.id]).toEqual([first?.why, first?.id]);
  });

  test("is over once the port mirrors, for that port alone", () => {
    const deaf = { toMany: 60, unicast: 0, bothDirections: 0 };
    const raised = judge({
      tap: [mirror(deaf), { ...mirror(deaf), interface: "eth2" }],
      devices: [],
      now: NOW,
    }).map(({ id }) => id);
    const over = findingsOver([mirror(deaf), { ...port(), interface: "eth2" }]);
    expect(raised).toHaveLength(2);
    expect(raised.filter((id) => over.includes(id))).toHaveLength(1);
  });
});

describe("tap-transmitted", () => {
  test.each([
    [1, true],
    [0, false],
    [null, false],
  ])("with %s frames sent", (transmitted, raised) => {
    expect(rulesOf([port({ transmitted })])).toEqual(raised ? ["tap-transmitted"] : []);
  });

  test("is not over because a later sniffer counts from 0", () => {
    const [raised] = judge({ tap: [port({ transmitted: 4 })], devices: [], now: NOW });
    expect(findingsOver([port({ transmitted: 0 })])).not.toContain(raised?.id);
  });
});

describe("unencrypted-clinical-data", () => {
  const sender = device({
    evidence: [piece("wardtap.clinical", "hl7"), piece("hl7.msh.3", "PLUM")],
    services: [{ transport: "tcp", port: 2575, protocol: "hl7", side: "client" }],
    peers: [
      { deviceId: "dev-0000000000000002", remote: null, service: "tcp/2575", frames: 9, bytes: 9 },
      { deviceId: "dev-0000000000000003", remote: null, service: "tcp/443", frames: 9, bytes: 9 },
      { deviceId: null, remote: "8.8.8.8", service: "tcp/2575", frames: 9, bytes: 9 },
    ],
  });

  test("names the device, the port, the partner in it, and the evidence with its times", () => {
    const [finding] = judge({ tap: [], devices: [sender], now: NOW });
    expect(finding).toMatchObject({
      rule: "unencrypted-clinical-data",
      certainty: "confirmed",
      severity: "medium",
      deviceId: sender.id,
      relatedDeviceIds: ["dev-0000000000000002"],
      why: expect.stringContaining("HL7 messages"),
      firstSeenAt: NOW,
      lastSeenAt: NOW + 5,
      evidence: [{ attribute: "wardtap.clinical" }],
    });
    expect(finding?.why).toContain("tcp/2575");
  });

  test("is not raised by HL7 that carried nobody's data", () => {
    expect(rulesOf([], [device({ evidence: [piece("hl7.msh.3", "PLUM")] })])).toEqual([]);
  });
});

test("findings come sorted by id, and the same facts give the same ids", () => {
  const devices = Array.from({ length: 20 }, (_, i) =>
    device({ id: `dev-${String(i).padStart(16, "0")}`, evidence: [piece("wardtap.clinical", "dicom")] }),
  );
  const ids = judge({ tap: [port({ transmitted: 1 })], devices, now: NOW }).map(({ id }) => id);
  expect(ids).toEqual([...ids].sort());
  expect(
    judge({ tap: [port({ transmitted: 9 })], devices: devices.toReversed(), now: NOW + 1 }).map(({ id }) => id),
  ).toEqual(ids);
});

test("a login without protection is told in words, not in a protocol's codes", () => {
  const weak = device({ evidence: [piece("vnc.security_type", "none"), piece("ntlmssp.auth.response", "v1")] });
  const [finding] = judge({ tap: [], devices: [weak], now: NOW });
  expect(finding).toMatchObject({
    rule: "weak-authentication",
    why: "Seen on the wire: VNC without a password, NTLM version 1.",
  });
});

test("unanswered attempts are a worm where answers are heard, and nothing where the mirror carries one direction", () => {
  const fan = { deviceId: device().id, ip: "10.0.0.5", kind: "hosts" as const, port: 445, tried: 40, answered: 0 };
  const rules = (tap: TapFacts[]) =>
    judge({
      devices: [device()],
      strangers: [],
      fanOuts: [{ ...fan, firstSeenAt: NOW, lastSeenAt: NOW }],
      tap,
      now: NOW,
    })
      .map(({ rule }) => rule)
      .sort();
  expect(rules([port()])).toEqual(["address-scan", "worm-spread"]);
  expect(rules([mirror({ bothDirections: 0, oneDirection: 30 })])).toEqual(["mirror-one-way"]);
});
