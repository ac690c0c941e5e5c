/** Words, times and device-given text on the page. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { MEDICAL_CLASSES, OTHER_CLASSES } from "../../../agent/identify/device.ts";
import { classWords } from "../../../console/class-words.ts";
import { readable } from "../../../console/page/text.ts";
import { duration, instant, relative } from "../../../console/page/time.ts";
import { criticalityTag, severityTag } from "../../../console/page/words.ts";
import { severityRank } from "../../../console/severity.ts";

const PAGE = new URL("../../../console/page/", import.meta.url);

test.each([...Object.keys(MEDICAL_CLASSES), ...OTHER_CLASSES])("%s has plain words", (name) => {
  expect(classWords(name)).toMatch(/^[A-Z]|^wardtap/);
});

test.each(["hovercraft", "constructor", "__proto__"])(
  "a class this page doesn't know (%s) is shown as given",
  (name) => {
    expect(classWords(name)).toBe(name);
  },
);

test("every criticality has its own words", () => {
  for (const criticality of Object.values(MEDICAL_CLASSES))
    expect(criticalityTag(criticality).words).not.toBe(criticality);
});

test("an unknown severity is shown as given and sorts in the middle", () => {
  expect(severityTag("apocalyptic").words).toBe("apocalyptic");
  expect(severityRank("critical")).toBeLessThan(severityRank("apocalyptic"));
  expect(severityRank("info")).toBeGreaterThan(severityRank("apocalyptic"));
});

test.each([
  ["a right-to-left override", "a\u202Egnp.exe", "a[U+202E]gnp.exe"],
  ["a control character", "a\u0007b\nc", "a[U+0007]b[U+000A]c"],
  ["a zero-width space", "ICU\u200B-1", "ICU[U+200B]-1"],
  ["a lone surrogate", "x\uD800y", "x[U+D800]y"],
  ["a pile of marks", `e${"\u0301".repeat(50)}`, `e${"\u0301".repeat(3)}`],
  ["ordinary text of other languages", "Köln 東京 דגם", "Köln 東京 דגם"],
])("%s is made visible or left alone", (_, text, shown) => {
  expect(readable(text)).toBe(shown);
});

test("a long text is cut, and its length is said", () => {
  expect(readable("x".repeat(5000), 10)).toBe("xxxxxxxxxx… (5,000 characters)");
});

test.each([
  [0, "just now"],
  [9_999, "just now"],
  [47_000, "40 s ago"],
  [5 * 60_000, "5 min ago"],
  [25 * 3_600_000, "1 day ago"],
  [-30_000, "just now"],
])("%d ms ago is told as %s", (age, words) => {
  expect(relative(1_000_000_000 - age, 1_000_000_000)).toBe(words);
});

test("a time ahead of this clock is said to be so", () => {
  expect(relative(2_000_000_000, 1_000_000_000)).toMatch(/ahead of this clock/);
});

test("a time long ago is told as a date", () => {
  expect(relative(Date.parse("2012-05-01T12:00:00Z"), Date.parse("2026-01-01T00:00:00Z"))).toBe("1 May 2012");
});

test("text that is no time has no instant", () => {
  expect(instant("yesterday")).toBeUndefined();
  expect(instant(null)).toBeUndefined();
  expect(duration(-5)).toBe("0 s");
});

test("no file of the page writes HTML or runs text", () => {
  const files = readdirSync(PAGE).filter((name) => /\.(tsx?|html)$/.test(name));
  expect(files).toContain("main.tsx");
  for (const name of files) {
    const source = readFileSync(new URL(name, PAGE), "utf8");
    expect(source, name).not.toMatch(/dangerouslySetInnerHTML|innerHTML|outerHTML|insertAdjacentHTML|document\.write/);
    expect(source, name).not.toMatch(/\beval\(|new Function|javascript:|srcdoc/i);
  }
});
