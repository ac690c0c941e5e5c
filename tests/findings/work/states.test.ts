/** The states of a finding: what people decide holds exactly as far as they decided. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ActionName, act, readAsked } from "../../../agent/findings/work/act.ts";
import { MAX_HISTORY } from "../../../agent/findings/work/worked.ts";
import { asked, CONDITION, DAY, fresh, HOUR, START, Ward } from "./given.ts";

const told = (...findings: ReturnType<typeof fresh>[]): Ward => {
  const ward = new Ward();
  ward.says(findings);
  return ward;
};

describe("deciding", () => {
  test.each([
    ["acknowledge", "acknowledged"],
    ["accept", "accepted"],
    ["resolve", "resolved"],
    ["false-alarm", "false-alarm"],
  ] as const)("%s leads from open to %s, and reopen back", (action, state) => {
    const finding = fresh();
    const ward = told(finding);
    expect(ward.does(finding, action)).toMatch(/^It is .* now\.$/);
    expect(ward.state(finding)).toBe(state);
    expect(ward.held(finding).work).toMatchObject({ by: "A. Nurse", at: START, reason: "known" });
    ward.does(finding, "reopen");
    expect([ward.state(finding), ward.steps(finding).at(-1)]).toEqual(["open", "reopened"]);
  });

  test("twice the same is answered like once and leaves one entry", () => {
    const finding = fresh();
    const ward = told(finding);
    for (const action of ["accept", "accept"] as const) ward.does(finding, action);
    expect(ward.does(finding, "accept")).toMatch(/already/);
    expect(ward.steps(finding)).toEqual(["accepted"]);
  });

  test("an acceptance may be renewed with another date", () => {
    const finding = fresh();
    const ward = told(finding);
    ward.does(finding, "accept");
    ward.does(finding, "accept", { reviewAt: "2026-12-31" });
    expect(ward.steps(finding)).toEqual(["accepted", "accepted"]);
  });

  test("what is closed must be opened before it is decided anew", () => {
    const finding = fresh();
    const ward = told(finding);
    ward.does(finding, "false-alarm");
    expect(ward.does(finding, "acknowledge")).toMatch(/reopen it first/);
    expect(ward.state(finding)).toBe("false-alarm");
  });

  test.each([
    ["accept", { reason: "" }, /reason/],
    ["accept", { control: "" }, /control/],
    ["accept", { owner: "" }, /owner/],
    ["accept", { reviewAt: "soon" }, /review date/],
    ["accept", { reviewAt: "2026-02-31" }, /review date/],
    ["accept", { reviewAt: "2026-04-30" }, /passed/],
    ["accept", { reviewAt: "2099-01-01" }, /within/],
    ["resolve", { reason: "" }, /reason/],
    ["false-alarm", { reason: "" }, /reason/],
  ] as const)("%s with %j is refused in words", (action, more, words) => {
    const finding = fresh();
    const ward = told(finding);
    expect(ward.does(finding, action, more)).toMatch(words);
    expect([ward.state(finding), ward.held(finding).work]).toEqual(["open", null]);
  });

  test("a review day counts until its end", () => {
    const finding = fresh();
    const ward = told(finding);
    ward.does(finding, "accept", { reviewAt: "2026-05-01" });
    ward.passes(11 * HOUR);
    ward.says([finding]);
    expect(ward.state(finding)).toBe("accepted");
    ward.passes(HOUR);
    ward.says([finding]);
    expect(ward.state(finding)).toBe("open");
  });
});

describe("an accepted risk", () => {
  const accepted = (finding = fresh({ relatedDeviceIds: ["dev-2"] })) => {
    const ward = told(finding);
    ward.does(finding, "accept");
    ward.passes(HOUR);
    return { ward, finding };
  };

  test("stays accepted as long as the device only does the same", () => {
    const { ward, finding } = accepted();
    for (let hour = 0; hour < 48; hour++) {
      ward.passes(HOUR);
      ward.says([finding]);
    }
    expect(ward.state(finding)).toBe("accepted");
  });

  test("comes back when the review date has passed, seen or not", () => {
    const { ward, finding } = accepted();
    ward.passes(200 * DAY, false);
    ward.says([], {});
    expect([ward.state(finding), ward.steps(finding).at(-1)]).toEqual(["open", "review-due"]);
    expect(ward.held(finding).work).toMatchObject({ by: "wardtap", reviewAt: null, control: null });
  });

  test.each([
    ["graver", fresh({ relatedDeviceIds: ["dev-2"], severity: "high" }), "Severity rose from medium to high."],
    ["with other evidence", fresh({ relatedDeviceIds: ["dev-2"] }, ["telnet", "ftp"]), "1 new sign."],
    ["with another device", fresh({ relatedDeviceIds: ["dev-2", "dev-3"] }), "1 other device concerned."],
  ])("comes back when it is seen %s, and says why", (_what, wider, why) => {
    const { ward, finding } = accepted();
    ward.says([wider]);
    expect(ward.state(finding)).toBe("open");
    expect(ward.held(finding).work?.history.at(-1)).toMatchObject({ by: "wardtap", what: "widened", why });
  });

  test("comes back when what was likely is seen", () => {
    const { ward } = accepted(fresh({ certainty: "likely" }));
    ward.says([fresh({ certainty: "confirmed" })]);
    expect(ward.state(fresh())).toBe("open");
  });

  test("of low severity doesn't come back for a partner more", () => {
    const { ward, finding } = accepted(fresh({ severity: "low", relatedDeviceIds: ["dev-2"] }));
    ward.says([fresh({ severity: "low", relatedDeviceIds: ["dev-2", "dev-3"] })]);
    expect(ward.state(finding)).toBe("accepted");
  });

  test("doesn't come back because there is less of it", () => {
    const { ward, finding } = accepted(fresh({ relatedDeviceIds: ["dev-2"] }, ["telnet", "ftp"]));
    ward.says([fresh({ severity: "low" }, ["ftp"])]);
    expect(ward.state(finding)).toBe("accepted");
  });
});

describe("an acknowledged finding", () => {
  test("stays so for more of the same kind, and opens when it becomes graver", () => {
    const finding = fresh();
    const ward = told(finding);
    ward.does(finding, "acknowledge");
    ward.says([fresh({}, ["telnet", "ftp"])]);
    expect(ward.state(finding)).toBe("acknowledged");
    ward.says([fresh({ severity: "critical" })]);
    expect(ward.state(finding)).toBe("open");
  });
});

describe("a resolved finding", () => {
  test("stays resolved while nothing newer is seen, and returns with its history when something is", () => {
    const finding = fresh();
    const ward = told(finding);
    ward.passes(HOUR);
    ward.does(finding, "resolve");
    for (let day = 0; day < 5; day++) {
      ward.passes(DAY);
      ward.says([finding], { quiet: true });
    }
    expect(ward.state(finding)).toBe("resolved");
    ward.says([finding]);
    expect(ward.steps(finding)).toEqual(["resolved", "seen-again"]);
    expect([ward.state(finding), ward.held(finding).times]).toEqual(["open", 2]);
  });

  test("of a condition returns when it had gone and holds again, not because it still holds", () => {
    const finding = fresh({ rule: CONDITION });
    const ward = told(finding);
    ward.does(finding, "resolve");
    ward.passes(HOUR);
    ward.says([finding]);
    expect(ward.state(finding)).toBe("resolved");
    ward.says([]);
    ward.says([finding]);
    expect(ward.state(finding)).toBe("open");
  });
});

describe("a false alarm", () => {
  const judgedFalse = () => {
    const finding = fresh();
    const ward = told(finding);
    ward.does(finding, "false-alarm");
    ward.passes(HOUR);
    return { ward, finding };
  };

  test("stays one for this evidence, however often and with whomever", () => {
    const { ward, finding } = judgedFalse();
    for (let day = 0; day < 100; day++) {
      ward.passes(DAY);
      ward.says([fresh({ relatedDeviceIds: ["dev-7"] })]);
    }
    expect(ward.state(finding)).toBe("false-alarm");
  });

  test("opens when other evidence comes from the same device", () => {
    const { ward, finding } = judgedFalse();
    ward.says([fresh({}, ["telnet", "ftp"])]);
    expect(ward.state(finding)).toBe("open");
  });

  test("says nothing of another device, nor of another rule", () => {
    const { ward } = judgedFalse();
    const others = [fresh({ deviceId: "dev-2" }), fresh({ rule: "telnet" })];
    ward.says(others);
    expect(others.map((other) => ward.state(other))).toEqual(["open", "open"]);
  });
});

describe("what is asked from outside", () => {
  test("loses control characters and keeps to its length", () => {
    expect(readAsked({ findingId: "fnd-1", action: "resolve", by: " A\u001b[31m\n B ", reason: "x\u202ey" })).toEqual({
      asked: { findingId: "fnd-1", action: "resolve", by: "A [31m B", reason: "x y" },
    });
    expect(readAsked({ findingId: "fnd-1", action: "resolve", by: "b", reason: "x".repeat(1001) })).toHaveProperty(
      "problem",
    );
  });

  test.each([
    [{ findingId: "fnd-1", action: "delete", by: "b" }, /What should be done/],
    [{ findingId: "fnd-1", action: "resolve" }, /Who does this/],
    [{ action: "resolve", by: "b" }, /Which finding/],
    [{ findingId: "fnd-1", action: "resolve", by: "\u200b" }, /Who does this/],
  ])("%j is refused in words", (value, words) => {
    expect(readAsked(value)).toMatchObject({ problem: expect.stringMatching(words) });
  });

  test.each([
    ["reason", "bed 4, 943 476 5919", "an NHS number"],
    ["control", "see 943–476–5919", "an NHS number"],
    ["owner", "9434765919", "an NHS number"],
    ["by", "943.476.5919", "an NHS number"],
    ["reason", "patient born 3/4/1951 was on it", "a date of birth"],
    ["reason", "SMITH^ANNA was on it", "a patient's name"],
  ])("a %s of %j is refused, and the refusal doesn't say it again", (field, text, what) => {
    const read = readAsked({ findingId: "fnd-1", action: "accept", by: "b", [field]: text });
    expect(read).toMatchObject({ problem: expect.stringContaining(what) });
    expect(JSON.stringify(read)).not.toContain(text);
  });

  test.each([
    "replaced on 2026-05-01",
    "call 020 7946 0018",
    "order 943 476 5918",
    "10.4.120.17, VLAN 12, CVE-2020-12695",
  ])("a reason may say %j", (reason) => {
    expect(readAsked({ findingId: "fnd-1", action: "resolve", by: "b", reason })).toHaveProperty("asked");
  });

  test("whatever it is, it is an answer and no exception", () => {
    const done: string[] = [];
    const held = told(fresh()).held(fresh());
    fc.assert(
      fc.property(fc.anything(), fc.dictionary(fc.string(), fc.anything()), (whole, fields) => {
        for (const value of [whole, { ...asked("accept"), findingId: "fnd-1", ...fields }]) {
          const read = readAsked(value);
          if ("asked" in read) done.push(JSON.stringify(act(held, read.asked, START)));
        }
      }),
    );
    expect(done.length).toBeGreaterThan(0);
  });
});

test("whatever people do, the history is bounded, says what went, and ends with the present state", () => {
  const actions: ActionName[] = ["acknowledge", "accept", "resolve", "false-alarm", "reopen"];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...actions), { maxLength: 150 }), (doings) => {
      const finding = fresh();
      const ward = told(finding);
      let entries = 0;
      for (const action of doings) {
        ward.passes(HOUR, false);
        if (/ now\.$/.test(ward.does(finding, action, { reviewAt: "2027-06-30" }))) entries++;
      }
      const { work, state } = ward.held(finding);
      expect(work?.history.length ?? 0).toBe(Math.min(entries, MAX_HISTORY));
      expect((work?.history.length ?? 0) + (work?.historyLeftOut ?? 0)).toBe(entries);
      const last = work?.history.at(-1)?.what;
      expect(last === undefined || last === "reopened" ? "open" : last).toBe(state);
    }),
  );
});
