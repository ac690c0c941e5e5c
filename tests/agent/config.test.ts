/** The configuration file: every mistake becomes a sentence that names the file and the setting. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ConfigError, configDigest, defaultConfig } from "../../agent/config.ts";
import { parseConfig, readConfig } from "../../agent/config-file.ts";
import { repositoryRoot } from "../support/built.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "wardtap-config-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const problem = (text: string): string => {
  try {
    parseConfig(text, "wardtap.toml");
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "";
};

test("an empty file means the defaults", () => {
  expect(parseConfig("", "x")).toEqual(defaultConfig());
});

test("the file that is installed is one that works", () => {
  const installed = readFileSync(join(repositoryRoot(), "systemd/wardtap.toml"), "utf8");
  const config = parseConfig(installed.replace("@INTERFACE@", "eth1").replaceAll(/@\w+@/g, "ward-7"), "wardtap.toml");
  expect(config).toMatchObject({ tap: { id: "ward-7" }, capture: { interfaces: ["eth1"] } });
});

test("what the installed file shows in comments works when it is set", () => {
  const installed = readFileSync(join(repositoryRoot(), "systemd/wardtap.toml"), "utf8").replaceAll(/@\w+@/g, "ward7");
  const config = parseConfig(installed.replaceAll(/^# (?=\w+ = )/gm, ""), "wardtap.toml");
  expect(config.networks).toMatchObject({
    purposes: [
      { vlan: 30, purpose: "guest" },
      { prefix: "10.9.0.0/16", purpose: "office" },
    ],
    routers: ["10.0.0.1", "fe80::1", "00:00:0c:00:00:01"],
  });
  expect(config.findings.knownScanners).toContain("nessus.example");
});

test("what is set is what is used", () => {
  const config = parseConfig(
    '[tap]\nid = "w7"\nname = "Ward 7"\n[capture]\ninterfaces = ["eth1"]\nsource = "tcpdump"\n[networks]\ninside = ["10.0.0.0/8", "fd00::/8"]\n[lights.pins]\nhealth = 5\n',
    "x",
  );
  expect(config).toMatchObject({
    tap: { id: "w7", name: "Ward 7" },
    capture: { interfaces: ["eth1"], source: "tcpdump" },
    networks: { inside: ["10.0.0.0/8", "fd00::/8"] },
    lights: { pins: { health: 5 } },
  });
});

describe("what can't be used is named", () => {
  test.each<[string, string, RegExp]>([
    ["a purpose without a network", '[networks]\npurposes = [{ purpose = "guest" }]', /purposes\.0: .*vlan.*prefix/],
    [
      "a purpose for no prefix",
      '[networks]\npurposes = [{ prefix = "10.0.0.0/99", purpose = "guest" }]',
      /purposes\.0.*prefix/,
    ],
    ["a DHCP server that is no address", '[networks]\ndhcpServers = ["srv"]', /dhcpServers\.0: .*IP address/],
    ["a scan threshold below what is counted", "[findings]\nscanHosts = 3", /findings\.scanHosts: .*10/],
    ["TOML that isn't", "[tap\nname = 1", /wardtap\.toml is not valid TOML/],
    ["an unknown setting", '[tap]\nnmae = "x"', /tap: .*nmae/],
    ["an unknown section", "[tpa]\n", /top level: .*tpa/],
    ["a wrong type", '[capture]\nbufferMb = "big"', /capture\.bufferMb: .*number/],
    ["a number out of bounds", "[capture]\nbufferMb = 0", /capture\.bufferMb: .*1/],
    ["a word that is none of the choices", '[capture]\nsource = "magic"', /capture\.source: .*"cap"/],
    [
      "an interface name that is a path",
      '[capture]\ninterfaces = ["../../etc"]',
      /capture\.interfaces\.0: an interface name/,
    ],
    [
      "too many interfaces",
      `[capture]\ninterfaces = [${Array.from({ length: 9 }, (_, i) => `"e${i}"`).join(",")}]`,
      /capture\.interfaces: .*8/,
    ],
    ["a prefix that is none", '[networks]\ninside = ["10.0.0.0/33"]', /networks\.inside: .*10\.0\.0\.0\/33/],
    ["an id with spaces", '[tap]\nid = "ward 7"', /tap\.id: letters, digits/],
    ["a pin that isn't there", "[lights.pins]\nhealth = 99", /lights\.pins\.health: .*27/],
    ["a name too long", `[tap]\nname = "${"x".repeat(200)}"`, /tap\.name: .*120/],
  ])("%s", (_what, text, expected) => {
    expect(problem(text)).toMatch(expected);
    expect(problem(text)).not.toMatch(/ZodError|undefined|\[object/);
  });

  test("each mistake of several is told, one a line", () => {
    expect(problem('[tap]\nid = ""\n[capture]\nbufferMb = -1\n').split("\n")).toHaveLength(3);
  });

  test("a missing file and a folder", () => {
    expect(() => readConfig(join(folder, "no.toml"))).toThrow(/There is no configuration file .*no\.toml/);
    expect(() => readConfig(folder)).toThrow(/can't be read/);
  });

  test("a file of bytes that are no text", () => {
    const path = join(folder, "bytes.toml");
    writeFileSync(path, Buffer.from([0xff, 0xfe, 0, 1, 2]));
    expect(() => readConfig(path)).toThrow(ConfigError);
  });
});

test("any text is either a configuration or a ConfigError", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.constantFrom(
          "[tap]\n__proto__ = 1",
          "constructor = 1",
          "a.b.c.d = []",
          "[[capture]]",
          "[capture]\ninterfaces = [[]]",
        ),
      ),
      (text) => {
        problem(text);
      },
    ),
    { numRuns: 500, seed: 1 },
  );
});

test("the digest changes with what judgement depends on, and with nothing else", () => {
  const digest = (text: string) => configDigest(parseConfig(text, "x"));
  expect(digest('[tap]\nname = "Other"')).toBe(digest(""));
  expect(digest('[networks]\ninside = ["192.0.2.0/24"]')).not.toBe(digest(""));
});
