import fc from "fast-check";
import { expect, test } from "vitest";
import { compareVersions, parseVersion, type Version } from "../../../agent/knowledge/advisories/version.ts";

const version = (text: string): Version => {
  const parsed = parseVersion(text);
  if (parsed === undefined) throw new Error(`${text} is no version`);
  return parsed;
};
const order = (a: string, b: string) => compareVersions(version(a), version(b));

test.each([
  ["9.9", "9.10"],
  ["9.33", "9.33.1"],
  ["1.5", "1.5a"],
  ["5.89.05a", "5.89.05b"],
  ["B.06.18", "C.02"],
  ["N", "N.01"],
  ["SR540", "SR610"],
  ["1.8.4", "1.8.4 Service Pack 01"],
  ["4.20 SR1", "4.20 SR2"],
  ["2.0rc1", "2.0"],
  ["2.0 beta", "2.0.1"],
  ["012U000040", "012U000061"],
  ["2018-1", "2021-1"],
  ["v1.52", "Version 1.53"],
  ["R4.1L1", "R4.1L2"],
])("%s comes before %s", (earlier, later) => {
  expect([order(earlier, later), order(later, earlier)]).toEqual([-1, 1]);
});

test.each([
  ["9.33", "9.33.0"],
  ["V9.33", "9.33"],
  ["Rev. B.2", "b.02"],
  ["1.8.4 SP1", "1.8.4 Service Pack 01"],
])("%s and %s are the same", (a, b) => {
  expect(order(a, b)).toBe(0);
});

test.each([
  ["U61", "L81", "numberings for two parts of the world"],
  ["9.33", "B.06", "numbers and letters"],
  ["2013.08", "5.2", "a year and a count"],
  ["4107600010.23", "1.2", "a part number and a version"],
  ["SR540", "MCE 3", "two kinds of release"],
  ["1.1.3", "1.1.3 Build 10", "with and without a build"],
])("%s and %s can't be compared: %s", (a, b) => {
  expect([order(a, b), order(b, a)]).toEqual([undefined, undefined]);
});

test.each([
  "",
  "july 1 2017",
  "8/30/2024",
  "2nd Edition",
  "running on Windows",
  "TCP",
  "Accu-Chek Inform II",
  "1".repeat(20),
  "1.".repeat(40),
  "<= 3",
  "__proto__",
])("%j is no version", (text) => {
  expect(parseVersion(text)).toBeUndefined();
});

const numbers = fc.array(fc.nat(99), { minLength: 1, maxLength: 6 });

test("plain numbers are ordered as lists of numbers, trailing zeros aside", () => {
  fc.assert(
    fc.property(numbers, numbers, (a, b) => {
      const padded = (list: number[]) => Array.from({ length: 6 }, (_, at) => list[at] ?? 0);
      const [x, y] = [padded(a), padded(b)];
      const at = x.findIndex((value, index) => value !== y[index]);
      expect(order(a.join("."), b.join("."))).toBe(at < 0 ? 0 : Math.sign(x[at]! - y[at]!));
    }),
  );
});

const written = fc.stringMatching(/^[a-zA-Z]{0,3}\d{1,4}([.-][a-z]?\d{1,3}){0,3}( ?(sp|sr|build|rc)\d)?$/);

test("turning the question round turns the answer round, and nothing comes before itself", () => {
  fc.assert(
    fc.property(written, written, (a, b) => {
      const [x, y] = [parseVersion(a), parseVersion(b)];
      fc.pre(x !== undefined && y !== undefined);
      expect(compareVersions(x, x)).toBe(0);
      const there = compareVersions(x, y);
      const back = compareVersions(y, x);
      expect(back === undefined ? undefined : 0 - back).toBe(there === undefined ? undefined : there + 0);
    }),
  );
});

test("what comes before the earlier comes before the later, or can't be compared with it", () => {
  fc.assert(
    fc.property(written, written, written, (a, b, c) => {
      const [x, y, z] = [parseVersion(a), parseVersion(b), parseVersion(c)];
      fc.pre(x !== undefined && y !== undefined && z !== undefined);
      if ((compareVersions(x, y) ?? 0) < 0 && (compareVersions(y, z) ?? 0) < 0)
        expect([-1, undefined]).toContain(compareVersions(x, z));
    }),
    { numRuns: 2000 },
  );
});

test("any text gives a version or none, never an exception", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 80 }), (text) => {
      const parsed = parseVersion(text);
      if (parsed !== undefined) expect(compareVersions(parsed, parsed)).toBe(0);
    }),
  );
});
