import fc from "fast-check";
import { expect, test } from "vitest";
import { elementAt } from "../../agent/dissectors/ber.ts";
import { berMessageLength, findTag, memberNumber } from "../../agent/dissectors/ber-message.ts";
import { hex } from "./bytes.ts";

test("a message's length counts its head", () => {
  expect(berMessageLength(hex("30 0c 02 01 01"), 0x30)).toBe(14);
  expect(berMessageLength(hex("30 84 00 00 00 10"), 0x30)).toBe(22);
});

test("a cut head asks for more, another tag and an indefinite length are no message", () => {
  expect(berMessageLength(hex("30"), 0x30)).toBe(0);
  expect(berMessageLength(hex("30 84 00"), 0x30)).toBe(0);
  expect(berMessageLength(hex("31 01 00"), 0x30)).toBe(-1);
  expect(berMessageLength(hex("30 80 00 00"), 0x30)).toBe(-1);
});

test("a member of a sequence is found by its number", () => {
  const bytes = hex("30 0a a1 03 02 01 05 a3 03 02 01 07");
  expect(memberNumber(bytes, elementAt(bytes, 0, bytes.length)!, 3)).toBe(7);
  expect(memberNumber(bytes, elementAt(bytes, 0, bytes.length)!, 2)).toBeUndefined();
});

test("any bytes give an element within bounds, or nothing", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(255), (noise, tag) => {
      const element = findTag(Buffer.from(noise), 0, noise.length, tag);
      if (element !== undefined) expect(element.end).toBeLessThanOrEqual(noise.length);
    }),
  );
});
