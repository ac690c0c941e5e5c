import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { cleanText, droppedNames, keepName, keepText, MAX_VALUE } from "../../agent/dissectors/self-given.ts";

beforeEach(() => {
  droppedNames.count = 0;
});

describe("cleanText", () => {
  test("turns control characters into one space and trims the ends", () => {
    expect(cleanText(Buffer.from(" ICU\r\n\0\x1bPUMP\x7f "))).toBe("ICU PUMP");
  });

  test("reads UTF-8 where it is valid", () => {
    expect(cleanText(Buffer.from("Dräger", "utf8"))).toBe("Dräger");
  });

  test("reads Latin-1 where UTF-8 is not valid", () => {
    expect(cleanText(Buffer.from("Dräger", "latin1"))).toBe("Dräger");
  });

  test("takes out characters that turn text around", () => {
    expect(cleanText("pump\u202Egpj")).toBe("pump gpj");
  });

  test("does not cut a character of two units in half", () => {
    expect(cleanText(`${"a".repeat(MAX_VALUE - 1)}😀`)).toBe("a".repeat(MAX_VALUE - 1));
  });

  test("gives bounded, well-formed text without control characters for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), fc.integer({ min: 1, max: 300 }), (raw, max) => {
        const text = cleanText(raw, max);
        expect(text.length).toBeLessThanOrEqual(max);
        expect(/[\p{Cc}\p{Cs}]/u.test(text)).toBe(false);
        expect(text).toBe(text.trim());
      }),
    );
  });
});

describe("keepName", () => {
  test.each([
    "ICU-PUMP-04",
    "CTROOM1",
    "DESKTOP-2AEFM7G",
    "SEP001FCAEA3D42",
    "Plum A+",
    "SN-1234567890",
    "10.20.30.4",
    "ward7.hospital.nhs.uk",
  ])("keeps %s", (name) => {
    expect(keepName(name)).toBe(name);
    expect(droppedNames.count).toBe(0);
  });

  // 943 476 5919 is the NHS Data Dictionary's own example of a valid number.
  test.each([
    "9434765919",
    "943 476 5919",
    "943-476-5919",
    "94 3476 5919",
    "BED7 9434765919",
    "PC-943-476-5919-A",
    "９４３４７６５９１９",
  ])("drops and counts %s, an NHS number", (name) => {
    expect(keepName(name)).toBeUndefined();
    expect(droppedNames.count).toBe(1);
  });

  test("keeps ten digits whose check digit is wrong", () => {
    expect(keepName("9434765918")).toBe("9434765918");
  });

  test("keeps longer digit runs that hold a valid number by chance", () => {
    expect(keepName("19434765919")).toBe("19434765919");
  });

  test.each(["MOUSE^MICKEY", "^", "A^B^C"])("drops and counts %s, a person name of DICOM or HL7", (name) => {
    expect(keepName(name)).toBeUndefined();
    expect(droppedNames.count).toBe(1);
  });

  test.each(["19281118", "BED 19281118", "18/11/1928", "1928-11-18", "18-11-1928", "8.1.1928", "1928/1/8"])(
    "drops and counts %s, a date of birth",
    (name) => {
      expect(keepName(name)).toBeUndefined();
      expect(droppedNames.count).toBe(1);
    },
  );

  test.each(["19281318", "19280231x", "12345678", "99991231"])("keeps %s, no date", (name) => {
    expect(keepName(name)).toBe(name);
  });

  test("sees a person's number beyond the place where the value is cut", () => {
    expect(keepName(`${"x".repeat(20)} 9434765919`, 24)).toBeUndefined();
  });

  test("gives undefined without counting for an empty name", () => {
    expect(keepName(Buffer.from("\0\0 "))).toBeUndefined();
    expect(droppedNames.count).toBe(0);
  });
});

describe("keepText", () => {
  test("keeps a firmware named by its date", () => {
    expect(keepText("20190412")).toBe("20190412");
  });

  test.each(["9434765919", "MOUSE^MICKEY"])("drops %s", (text) => {
    expect(keepText(text)).toBeUndefined();
  });
});
