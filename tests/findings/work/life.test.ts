/** How findings end and return by themselves, count, and are carried where devices become one. */
import { describe, expect, test } from "vitest";
import { findingId } from "../../../agent/findings/judge.ts";
import { MAX_HELD } from "../../../agent/findings/work/book.ts";
import { QUIET_DAYS } from "../../../agent/findings/work/end.ts";
import { MAX_MARKS, MAX_SHOWN_EVIDENCE } from "../../../agent/findings/work/worked.ts";
import { piece } from "../given.ts";
import { bookOf, CONDITION, DAY, EVENT, fresh, HOUR, SECOND, START, Ward } from "./given.ts";

const told = (...findings: ReturnType<typeof fresh>[]): Ward => {
  const ward = new Ward();
  ward.says(findings);
  return ward;
};
const quietDays = (ward: Ward, finding: ReturnType<typeof fresh>, days: number, heard = true) => {
  for (let day = 0; day < days; day++) {
    ward.passes(DAY, heard);
    ward.says([finding], { quiet: true });
  }
};

describe("ending", () => {
  test("comes after so many days on which the device was heard without it, and says since when", () => {
    const finding = fresh();
    const ward = told(finding);
    quietDays(ward, finding, QUIET_DAYS - 1);
    expect(ward.state(finding)).toBe("open");
    quietDays(ward, finding, 1);
    expect(ward.state(finding)).toBe("resolved");
    expect(ward.held(finding).work).toMatchObject({ by: "wardtap", reason: "Not seen since 2026-05-01." });
  });

  test("doesn't come while the device is away", () => {
    const finding = fresh();
    const ward = told(finding);
    quietDays(ward, finding, 300, false);
    expect(ward.state(finding)).toBe("open");
  });

  test("begins to count anew when it is seen", () => {
    const finding = fresh();
    const ward = told(finding);
    quietDays(ward, finding, QUIET_DAYS - 1);
    ward.says([finding]);
    quietDays(ward, finding, QUIET_DAYS - 1);
    expect(ward.state(finding)).toBe("open");
  });

  test("comes to a scan after a day, whether its window is still told or not", () => {
    const [scan, sweep] = [fresh({ rule: EVENT }), fresh({ rule: EVENT, key: "another" })];
    const ward = told(scan, sweep);
    ward.passes(DAY - SECOND);
    ward.says([scan], { quiet: true });
    expect([ward.state(scan), ward.state(sweep)]).toEqual(["open", "open"]);
    ward.passes(SECOND);
    ward.says([scan], { quiet: true });
    expect([ward.state(scan), ward.state(sweep)]).toEqual(["resolved", "resolved"]);
  });

  test("of a condition comes when the rule says so no more for an hour, and its device is there", () => {
    const finding = fresh({ rule: CONDITION });
    const ward = told(finding);
    ward.passes(HOUR, false);
    ward.says([]);
    ward.passes(2 * HOUR, false);
    ward.says([]);
    expect(ward.state(finding)).toBe("open");
    ward.passes(SECOND);
    ward.says([]);
    expect(ward.state(finding)).toBe("resolved");
  });

  test("of a condition that only flickers doesn't come, and each return counts", () => {
    const finding = fresh({ rule: CONDITION });
    const ward = told(finding);
    for (let turn = 0; turn < 10; turn++) {
      ward.passes(HOUR / 4);
      ward.says(turn % 2 === 0 ? [] : [finding]);
    }
    expect([ward.state(finding), ward.held(finding).work, ward.held(finding).times]).toEqual(["open", null, 6]);
  });

  test("of what the tap says of itself comes by proof alone", () => {
    const finding = fresh({ rule: "tap-transmitted", about: "tap", deviceId: null });
    const ward = told(finding);
    for (let day = 0; day < 100; day++) {
      ward.passes(DAY);
      ward.says([]);
    }
    expect(ward.state(finding)).toBe("open");
    ward.says([], { over: new Set([finding.id]) });
    expect(ward.state(finding)).toBe("resolved");
  });

  test("takes an acknowledged one too, and returns it as open", () => {
    const finding = fresh();
    const ward = told(finding);
    ward.does(finding, "acknowledge");
    quietDays(ward, finding, QUIET_DAYS);
    expect(ward.state(finding)).toBe("resolved");
    ward.passes(DAY);
    ward.says([finding]);
    expect([ward.state(finding), ward.steps(finding)]).toEqual(["open", ["acknowledged", "ended", "seen-again"]]);
  });

  test("leaves an accepted risk to its review date, and closes it then", () => {
    const finding = fresh();
    const ward = told(finding);
    ward.does(finding, "accept", { reviewAt: "2026-08-31" });
    quietDays(ward, finding, 60);
    expect(ward.state(finding)).toBe("accepted");
    quietDays(ward, finding, 90);
    expect(ward.state(finding)).toBe("resolved");
  });

  test("survives a wrong clock that ran ahead", () => {
    const ward = new Ward();
    const finding = fresh({ lastSeenAt: START + 3650 * DAY });
    ward.says([finding], { quiet: true });
    quietDays(ward, fresh(), QUIET_DAYS + 1);
    expect(ward.state(finding)).toBe("resolved");
  });
});

describe("flapping", () => {
  const tap = fresh({ rule: "mirror-not-mirroring", about: "tap", deviceId: null });

  test("ends at once the first time, then ever later, so that it stays open", () => {
    const ward = told(tap);
    const states: string[] = [];
    for (let minute = 0; minute < 240; minute++) {
      ward.passes(60 * SECOND);
      if (minute % 2 === 0) ward.says([], { over: new Set([tap.id]) });
      else ward.says([tap]);
      states.push(ward.state(tap));
    }
    const changes = states.filter((state, at) => at > 0 && state !== states[at - 1]).length;
    expect(states[0]).toBe("resolved");
    expect(changes).toBe(1);
    expect(ward.held(tap).work?.history.length).toBe(2);
  });

  test("is forgotten after a quiet week", () => {
    const ward = told(tap);
    ward.passes(SECOND);
    ward.says([], { over: new Set([tap.id]) });
    ward.passes(8 * DAY);
    ward.says([tap]);
    ward.passes(SECOND);
    ward.says([], { over: new Set([tap.id]) });
    expect(ward.state(tap)).toBe("resolved");
  });
});

describe("counting", () => {
  test("adds up over restarts, where what is remembered counts once more", () => {
    const at = (count: number) => fresh({ evidence: [piece("wardtap.login", "telnet", { count })] });
    const ward = told(at(3));
    ward.says([at(5)]);
    ward.book = bookOf([ward.held(fresh())]);
    ward.says([at(1)]);
    ward.says([at(4)]);
    expect(ward.held(fresh()).evidence[0]?.count).toBe(8);
  });

  test("calls it another time after an hour's silence", () => {
    const finding = fresh();
    const ward = told(finding);
    ward.passes(HOUR);
    ward.says([finding]);
    expect(ward.held(finding).times).toBe(1);
    ward.passes(HOUR + SECOND);
    ward.says([finding]);
    expect(ward.held(finding).times).toBe(2);
  });

  test("is no news: counts, last times and texts with numbers wait an hour, and in the long run a day", () => {
    const ward = new Ward();
    const writings: number[] = [];
    for (let minute = 0; minute <= 7 * 24 * 60; minute += 10) {
      ward.says([fresh({ why: `It tried ${minute} ports.` })]);
      if (ward.written().changed.length > 0) writings.push(minute);
      ward.passes(600 * SECOND);
    }
    expect(writings.slice(0, 3)).toEqual([0, 60, 120]);
    expect(writings.length).toBeLessThan(24);
  });

  test("what a failed write left is told again until it is written", () => {
    const finding = fresh();
    const ward = told(finding);
    expect(ward.book.changes().changed).toHaveLength(1);
    ward.says([finding]);
    expect(ward.written().changed).toHaveLength(1);
    expect(ward.written().changed).toHaveLength(0);
  });

  test("shows no more evidence than it may, keeps what it showed, and says how much is left out", () => {
    const many = (from: number) =>
      Array.from({ length: 100 }, (_, index) => piece("http.user_agent", `agent ${from + index}`));
    const ward = told(fresh({ evidence: many(0) }));
    const first = ward.held(fresh());
    expect([first.evidence.length, first.evidenceLeftOut]).toEqual([MAX_SHOWN_EVIDENCE, 100 - MAX_SHOWN_EVIDENCE]);
    ward.says([fresh({ evidence: [...many(-50).slice(0, 50), ...many(0)] })]);
    const values = (finding: typeof first) => finding.evidence.map(({ value }) => value).sort();
    expect(values(ward.held(fresh()))).toEqual(values(first));
  });
});

describe("devices that become one", () => {
  const old = fresh({ deviceId: "dev-old" });
  const merged = [{ id: "dev-1", aliases: ["dev-old"], lastSeenAt: START }];

  test("carry their finding and its state along: nothing is new, the former id still finds it", () => {
    const ward = new Ward();
    ward.says([old]);
    ward.does(old, "accept");
    ward.written();
    ward.says([fresh()], { devices: merged });
    expect([ward.held(old).id, ward.state(old)]).toEqual([fresh().id, "accepted"]);
    const { changed, gone } = ward.written();
    expect([changed.map(({ id }) => id), gone]).toEqual([[fresh().id], [old.id]]);
  });

  test("keep what somebody decided last, with both histories", () => {
    const ward = new Ward();
    ward.says([old, fresh()]);
    ward.does(old, "acknowledge");
    ward.passes(HOUR);
    ward.does(fresh(), "false-alarm");
    ward.says([fresh()], { devices: merged });
    expect([ward.state(fresh()), ward.steps(fresh())]).toEqual([
      "false-alarm",
      ["acknowledged", "false-alarm", "merged"],
    ]);
  });

  test("keep what nobody decided on open", () => {
    const ward = new Ward();
    ward.says([old, fresh()]);
    ward.says([fresh()], { devices: merged });
    expect([ward.state(fresh()), ward.held(fresh()).work]).toEqual(["open", null]);
  });

  test("widen no accepted risk by their new name", () => {
    const ward = new Ward();
    ward.says([fresh({ relatedDeviceIds: ["dev-8"] })]);
    ward.does(fresh(), "accept");
    const devices = [
      { id: "dev-1", aliases: [], lastSeenAt: START },
      { id: "dev-9", aliases: ["dev-8"], lastSeenAt: START },
    ];
    ward.says([fresh({ relatedDeviceIds: ["dev-9"] })], { devices });
    expect(ward.state(fresh())).toBe("accepted");
  });

  test("and two again keep what was decided, both of them", () => {
    const ward = new Ward();
    ward.says([old]);
    ward.does(old, "acknowledge");
    ward.says([fresh()], { devices: merged });
    ward.says([fresh(), old], { devices: [] });
    expect([ward.state(fresh()), ward.book.find(findingId(old.rule, "dev-old", ""))?.state]).toEqual([
      "acknowledged",
      "acknowledged",
    ]);
  });
});

describe("a flood", () => {
  test("of findings is held up to a bound and counted; what ended by itself makes room", () => {
    const ward = new Ward();
    const flood = Array.from({ length: MAX_HELD }, (_, index) =>
      fresh({ rule: index === 7 ? EVENT : "telnet", deviceId: `dev-${index}` }),
    );
    ward.says(flood);
    ward.says([fresh({ deviceId: "dev-late" })]);
    expect(ward.book.leftOut).toBe(1);
    ward.passes(2 * DAY, false);
    ward.says([]);
    ward.says([fresh({ deviceId: "dev-late" })]);
    expect([ward.book.leftOut, ward.state(fresh({ deviceId: "dev-late" }))]).toEqual([1, "open"]);
    expect(ward.book.changes().gone).toEqual([flood[7]?.id]);
  });

  test("of signs in one finding is bounded, and then opens nothing", () => {
    const many = (length: number) =>
      fresh(
        {},
        Array.from({ length }, (_, index) => `value ${index}`),
      );
    const ward = told(many(5000));
    expect(ward.held(fresh()).marks).toHaveLength(MAX_MARKS);
    ward.does(fresh(), "false-alarm");
    ward.says([many(9000)]);
    expect(ward.state(fresh())).toBe("false-alarm");
  });
});
