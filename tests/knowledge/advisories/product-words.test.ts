import fc from "fast-check";
import { expect, test } from "vitest";
import {
  compareWords,
  isTelling,
  productWords,
  type Sight,
} from "../../../agent/knowledge/advisories/product-words.ts";

const sight = (model: string, product: string, maker = "Maker"): Sight =>
  compareWords(productWords(model, [maker]), productWords(product, [maker]));

test.each([
  ["Alaris 8015", "Alaris 8015 PC unit"],
  ["Medfusion 4000", "Medfusion 4000 Wireless Syringe Infusion Pump"],
  ["MEDFUSION4000", "Medfusion4000"],
  ["Spectrum IQ", "Baxter Spectrum IQ"],
  ["Plum A+", "Plum A+ Infusion System"],
  ["IntelliVue MX800", "IntelliVue patient monitor MX400-MX850"],
  ["MX 800", "IntelliVue MX800"],
  ["IntelliVue MP50", "IntelliVue MP2/X2/MP30/MP50/MP70"],
  ["CARESCAPE B650", "B650"],
  ["CMS8000", "CMS8000 CONTEC ICU CCU Vital Signs Patient Monitor"],
  ["Information Center iX", "Information Center iX (system)"],
  ["PIC iX", "Patient Information Center iX"],
  ["Pyxis MedStation ES", "BD Pyxis MedStation ES"],
  ["Sparq", "Ultrasound Sparq"],
])("%s is the product %s", (model, product) => {
  expect(sight(model, product, "Baxter")).toBe("seen");
});

test.each([
  ["Alaris", "Alaris 8015 PC unit"],
  ["IntelliVue", "IntelliVue MX40 Patient Worn Monitor"],
  ["Pyxis MedStation", "BD Pyxis MedStation ES"],
])("%s may be the product %s", (model, product) => {
  expect(sight(model, product)).toBe("family");
});

test.each([
  ["Alaris 8100", "Alaris 8015 PC unit"],
  ["Alaris 8015", "Alaris Gateway Workstation"],
  ["Alaris Gateway Workstation", "Alaris PC unit"],
  ["Alaris", "Alaris Systems Manager"],
  ["Plum A+", "Plum A+3 Infusion System"],
  ["Plum 360", "Plum A+ Infusion System"],
  ["IntelliVue MX900", "IntelliVue MX400-MX850"],
  ["Connex Spot Monitor", "Connex Vital Signs Monitor"],
  ["Medfusion 3500", "Medfusion 4000"],
  ["Vue Motion", "Vue PACS"],
  ["Pump", "Infusion pump"],
  ["", "Alaris"],
])("%s is not the product %s", (model, product) => {
  expect(sight(model, product)).toBe("other");
});

test("a name of general words alone tells no product", () => {
  expect(isTelling(productWords("Infusion Pump System"))).toBe(false);
});

test("a program is told from a device", () => {
  expect([productWords("Alaris Systems Manager").isSoftware, productWords("Alaris 8015").isSoftware]).toEqual([
    true,
    false,
  ]);
});

test("any two texts are compared without an exception", () => {
  const text = fc.string({ unit: "binary", maxLength: 400 });
  fc.assert(
    fc.property(text, text, text, (a, b, maker) => {
      expect(["seen", "family", "other"]).toContain(sight(a, b, maker));
    }),
  );
});

test("S7-1200 is a model, and no span from S7 to S1200", () => {
  const plc = productWords("SIMATIC S7-1200");
  expect(compareWords(productWords("SIMATIC S7-1200"), plc)).toBe("seen");
  expect(compareWords(productWords("SIMATIC S50"), plc)).toBe("other");
  expect(compareWords(productWords("IntelliVue MX500"), productWords("IntelliVue MX400-850"))).toBe("seen");
});
