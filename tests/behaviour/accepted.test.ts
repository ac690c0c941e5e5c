/** Accepted MUD files: what they allow is usual from the first minute, what they don't is told, learnt or not. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Accepted } from "../../agent/behaviour/accepted.ts";
import { Habits } from "../../agent/behaviour/habits.ts";
import { type MudInput, mudFile } from "../../agent/behaviour/mud.ts";
import type { MudFile } from "../../agent/behaviour/mud-schema.ts";
import { Profile } from "../../agent/behaviour/profile.ts";
import { useOf } from "../../agent/behaviour/use.ts";
import type { Contact } from "../../agent/identify/contacts.ts";
import { readMudFolder } from "../../agent/mud-folder.ts";
import { contact, DAY, LEARN, pump, START, Ward } from "./support.ts";

const A = "dev-a";
const usual = contact(A);

/** The file that is learnt from these contacts. */
function learnt(contacts: Contact[], more: Partial<MudInput> = {}): MudFile {
  const profile = new Profile();
  for (const one of contacts) profile.learn(useOf(one, () => undefined)!);
  return mudFile({
    key: "k",
    maker: "Hospira",
    model: "Plum A+",
    class: "infusion pump",
    services: profile.services(),
    addressesOf: () => [],
    usesIpv6: false,
    url: "https://mud.example/plum.json",
    at: "2026-05-01T12:00:00Z",
    isSupported: true,
    partners: "addresses",
    ...more,
  });
}
const ward = (file: MudFile) => {
  const accepted = Accepted.of(file);
  if (accepted === null) throw new Error("no maker and model");
  return new Ward({}, [accepted]).add(pump(A));
};
const unusual = (file: MudFile, ...contacts: Contact[]) =>
  ward(file)
    .talk(...contacts)
    .learn(START + DAY)
    .unusual(A);

describe("against the file that was learnt from it", () => {
  const variety = [
    usual,
    contact(A, { side: "server", port: 443, address: "10.0.0.5" }),
    contact(A, { side: "unknown", port: 24_105, transport: "udp" }),
    contact(A, { port: 51_000, address: "10.0.0.8" }),
    contact(A, { kind: "outside", peerId: null, address: "203.0.113.9", port: 443 }),
    contact(A, { kind: "group", peerId: null, address: "224.0.0.251", port: 5353, transport: "udp" }),
  ];

  test.each(["addresses", "classes"] as const)("nothing that was learnt is unusual (partners by %s)", (partners) => {
    expect(unusual(learnt(variety, { partners }), ...variety)).toEqual([]);
  });

  test("what wasn't learnt is, in the first minute too", () => {
    const file = learnt(variety);
    expect(unusual(file, contact(A, { port: 22 }))).toEqual(["service: client 22 dev-engine"]);
    expect(unusual(file, contact(A, { address: "10.0.0.99", peerId: "dev-x" }))).toEqual(["peer: client 2575 dev-x"]);
    expect(unusual(file, contact(A, { side: "server", port: 2575 }))).toEqual(["service: server 2575 dev-engine"]);
    expect(unusual(file, contact(A, { kind: "outside", peerId: null, address: "198.51.100.1", port: 443 }))).toEqual([
      "peer: client 443 198.51.100.0/24",
    ]);
  });
});

test("a file holds for its model only, however its name is spelt", () => {
  const file = learnt([usual]);
  file["ietf-mud:mud"]["model-name"] = "PLUM a+";
  const both = ward(file).add(pump("dev-b", { model: "Plum 360" }));
  both.talk(contact(A, { port: 22 }), contact("dev-b", { port: 22 })).learn(START + DAY);
  expect([both.unusual(A).length, both.unusual("dev-b").length]).toEqual([1, 0]);
  expect([both.habits.isFenced(A), both.habits.isFenced("dev-b")]).toEqual([true, false]);
});

test("what a file allows since it was accepted is no longer held against the device", () => {
  const odd = contact(A, { port: 22, firstAt: START + 8 * DAY });
  const before = new Ward()
    .add(pump(A))
    .talk(usual, odd)
    .learn(START + 8 * DAY);
  const { devices, profiles, wardSince } = before.habits.unkept();
  expect(before.unusual(A)).toHaveLength(1);
  const after = new Ward({ devices, profiles, wardSince }, [Accepted.of(learnt([usual, odd]))!]).add(pump(A));
  expect(
    after
      .talk(usual, odd)
      .learn(START + 9 * DAY)
      .unusual(A),
  ).toEqual([]);
});

test("a model with an accepted file goes on being learnt", () => {
  const one = ward(learnt([usual]))
    .talk(usual)
    .learn(START + DAY);
  expect(one.habits.unkept().profiles[0]?.profile.services()).toHaveLength(1);
});

test("names in DNS and MUD's classes, which a tap can't look up, are believed", () => {
  const file = learnt([contact(A, { kind: "outside", peerId: null, address: "203.0.113.9", port: 443 })]);
  for (const { aces } of file["ietf-access-control-list:acls"].acl)
    for (const { matches } of aces.ace) matches.ipv4 = { protocol: 6, "ietf-acldns:dst-dnsname": "maker.example" };
  expect(unusual(file, contact(A, { kind: "outside", peerId: null, address: "192.0.2.1", port: 443 }))).toEqual([]);
  expect(unusual(file, contact(A, { kind: "outside", peerId: null, address: "192.0.2.1", port: 80 }))).toHaveLength(1);
});

test("a file that doesn't say whose it is can't be held against anybody", () => {
  expect(Accepted.of(learnt([usual], { maker: null }))).toBeNull();
  expect(new Habits(LEARN).isFenced(A)).toBe(false);
});

describe("the folder", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "wardtap-muds-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const put = (name: string, text: string) => writeFileSync(join(folder, name), text);

  test("gives every file it can use, and names the others with the reason", () => {
    const file = learnt([usual]);
    put("a.json", JSON.stringify(file));
    put("b.json", "{");
    put("c.json", "[".repeat(100_000));
    put("d.json", JSON.stringify({ ...file, extra: 1 }));
    put("e.json", JSON.stringify(learnt([usual], { model: null })));
    put("f.json", "x".repeat(1024 * 1024 + 1));
    put("notes.txt", "no MUD file");
    mkdirSync(join(folder, "g.json"));
    const { accepted, problems } = readMudFolder(folder);
    expect(accepted.map(({ model }) => model)).toEqual(["Plum A+"]);
    expect(problems.map((problem) => /MUD file (\w)\.json can't be used: (.+)\.$/.exec(problem)?.slice(1))).toEqual([
      ["b", "it is no JSON"],
      ["c", "it is no JSON"],
      ["d", expect.stringContaining("extra")],
      ["e", expect.stringContaining("model-name")],
      ["f", expect.stringContaining("larger than")],
      ["g", "it can't be read"],
    ]);
  });

  test("that isn't there is a problem, none is none", () => {
    expect(readMudFolder(join(folder, "x")).problems).toEqual([expect.stringContaining("ENOENT")]);
    expect(readMudFolder(undefined)).toEqual({ accepted: [], problems: [] });
  });
});
