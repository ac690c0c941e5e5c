/** The page's reducer: what each message from the console changes. */
import { describe, expect, test } from "vitest";
import type { ConsoleState, FeedItem, FeedMessage } from "../../../console/api/shapes.ts";
import type { WorkView } from "../../../console/api/shapes-detail.ts";
import {
  deviceOf,
  EMPTY_STATE,
  foldFeed,
  isNew,
  MAX_DEVICES,
  MAX_FEED_LINES,
  NEW_FOR_MS,
  type PageState,
  reduce,
} from "../../../console/page/state.ts";
import { aDevice, aFinding, aTap } from "./shapes.ts";

const NOW = 1_000_000;
const told = (state: Partial<ConsoleState> = {}): FeedMessage => ({
  type: "state",
  state: { version: "1", taps: [], devices: [], findings: [], feed: [], work: [], ...state },
});
const line = (number: number): FeedItem => ({
  number,
  at: "2026-03-01T10:00:00.000000Z",
  tapId: "ward-7",
  kind: "device-new",
  deviceId: null,
  text: `line ${number}`,
  group: null,
});
const stateAfter = (...messages: FeedMessage[]): PageState => reduce(EMPTY_STATE, messages, NOW);

describe("the whole state", () => {
  test("replaces everything that was shown", () => {
    const before = stateAfter(told({ taps: [aTap({ tapId: "old" })], devices: [aDevice({ registerId: "reg-old" })] }));
    const state = reduce(before, [told({ version: "2", devices: [aDevice({ registerId: "reg-new" })] })], NOW);
    expect([...state.devices.keys()]).toEqual(["reg-new"]);
    expect(state.taps.size).toBe(0);
    expect(state.version).toBe("2");
  });

  test("marks nothing as new on the first load", () => {
    expect(stateAfter(told({ devices: [aDevice()] })).arrivals.size).toBe(0);
  });

  test("marks as new what came while the line was down", () => {
    const before = stateAfter(told({ devices: [aDevice({ registerId: "reg-1" })] }));
    const devices = [aDevice({ registerId: "reg-1" }), aDevice({ registerId: "reg-2", deviceId: "dev-2" })];
    expect([...reduce(before, [told({ devices })], NOW).arrivals.keys()]).toEqual(["reg-2"]);
  });

  test("takes a feed that starts again from low numbers", () => {
    const before = stateAfter(told({ feed: [line(900)] }));
    const state = reduce(before, [told({ feed: [line(1)] }), { type: "feed", item: line(2) }], NOW);
    expect(state.feed.map(({ number }) => number)).toEqual([2, 1]);
  });
});

describe("devices", () => {
  test("appear, and are marked as new for a while", () => {
    const state = stateAfter(told(), { type: "device", device: aDevice({ registerId: "reg-1" }) });
    expect(state.devices.get("reg-1")).toEqual(aDevice({ registerId: "reg-1" }));
    expect(isNew(state.arrivals.get("reg-1"), NOW + NEW_FOR_MS - 1)).toBe(true);
    expect(isNew(state.arrivals.get("reg-1"), NOW + NEW_FOR_MS)).toBe(false);
  });

  test("lose the mark at the next message after that while", () => {
    const state = stateAfter(told(), { type: "device", device: aDevice() });
    expect(reduce(state, [{ type: "tap", tap: aTap() }], NOW + NEW_FOR_MS).arrivals.size).toBe(0);
  });

  test("change without being marked as new", () => {
    const state = stateAfter(told({ devices: [aDevice()] }), {
      type: "device",
      device: aDevice({ model: "Plum 360" }),
    });
    expect(state.devices.get("reg-1")?.model).toBe("Plum 360");
    expect(state.arrivals.size).toBe(0);
  });

  test("go when the register says so", () => {
    const state = stateAfter(told({ devices: [aDevice()] }), { type: "device-gone", registerId: "reg-1" });
    expect(state.devices.size).toBe(0);
    expect(deviceOf(state, "ward-7", "dev-1")).toBeUndefined();
  });

  test("beyond the limit are counted instead of kept", () => {
    const devices = Array.from({ length: MAX_DEVICES + 3 }, (_, at) =>
      aDevice({ registerId: `reg-${at}`, deviceId: `dev-${at}` }),
    );
    const extra = aDevice({ registerId: "reg-extra", deviceId: "dev-extra" });
    const state = stateAfter(told({ devices }), { type: "device", device: extra });
    expect(state.devices.size).toBe(MAX_DEVICES);
    expect(state.notShown).toBe(4);
  });

  test("are heard again, also in the batch that brought them", () => {
    const lastSeenAt = "2026-03-01T12:00:00.000000Z";
    const seen: FeedMessage = { type: "seen", tapId: "ward-7", devices: [{ deviceId: "dev-1", lastSeenAt }] };
    const other: FeedMessage = { type: "seen", tapId: "ward-7", devices: [{ deviceId: "dev-none", lastSeenAt }] };
    const state = stateAfter(told(), other, { type: "device", device: aDevice() }, seen);
    expect(state.devices.get("reg-1")?.lastSeenAt).toBe(lastSeenAt);
  });

  test("are never set back to an earlier time", () => {
    const devices = [{ deviceId: "dev-1", lastSeenAt: "2020-01-01T00:00:00.000000Z" }];
    const state = stateAfter(told({ devices: [aDevice()] }), { type: "seen", tapId: "ward-7", devices });
    expect(state.devices.get("reg-1")?.lastSeenAt).toBe(aDevice().lastSeenAt);
  });

  test("of two taps with the same device id stay apart", () => {
    const elsewhere = aDevice({ registerId: "reg-2", tapId: "ward-8" });
    const state = stateAfter(told({ devices: [aDevice(), elsewhere] }));
    expect(deviceOf(state, "ward-8", "dev-1")?.registerId).toBe("reg-2");
    expect(deviceOf(state, "ward-7", "dev-1")?.registerId).toBe("reg-1");
  });
});

describe("taps, findings and the feed", () => {
  test("a tap that left stays in view as not connected", () => {
    const state = stateAfter(told({ taps: [aTap()] }), { type: "tap-gone", tapId: "ward-7" });
    expect(state.taps.get("ward-7")).toEqual(aTap({ connected: false }));
  });

  test("an unknown tap that left changes nothing", () => {
    expect(stateAfter(told(), { type: "tap-gone", tapId: "nobody" }).taps.size).toBe(0);
  });

  test("findings are kept by tap and id", () => {
    const state = stateAfter(
      { type: "finding", finding: aFinding() },
      { type: "finding", finding: aFinding({ tapId: "ward-8" }) },
      { type: "finding", finding: aFinding({ state: "resolved" }) },
    );
    expect([...state.findings.values()].map((finding) => [finding.tapId, finding.state])).toEqual([
      ["ward-7", "resolved"],
      ["ward-8", "open"],
    ]);
  });

  test("the feed is newest first, bounded, and drops what it has", () => {
    const items = Array.from({ length: MAX_FEED_LINES + 10 }, (_, at) => line(at));
    const state = stateAfter(...[...items, line(3)].map((item): FeedMessage => ({ type: "feed", item })));
    expect(state.feed).toHaveLength(MAX_FEED_LINES);
    expect(state.feed[0]?.number).toBe(MAX_FEED_LINES + 9);
  });
});

test("a message of an unknown type changes nothing", () => {
  const before = stateAfter(told({ devices: [aDevice()] }));
  expect(reduce(before, [{ type: "from-the-future" } as unknown as FeedMessage], NOW)).toBe(before);
});

test("the state before is left as it was", () => {
  const before = stateAfter(told({ devices: [aDevice()], taps: [aTap()] }));
  reduce(
    before,
    [
      { type: "device", device: aDevice({ registerId: "reg-2", deviceId: "dev-2" }) },
      { type: "device-gone", registerId: "reg-1" },
      { type: "tap-gone", tapId: "ward-7" },
    ],
    NOW,
  );
  expect([...before.devices.keys()]).toEqual(["reg-1"]);
  expect(before.taps.get("ward-7")?.connected).toBe(true);
});

test("lines about the same within ten minutes are one line, whatever came between", () => {
  const at = (minute: number) => `2026-03-01T10:${String(minute).padStart(2, "0")}:00.000000Z`;
  const feed = [
    { ...line(9), at: at(30), group: "telnet medium" },
    { ...line(8), at: at(29) },
    { ...line(7), at: at(28), group: "telnet medium" },
    { ...line(6), at: at(5), group: "telnet medium" },
    { ...line(5), at: at(4), group: "smb1 high" },
  ];
  expect(foldFeed(feed).map(({ item, like }) => [item.number, ...like.map(({ number }) => number)])).toEqual([
    [9, 7],
    [8],
    [6],
    [5],
  ]);
});

test("what was asked of a tap is held until it is answered", () => {
  const work = { id: "w-1", state: "waiting" } as WorkView;
  const asked = stateAfter(told(), { type: "work", work });
  expect([...asked.work.keys()]).toEqual(["w-1"]);
  expect(reduce(asked, [{ type: "work", work: { ...work, state: "done" } }], NOW).work.size).toBe(0);
  expect(stateAfter(told({ work: [work] })).work.size).toBe(1);
});
