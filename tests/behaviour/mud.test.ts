/** MUD files: valid by RFC 8520, saying what was learnt and no more, or not written at all. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type MudInput, mudFile } from "../../agent/behaviour/mud.ts";
import { mudSchema } from "../../agent/behaviour/mud-schema.ts";
import { Profile, type ServiceHabit } from "../../agent/behaviour/profile.ts";
import { ANY_PEER, ANY_PORT, DYNAMIC_PORTS } from "../../agent/behaviour/use.ts";
import { addMudCommand } from "../../agent/commands/mud.ts";
import { CommandError } from "../../agent/commands/output.ts";
import type { Device } from "../../agent/identify/device.ts";
import { habitChanges } from "../../agent/ledger/habits.ts";
import { type Ledger, openLedger } from "../../agent/ledger/ledger.ts";
import { deviceChanges } from "../../agent/ledger/presenter.ts";
import { device } from "../findings/given.ts";
import { contact, DAY, pump, START, Ward } from "./support.ts";
import { yangComplaints } from "./yang.ts";

const service = (more: Partial<ServiceHabit> = {}): ServiceHabit => ({
  side: "client",
  transport: "tcp",
  port: 2575,
  protocol: "hl7",
  peers: [{ place: "inside", peer: "dev-engine", address: null }],
  ...more,
});
const written = (services: ServiceHabit[], more: Partial<MudInput> = {}) =>
  mudFile({
    key: "model Hospira / Plum A+",
    maker: "Hospira",
    model: "Plum A+",
    class: "infusion pump",
    services,
    addressesOf: (id) => (id === "dev-engine" ? ["10.0.0.2", "2001:db8::2"] : []),
    usesIpv6: false,
    url: "https://mud.example/plum.json",
    at: "2026-05-01T12:00:00Z",
    isSupported: true,
    partners: "addresses",
    ...more,
  });
const entries = (file: ReturnType<typeof written>, ending: string) =>
  file["ietf-access-control-list:acls"].acl
    .filter(({ name }) => name.endsWith(ending))
    .flatMap(({ aces }) => aces.ace.map(({ matches }) => matches));

describe("a service that is asked for", () => {
  const file = written([service()]);

  test("lets the device begin connections to its partner's port, and the answers in", () => {
    expect(entries(file, "v4fr")).toEqual([
      {
        ipv4: { protocol: 6, "destination-ipv4-network": "10.0.0.2/32" },
        tcp: { "ietf-mud:direction-initiated": "from-device", "destination-port": { operator: "eq", port: 2575 } },
      },
    ]);
    expect(entries(file, "v4to")).toEqual([
      {
        ipv4: { protocol: 6, "source-ipv4-network": "10.0.0.2/32" },
        tcp: { "ietf-mud:direction-initiated": "from-device", "source-port": { operator: "eq", port: 2575 } },
      },
    ]);
  });

  test("is allowed over IPv6 too where the partner has such an address", () => {
    expect(entries(file, "v6fr")).toMatchObject([{ ipv6: { "destination-ipv6-network": "2001:db8::2/128" } }]);
  });

  test("is described with maker and model, and complete by the models", () => {
    expect(file["ietf-mud:mud"]).toMatchObject({
      "mfg-name": "Hospira",
      "model-name": "Plum A+",
      "is-supported": true,
    });
    expect(yangComplaints(file)).toEqual([]);
  });
});

test("a partner's invented address keeps nobody from the file", () => {
  const file = written([service()], { addressesOf: () => ["::ffff:10.0.0.9", "10.0.0.2"] });
  expect(yangComplaints(file)).toEqual([]);
  expect(JSON.stringify(file)).not.toContain("ffff");
  expect(entries(file, "v4fr")).toHaveLength(1);
});

test.each([0, 1])("a long name is cut between characters, not within one (%i)", (shift) => {
  const info = written([service()], { model: `${"x".repeat(shift)}${"\u{1d7d9}".repeat(80)}` })["ietf-mud:mud"]
    .systeminfo;
  expect(info?.length).toBeGreaterThan(50);
  expect(Buffer.from(info ?? "", "utf8").toString("utf8")).toBe(info);
});

test("a service that is offered may be begun from outside the device only", () => {
  const file = written([service({ side: "server", port: 443 })]);
  expect(entries(file, "v4to")).toEqual([
    {
      ipv4: { protocol: 6, "source-ipv4-network": "10.0.0.2/32" },
      tcp: { "ietf-mud:direction-initiated": "to-device", "destination-port": { operator: "eq", port: 443 } },
    },
  ]);
  expect(entries(file, "v4fr")).toMatchObject([{ tcp: { "source-port": { operator: "eq", port: 443 } } }]);
});

test("where nobody knows who serves, either end may have the port, and who begins is not said", () => {
  const from = entries(written([service({ side: "unknown", transport: "udp", port: 24_105 })]), "v4fr");
  expect(from.map(({ udp }) => Object.keys(udp ?? {}))).toEqual([["destination-port"], ["source-port"]]);
});

test.each([
  [
    "ports given out at random are a range",
    service({ port: DYNAMIC_PORTS }),
    { tcp: { "destination-port": { "lower-port": 32_768, "upper-port": 65_535 } } },
  ],
  [
    "an outside network stands as it is",
    service({ peers: [{ place: "outside", peer: "203.0.113.0/24", address: null }] }),
    { ipv4: { "destination-ipv4-network": "203.0.113.0/24" } },
  ],
  [
    "too many partners inside are local networks",
    service({ peers: [{ place: "inside", peer: ANY_PEER.inside, address: null }] }),
    { "ietf-mud:mud": { "local-networks": [null] } },
  ],
  [
    "a partner whose address isn't known is in local networks",
    service({ peers: [{ place: "inside", peer: "dev-gone", address: null }] }),
    { "ietf-mud:mud": { "local-networks": [null] } },
  ],
  [
    "a silent partner is known by its address",
    service({ peers: [{ place: "inside", peer: "10.0.0.9", address: null }] }),
    { ipv4: { "destination-ipv4-network": "10.0.0.9/32" } },
  ],
])("%s", (_what, habit, expected) => {
  expect(entries(written([habit]), "v4fr")).toMatchObject([expected]);
});

test("a group is spoken to and heard on the service's port", () => {
  const file = written([
    service({ transport: "udp", port: 5353, peers: [{ place: "group", peer: "224.0.0.251", address: null }] }),
  ]);
  const expected = [
    {
      ipv4: { protocol: 17, "destination-ipv4-network": "224.0.0.251/32" },
      udp: { "destination-port": { operator: "eq", port: 5353 } },
    },
  ];
  expect([entries(file, "v4fr"), entries(file, "v4to")]).toEqual([expected, expected]);
});

test("MUD's own classes name no address inside, and standard servers by their standard names", () => {
  const text = JSON.stringify(
    written([service(), service({ transport: "udp", port: 53 }), service({ transport: "udp", port: 123 })], {
      partners: "classes",
    }),
  );
  expect(text).not.toContain("10.0.0");
  for (const word of ["local-networks", "urn:ietf:params:mud:dns", "urn:ietf:params:mud:ntp"])
    expect(text).toContain(word);
});

const anyService: fc.Arbitrary<ServiceHabit> = fc.record({
  side: fc.constantFrom("client" as const, "server" as const, "unknown" as const),
  transport: fc.constantFrom("tcp" as const, "udp" as const),
  port: fc.oneof(fc.constant(ANY_PORT), fc.integer({ min: 0, max: DYNAMIC_PORTS })),
  protocol: fc.constant(null),
  peers: fc.array(
    fc.oneof(
      fc
        .constantFrom("dev-engine", "dev-gone", "10.0.0.9", "fd00::9", ANY_PEER.inside)
        .map((peer) => ({ place: "inside" as const, peer, address: null })),
      fc
        .constantFrom("203.0.113.0/24", "2001:db8::/48", ANY_PEER.outside)
        .map((peer) => ({ place: "outside" as const, peer, address: null })),
      fc
        .constantFrom("224.0.0.251", "ff02::fb", "255.255.255.255", ANY_PEER.group)
        .map((peer) => ({ place: "group" as const, peer, address: null })),
    ),
    { maxLength: 5 },
  ),
});

test("whatever was learnt, the file is valid by the models, and the same every time", () => {
  fc.assert(
    fc.property(
      fc.array(anyService, { maxLength: 12 }),
      fc.boolean(),
      fc.constantFrom("addresses" as const, "classes" as const),
      fc.string({ minLength: 1 }),
      (services, usesIpv6, partners, model) => {
        const learnt = new Profile(services).services();
        const more = { usesIpv6, partners, ...(model.trim() === "" ? {} : { model: `M${model}` }) };
        const file = JSON.parse(JSON.stringify(written(learnt, more)));
        expect(yangComplaints(file)).toEqual([]);
        expect(JSON.stringify(written(learnt, more))).toBe(JSON.stringify(file));
      },
    ),
    { numRuns: 300 },
  );
});

// biome-ignore lint/suspicious/noExplicitAny: what it is spoilt with is meant to be of the wrong type.
type Spoilt = Record<string, any>;

test.each([
  ["a version that isn't 1", (file: Spoilt) => (file["ietf-mud:mud"]["mud-version"] = 2)],
  ["a missing mandatory leaf", (file: Spoilt) => delete file["ietf-mud:mud"]["is-supported"]],
  ["a policy's list that isn't there", (file: Spoilt) => (file["ietf-access-control-list:acls"].acl = [])],
  ["an address that isn't served securely", (file: Spoilt) => (file["ietf-mud:mud"]["mud-url"] = "http://x/y")],
  ["a leaf of no model", (file: Spoilt) => (file["ietf-mud:mud"].colour = "blue")],
])("%s is noticed before a file is written", (_what, spoil) => {
  const file = structuredClone(written([service()]));
  expect(mudSchema.safeParse(file).success).toBe(true);
  spoil(file);
  expect(mudSchema.safeParse(file).success).toBe(false);
});

describe("wardtap mud", () => {
  let folder = "";
  let path = "";
  let ledger: Ledger;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "wardtap-mud-"));
    path = join(folder, "ledger.db");
    ledger = openLedger(path, { clock: () => START });
  });
  afterEach(() => {
    ledger.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const hold = (ward: Ward, ...devices: Device[]) => {
    for (const one of devices) ledger.write(deviceChanges(one, ledger));
    ledger.write(habitChanges(ward.habits.unkept(), "2026-01-01T00:00:00.000000Z"));
  };
  const mud = async (...words: string[]): Promise<string> => {
    const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
    addMudCommand(program);
    const out = join(folder, "out.json");
    await program.parseAsync(["node", "wardtap", "mud", ...words, "--ledger", path, "-o", out]);
    return readFileSync(out, "utf8");
  };
  const first = pump("dev-a", { names: ["ICU-PUMP-04"], ips: ["10.0.0.1"] });
  const second = pump("dev-b", { ips: ["10.0.0.7"] });
  const engine = device({ id: "dev-engine", class: "server", ips: ["10.0.0.2"] });
  const learnt = () =>
    new Ward()
      .add(first)
      .add(second)
      .talk(contact("dev-a"), contact("dev-b", { port: 53, transport: "udp" }))
      .learn(START + 8 * DAY);

  test("writes the pooled profile for a device or its model, whole or not at all", async () => {
    hold(learnt(), first, second, engine);
    const byDevice = JSON.parse(await mud("ICU-PUMP-04"));
    expect(yangComplaints(byDevice)).toEqual([]);
    const ports = JSON.stringify(byDevice).match(/"port":\d+/g);
    expect(new Set(ports)).toEqual(new Set(['"port":2575', '"port":53']));
    for (const model of ["Plum A+", "hospira plum a+"])
      expect(JSON.parse(await mud("--model", model))["ietf-access-control-list:acls"]).toEqual(
        byDevice["ietf-access-control-list:acls"],
      );
    expect(readdirSync(folder).filter((name) => name.includes(".new"))).toEqual([]);
  });

  test("allows nothing that was found unusual", async () => {
    const ward = learnt().talk(contact("dev-a", { port: 4444, firstAt: START + 9 * DAY }));
    hold(ward.learn(START + 9 * DAY), first, second, engine);
    expect(await mud("ICU-PUMP-04")).not.toContain("4444");
  });

  test("puts the address where the file will be served", async () => {
    hold(learnt(), first, engine);
    const file = JSON.parse(await mud("dev-a", "--mud-url", "https://mud.trust.example/plum"));
    expect(file["ietf-mud:mud"]["mud-url"]).toBe("https://mud.trust.example/plum");
    await expect(mud("dev-a", "--mud-url", "http://mud.trust.example/plum")).rejects.toThrow(/mud-url/);
  });

  test.each([
    ["a device that isn't there", ["dev-z"], /No device/],
    ["a device that is no medical one", ["dev-engine"], /only medical devices/],
    ["a model that isn't there", ["--model", "Plum 9"], /Nothing was learnt of a model Plum 9.*Hospira Plum A\+/],
    ["neither", [], /one device, or --model/],
    ["both", ["dev-a", "--model", "Plum A+"], /one device, or --model/],
  ])("refuses %s with a sentence", async (_what, words, sentence) => {
    hold(learnt(), first, second, engine);
    const refused = mud(...words);
    await expect(refused).rejects.toThrow(sentence);
    await expect(refused).rejects.toBeInstanceOf(CommandError);
  });

  test("refuses while the model is learnt, unless asked to be early", async () => {
    const now = Date.now() * 1000;
    const ward = new Ward().add({ ...first, lastSeenAt: now }, now - DAY);
    ward.talk(contact("dev-a", { firstAt: now - DAY }));
    hold(ward.learn(now), first, engine);
    await expect(mud("dev-a")).rejects.toThrow(/Too little was learnt of Hospira Plum A\+: it is learnt until/);
    expect(yangComplaints(JSON.parse(await mud("dev-a", "--early")))).toEqual([]);
  });

  test("refuses what has never talked to anybody", async () => {
    hold(new Ward().add(first).learn(START + 8 * DAY), first);
    await expect(mud("dev-a")).rejects.toThrow(/has not talked to anybody/);
  });

  test("shows no control character that a device put into its name", async () => {
    const nasty = pump("dev-a", { model: "Plum\u001b[31m\r\nA" });
    hold(
      new Ward()
        .add(nasty)
        .talk(contact("dev-a"))
        .learn(START + 8 * DAY),
      nasty,
      engine,
    );
    const text = await mud("dev-a");
    expect(text).not.toContain("\\u001b");
    expect(yangComplaints(JSON.parse(text))).toEqual([]);
  });
});
