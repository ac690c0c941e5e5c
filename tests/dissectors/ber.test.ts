import fc from "fast-check";
import { expect, test } from "vitest";
import { berAt, berExpect, berFind, berNumber } from "../../agent/dissectors/ber.ts";
import { hex } from "./bytes.ts";

test("a short length is one octet", () => {
  expect(berAt(hex("02 01 05"), 0)).toEqual({ tag: 2, from: 2, to: 3, whole: true });
});

test("a long length is as many octets as its first says", () => {
  const bytes = Buffer.concat([hex("30 82 01 00"), Buffer.alloc(256)]);
  expect(berAt(bytes, 0)).toEqual({ tag: 0x30, from: 4, to: 260, whole: true });
});

test("an element longer than what has arrived is not whole", () => {
  expect(berAt(hex("30 05 02 01"), 0)?.whole).toBe(false);
  expect(berExpect(hex("30 05 02 01"), 0, 4, 0x30)).toBeUndefined();
});

test("indefinite, absurd and cut lengths and long tags are nothing", () => {
  for (const text of ["30 80 00 00", "30 85 01 01 01 01 01", "30 82 01", "1f 81 01 00", "30"])
    expect(berAt(hex(text), 0), text).toBeUndefined();
});

test("a sibling is found by its tag", () => {
  const bytes = hex("02 01 05 a3 03 0a 01 07");
  expect(berNumber(bytes, berAt(bytes, berFind(bytes, 0, 8, 0xa3)!.from))).toBe(7);
});

test("a number of more than four octets is none", () => {
  const bytes = hex("02 05 01 01 01 01 01");
  expect(berNumber(bytes, berAt(bytes, 0))).toBeUndefined();
});

test("any bytes give an element that goes forward, or nothing", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(45), (noise, at) => {
      const element = berAt(Buffer.from(noise), at);
      if (element === undefined) return;
      expect(element.from).toBeGreaterThan(at);
      expect(element.to).toBeGreaterThanOrEqual(element.from);
    }),
  );
});
