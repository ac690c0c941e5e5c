import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { isMedical, OTHER_CLASSES } from "../../agent/identify/device.ts";
import { expandAttributes } from "../../agent/knowledge/attribute-sets.ts";
import { knowledge } from "../../agent/knowledge/knowledge.ts";
import { portEntries } from "../../agent/knowledge/ports.ts";
import { MAX_PORT_WEIGHT, makersSchema, portsSchema, vendorNumbersSchema } from "../../agent/knowledge/schema.ts";

const entries = (file: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../agent/knowledge/${file}`, import.meta.url), "utf8"));

test.each([
  ["makers-medical.json", makersSchema as z.ZodType],
  ["ports.json", portsSchema as z.ZodType],
  ["vendor-numbers.json", vendorNumbersSchema as z.ZodType],
  ["attribute-sets.json", z.record(z.string().startsWith("@"), z.array(z.string()).min(1)) as z.ZodType],
] as const)("every entry of %s is what its schema says", (file, schema) => {
  const checked = schema.safeParse(entries(file));
  expect(checked.success ? "" : z.prettifyError(checked.error)).toBe("");
});

test("every class that knowledge names is one", () => {
  const known = (name: string) => isMedical(name) || (OTHER_CLASSES as readonly string[]).includes(name);
  const { makers, patterns } = knowledge();
  const named = [
    ...makers.flatMap((maker) => maker.class ?? []),
    ...patterns.flatMap(({ claims }) => claims.filter(({ field }) => field === "class").map(({ value }) => value)),
    ...portsSchema
      .parse(entries("ports.json"))
      .flatMap(({ claims }) => claims.filter(({ field }) => field === "class").map(({ value }) => value)),
  ];
  expect(named.filter((name) => !known(name))).toEqual([]);
});

/** Classes that the product rules see in one text of one attribute, the strongest first. */
const classesOf = (attribute: string, text: string) =>
  knowledge()
    .patterns.filter(({ attributes, pattern }) => attributes.includes(attribute) && pattern.test(text))
    .flatMap(({ claims }) => claims.filter(({ field, weight }) => field === "class" && weight >= 40))
    .sort((a, b) => b.weight - a.weight)
    .map(({ value }) => value);

describe("what a device says in a free text", () => {
  test.each([
    ["BD Alaris 8015 PC Unit", "infusion-pump"],
    ["Alaris CC Plus Guardrails", "syringe-pump"],
    ["B. Braun Perfusor Space", "syringe-pump"],
    ["Philips IntelliVue MX450", "patient-monitor"],
    ["Philips IntelliVue Information Center iX", "central-station"],
    ["GE Healthcare CARESCAPE B850", "patient-monitor"],
    ["Drager Evita V500", "ventilator"],
    ["HAMILTON-C1", "ventilator"],
    ["Fabius Tiro", "anaesthesia"],
    ["LIFEPAK 20e", "defibrillator"],
    ["Prismaflex 8.2", "dialysis"],
    ["SOMATOM Definition Flash", "imaging"],
    ["Voluson E8", "ultrasound"],
    ["MAC VU360", "ecg"],
    ["BD Pyxis ES", "medication-cabinet"],
    ["Responder 5000", "nurse-call"],
  ])("%s is of class %s", (text, expected) => expect(classesOf("snmp.sysdescr", text)[0]).toBe(expected));

  test.each([
    "Zeus/4.3",
    "innovaphone IP222",
    "Signature Server 2.1",
    "Rowan Systems DC-01",
    "Linux primus-gw 5.4.0 Primus router",
    "GLC-3 Mirror",
    "HP LaserJet M402 Series",
    "Zyxel XS1930-10",
    "Cisco IOS Software, C2960 Software",
    "MyLab-PC workstation",
    "Neuron ESB 4.2",
    "Apache Atlas 2.1",
  ])("%s is no medical device", (text) => {
    for (const attribute of ["snmp.sysdescr", "http.server", "http.www_authenticate.realm"])
      expect(classesOf(attribute, text).filter(isMedical), attribute).toEqual([]);
  });
});

describe("a host name", () => {
  test.each([
    "zeus",
    "carina",
    "primus",
    "evita",
    "evita01",
    "savina12",
    "perseus01",
    "savina-pc",
    "rowan",
    "dc-01",
    "mac2000",
    "neuron",
    "epoc",
    "mylab",
    "orion",
    "vantage",
  ])("%s alone is no medical device", (name) =>
    expect(classesOf("dhcp.option.hostname", name).filter(isMedical)).toEqual([]),
  );
  test.each([
    ["EVITA-V800-3", "ventilator"],
    ["PERFUSOR-12", "syringe-pump"],
    ["PYXIS-ED-1", "medication-cabinet"],
    ["SOMATOM-CT1", "imaging"],
  ])("%s says %s, less surely than a text", (name, expected) => {
    const found = knowledge().patterns.filter(
      ({ attributes, pattern }) => attributes.includes("dhcp.option.hostname") && pattern.test(name),
    );
    const claims = found.flatMap((pattern) => pattern.claims).filter(({ field }) => field === "class");
    expect(claims.map(({ value }) => value)).toContain(expected);
    expect(Math.max(...claims.map(({ weight }) => weight))).toBeLessThan(80);
  });
});

test("a kind of equipment is told by its standard name, a part of a monitor isn't", () => {
  expect(classesOf("hl7.obx.3", "MDC_DEV_PUMP_INFUS_LVP_MDS")).toEqual(["infusion-pump"]);
  expect(classesOf("hl7.obx.3", "MDC_DEV_MON_PHYSIO_MULTI_PARAM_MDS")).toEqual(["patient-monitor"]);
  expect(classesOf("hl7.obx.3", "MDC_DEV_ECG_VMD")).toEqual([]);
});
test("a set of attributes that nobody defined is an error, not a silent nothing", () =>
  expect(() => expandAttributes(["@nothing"])).toThrow("@nothing"));
test("a port suggests weakly, for its side of the conversation", () => {
  expect(portEntries("tcp", 3613, "client")[0]!.claims.every(({ weight }) => weight <= MAX_PORT_WEIGHT)).toBe(true);
  expect(portEntries("udp", 104, "server")).toEqual([]);
});
