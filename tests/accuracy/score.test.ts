import { describe, expect, test } from "vitest";
import { type ScoredDocument, scoreFile } from "./score.ts";
import { shareText, wilson } from "./statistics.ts";

type ScoredDevice = ScoredDocument["devices"][number];

const pump: ScoredDevice = {
  id: "dev-1",
  macs: ["00:03:b1:00:00:01"],
  ips: ["10.0.0.5"],
  vlans: [],
  names: ["ICU-PUMP-04"],
  class: "infusion-pump",
  maker: "ICU Medical",
  model: null,
  os: null,
  serial: null,
};
const document = (more: Partial<ScoredDocument> = {}): ScoredDocument => ({
  devices: [pump],
  findings: [],
  capture: { frames: 1, malformed: {} },
  ...more,
});
const at = { mac: "00:03:b1:00:00:01" };

describe("a field", () => {
  const judged = (label: object) => scoreFile("f", { devices: [{ at, ...label }] }, document()).judged;

  test("that is said and accepted is right, however the maker is spelt", () => {
    expect(judged({ maker: ["ICU Medical, Inc."] })).toMatchObject([{ said: "ICU Medical", right: true }]);
  });

  test("that is said and not accepted is wrong", () => {
    expect(judged({ class: ["ventilator"] })).toMatchObject([{ said: "infusion-pump", right: false }]);
  });

  test("that is not said is no answer", () => {
    expect(judged({ model: ["Plum A+"] })).toMatchObject([{ said: null, right: false }]);
  });

  test("without a label is not scored", () => {
    expect(judged({})).toEqual([]);
  });
});

test("a labelled device that isn't listed counts against every label it has", () => {
  const score = scoreFile("f", { devices: [{ at: { mac: "aa:aa:aa:aa:aa:aa" }, class: ["printer"] }] }, document());
  expect(score.absent).toHaveLength(1);
  expect(score.judged).toMatchObject([{ field: "class", said: null, right: false }]);
});

test("forbidden texts, findings and no-devices are seen", () => {
  const finding = { rule: "smb1", severity: "high", deviceId: "dev-1", relatedDeviceIds: [] };
  const labels = { forbiddenText: ["ICU-PUMP"], forbiddenFindings: ["high+"], notDevices: [{ ip: "10.0.0.5" }] };
  expect(scoreFile("f", labels, document({ findings: [finding] }))).toMatchObject({
    leaked: ["ICU-PUMP"],
    forbidden: ["smb1"],
    absurd: ["10.0.0.5"],
  });
});

test("Wilson's interval for 9 of 10 is the published one", () => {
  const { low, high } = wilson(9, 10);
  expect([low.toFixed(3), high.toFixed(3)]).toEqual(["0.596", "0.982"]);
});

test("too few cases give counts, not a share", () => {
  expect(shareText(3, 4)).toBe("too few (3 of 4)");
});
