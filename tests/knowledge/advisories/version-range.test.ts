import fc from "fast-check";
import { expect, test } from "vitest";
import { parseVersion } from "../../../agent/knowledge/advisories/version.ts";
import { type Fit, fitOf } from "../../../agent/knowledge/advisories/version-fit.ts";
import { parseVersionRange } from "../../../agent/knowledge/advisories/version-range.ts";

/** Whether `version` is one of those that `text` names; the reason when the text can't be used. */
const judged = (text: string, version: string): Fit | string => {
  const parsed = parseVersionRange(text);
  if ("unusable" in parsed) return parsed.unusable;
  const known = parseVersion(version);
  if (known === undefined) throw new Error(`${version} is no version`);
  return fitOf(known, parsed.range);
};

test.each([
  ["all versions prior to 9.33", "9.32", "9.33"],
  ["Version 8.x through 12.1", "8.0", "12.1.1"],
  ["Version 8.x through 12.1", "12.1", "7.9"],
  ["Versions 9.33 and prior", "9.33", "9.34"],
  ["Versions 9.33 and prior", "9.9", "9.100"],
  ["up to and including 4.2", "4.2", "4.3"],
  ["before v1.52", "1.51.9", "1.52"],
  ["2.3.6 and  below", "2.3.6", "2.3.7"],
  ["SR540 and earlier", "SR539", "SR541"],
  ["1.8.4 Service Pack 01 and earlier", "1.8.4", "1.8.4 SP2"],
  ["version 13.4 and prior versions", "13.4", "13.41"],
  ["Versions 4.10, 4.20 and 4.30", "4.20", "4.21"],
  ["Version 3.0 and later", "3.0", "2.9"],
  ["Release 6 to Release 7", "6.5", "7.1"],
  ["12.1.2 (and earlier)", "12.1", "12.1.3"],
  ["versions between 1.0 and 2.0", "1.5", "2.5"],
  ["Versions 4.2 and prior, and 5.0", "5.0", "4.9"],
  ["<= 9.33", "9.33", "9.34"],
  [">=5.3|<=6.4", "6.0", "6.5"],
  [">= 4.0 | <= 4.6", "4.6", "4.7"],
  [">=1.0 <2.0", "1.9", "2.0"],
  ["1.1 | 1.2 | 1.4", "1.4", "1.3"],
  ["vers:intdot/>=1.0|<2.0|3.1", "3.1", "2.5"],
  ["vers:generic/>=1.0|<2.0|!=1.5", "1.4", "1.5"],
  ["vers:semver/%3E%3D2.0", "2.0", "1.9"],
  ["14.1.x", "14.1.7", "14.2"],
  ["<= 11.x", "11.9", "12.0"],
  ["< 3.x", "2.9", "3.0"],
  ["<=N", "N.01", "O"],
  ["Rev B-M", "K.20.58", "N.00"],
  [">=BT02 | <= BT06", "BT04", "BT07"],
  ["<= U61 |<= L81", "L81", "L82"],
  ["6.x model 35700BAX", "6.05.14", "8.0"],
  ["≤ 2.4A", "2.4A", "2.4B"],
])("%s: %s is one of them, %s is none", (text, inside, outside) => {
  expect([judged(text, inside), judged(text, outside)]).toEqual(["in", "out"]);
});

test.each(["vers:all/*", "all versions", "All software versions", "*", "any version", "* (end-of-life 2011)"])(
  "%s: every version",
  (text) => {
    expect([judged(text, "1.0"), judged(text, "X9")]).toEqual(["in", "in"]);
  },
);

test.each([
  ["B.06 and earlier", "9.33", "another numbering"],
  ["versions up to 7.6.2", "7.6.2", "nobody can tell whether the last is meant"],
  ["9.33", "9.33.1", "a part of it, or its repair"],
  ["8.x (with wireless battery module 17)", "8.2", "what else must be there isn't heard"],
  ["<= 1.54 (integrated into MobileLink)", "1.50", "a remark of what it is built into"],
  ["<=11.2 on Windows 8.1", "11.0", "a condition"],
  ["A.01 <= C.0x | 4.0", "B.02", "part of the text isn't understood"],
])("%s: of %s it is unclear (%s)", (text, version) => {
  expect(judged(text, version)).toBe("unclear");
});

test.each([
  ["", "names no version"],
  ["< july 1 2017", "tells a date, not a version"],
  ["distributed < april 1, 2018", "tells a date, not a version"],
  ["<8/30/2024", "tells a date, not a version"],
  ["all versions except 9.33", "tells of exceptions in words"],
  ["620 | 650 | 650c", "reads as model numbers"],
  ["MMT-1711 | MMT-1712", "reads as model numbers"],
  ["2nd Edition", "can't be read as versions"],
  ["Accu-Chek Inform II", "can't be read as versions"],
  ["with wireless option", "can't be read as versions"],
  ["x".repeat(401), "the text is too long for a version"],
  ["1|".repeat(100), "names too many versions"],
])("%j can't be used, and says why", (text, reason) => {
  expect(parseVersionRange(text)).toEqual({ unusable: reason });
});

const number = fc.array(fc.nat(30), { minLength: 1, maxLength: 4 }).map((parts) => parts.join("."));

test("a version up to a bound is in both ways of writing it, or in neither", () => {
  fc.assert(
    fc.property(number, number, (bound, version) => {
      const said = ["<= %", "Versions % and prior", "up to and including %", "% or earlier", "vers:generic/<=%"].map(
        (text) => judged(text.replace("%", bound), version),
      );
      expect(new Set(said).size).toBe(1);
    }),
  );
});

test("prior and later leave no version out and name only the bound twice", () => {
  fc.assert(
    fc.property(number, number, (bound, version) => {
      const [before, after] = [judged(`prior to ${bound}`, version), judged(`${bound} and later`, version)];
      expect([before, after].toSorted()).toEqual(["in", "out"]);
    }),
  );
});

test("any text is read in bounded time or refused, and then judged without an exception", () => {
  const words = fc.constantFrom(
    "and",
    "prior",
    "to",
    "<=",
    ">",
    "|",
    "1.2",
    "x",
    "(",
    ")",
    "all",
    "versions",
    "-",
    "between",
  );
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 400 }),
    fc.array(words, { maxLength: 60 }).map((all) => all.join(" ")),
  );
  fc.assert(
    fc.property(text, number, (said, version) => {
      const parsed = parseVersionRange(said);
      if ("range" in parsed) expect(["in", "out", "unclear"]).toContain(fitOf(parseVersion(version)!, parsed.range));
      else expect(parsed.unusable.length).toBeGreaterThan(0);
    }),
    { numRuns: 2000 },
  );
});
