/** Search, filters and order of the device table. */
import { describe, expect, test } from "vitest";
import type { DeviceView } from "../../../console/api/shapes.ts";
import {
  classCounts,
  FIRST_ORDER,
  type Filter,
  listDevices,
  NO_FILTER,
  type SortBy,
} from "../../../console/page/device-list.ts";
import { aDevice } from "./shapes.ts";

const pump = aDevice({ registerId: "reg-a", deviceId: "dev-a" });
const pc = aDevice({
  registerId: "reg-b",
  deviceId: "dev-b",
  tapId: "ward-8",
  class: "workstation",
  medical: false,
  criticality: null,
  maker: "Dell",
  model: null,
  names: ["WS-ICU-1"],
  macs: ["d4:be:d9:00:00:01"],
  ips: ["10.0.0.9"],
  confidence: 0.5,
  firstSeenAt: "2026-03-01T09:30:00.000000Z",
  openFindings: 2,
});
const silent = aDevice({
  registerId: "reg-c",
  deviceId: "dev-c",
  class: "unknown",
  medical: false,
  maker: null,
  model: null,
  names: [],
  ips: [],
  macs: ["02:00:00:00:00:01"],
  firstSeenAt: "2026-03-01T08:00:00.000000Z",
});
const all = [pump, pc, silent];
const ids = (devices: DeviceView[]) => devices.map(({ registerId }) => registerId);
const found = (filter: Partial<Filter>) => ids(listDevices(all, { ...NO_FILTER, ...filter }, FIRST_ORDER));
const sorted = (by: SortBy, descending = false) => ids(listDevices(all, NO_FILTER, { by, descending }));

describe("search", () => {
  test("needs all words, in any field, in any case", () => expect(found({ search: "PLUM 10.0.0" })).toEqual(["reg-a"]));
  test("finds by the plain words of a class", () => expect(found({ search: "infusion" })).toEqual(["reg-a"]));
  test.each(["d4:be:d9", "D4BED9", "d4-be-d9-00-00-01"])("finds a MAC written %s", (search) => {
    expect(found({ search })).toEqual(["reg-b"]);
  });
  test("takes no pattern for a pattern", () => expect(found({ search: ".*" })).toEqual([]));
});

describe("filters", () => {
  test("by medical", () => expect(found({ medical: "yes" })).toEqual(["reg-a"]));
  test("by not medical", () => expect(found({ medical: "no" })).toEqual(["reg-b", "reg-c"]));
  test("by class", () => expect(found({ class: "unknown" })).toEqual(["reg-c"]));
  test("by tap", () => expect(found({ tapId: "ward-8" })).toEqual(["reg-b"]));
  test("by open findings", () => expect(found({ findings: "open" })).toEqual(["reg-b"]));
  test("all at once", () => expect(found({ findings: "open", medical: "yes" })).toEqual([]));
});

describe("order", () => {
  test("is newest first to begin with", () => expect(found({})).toEqual(["reg-b", "reg-a", "reg-c"]));
  test("of addresses goes by number", () => expect(sorted("address")).toEqual(["reg-b", "reg-a", "reg-c"]));
  test("of makers ends with the unknown", () => expect(sorted("maker")).toEqual(["reg-b", "reg-a", "reg-c"]));
  test("of findings", () => expect(sorted("openFindings", true)[0]).toBe("reg-b"));
  test("of equal devices doesn't depend on how they came", () => {
    const order = { by: "lastSeenAt", descending: true } as const;
    expect(listDevices(all, NO_FILTER, order)).toEqual(listDevices([...all].reverse(), NO_FILTER, order));
  });
});

test("classes are counted by plain words", () => {
  expect(classCounts([pump, pump, silent])).toEqual([
    { class: "infusion-pump", words: "Infusion pump", count: 2 },
    { class: "unknown", words: "Not known yet", count: 1 },
  ]);
});
