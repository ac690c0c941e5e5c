/** Habits: what is learnt, until when, together with whom, and what is unusual by it. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEVIATION_KEPT_MICROS, profileKey } from "../../agent/behaviour/habit.ts";
import { Habits } from "../../agent/behaviour/habits.ts";
import { Profile } from "../../agent/behaviour/profile.ts";
import type { Contact } from "../../agent/identify/contacts.ts";
import { contact, DAY, HOUR, LEARN, pump, START, Ward } from "./support.ts";

const A = "dev-a";
const B = "dev-b";
const LATER = START + 8 * DAY;

describe("a device", () => {
  test("that goes on as before does nothing unusual", () => {
    const ward = new Ward().add(pump(A)).talk(contact(A));
    ward.learn(START).learn(LATER);
    expect(ward.unusual(A)).toEqual([]);
  });

  test("may do anything for the first time while it is learnt", () => {
    const ward = new Ward().add(pump(A)).talk(contact(A, { port: 4444, firstAt: START + LEARN - 1 }));
    expect(ward.learn(LATER).unusual(A)).toEqual([]);
  });

  test("that asks somebody new over a usual service has a new partner", () => {
    const ward = new Ward().add(pump(A)).talk(contact(A), contact(A, { peerId: "dev-x", firstAt: LATER }));
    expect(ward.learn(LATER).unusual(A)).toEqual(["peer: client 2575 dev-x"]);
  });

  test("that asks a usual partner for something else has a new service", () => {
    const ward = new Ward().add(pump(A)).talk(contact(A), contact(A, { port: 22, firstAt: LATER }));
    expect(ward.learn(LATER).unusual(A)).toEqual(["service: client 22 dev-engine"]);
  });

  test("that asks somebody new for something new has both", () => {
    const ward = new Ward().add(pump(A)).talk(contact(A), contact(A, { port: 22, peerId: "dev-x", firstAt: LATER }));
    expect(ward.learn(LATER).unusual(A)).toEqual(["peer+service: client 22 dev-x"]);
  });

  test("that begins to answer on the port it asks on has a new service", () => {
    const ward = new Ward().add(pump(A)).talk(contact(A), contact(A, { side: "server", firstAt: LATER }));
    expect(ward.learn(LATER).unusual(A)).toEqual(["service: server 2575 dev-engine"]);
  });

  test("does nothing unusual as long as nobody knows who serves", () => {
    const ward = new Ward().add(pump(A)).talk(contact(A), contact(A, { side: "unknown", port: 99, firstAt: LATER }));
    expect(ward.learn(LATER).unusual(A)).toEqual([]);
  });

  test("heard without knowing who serves may turn out to be either", () => {
    const ward = new Ward().add(pump(A)).talk(contact(A, { side: "unknown" }), contact(A, { firstAt: LATER }));
    expect(ward.learn(LATER).unusual(A)).toEqual([]);
  });

  test("may speak to groups that it never spoke to", () => {
    const group = contact(A, { kind: "group", peerId: null, address: "224.0.0.251", port: 5353, firstAt: LATER });
    expect(new Ward().add(pump(A)).talk(contact(A), group).learn(LATER).unusual(A)).toEqual([]);
  });

  test("may meet another address of an outside network it knows, and no other network", () => {
    const outside = (address: string, firstAt = START) =>
      contact(A, { kind: "outside", peerId: null, address, port: 443, firstAt });
    const ward = new Ward().add(pump(A)).talk(outside("203.0.113.5"));
    ward.talk(outside("203.0.113.77", LATER), outside("198.51.100.9", LATER));
    expect(ward.learn(LATER).unusual(A)).toEqual(["peer: client 443 198.51.100.0/24"]);
  });

  test("may meet any other time server outside once it asked one", () => {
    const time = (address: string, firstAt = START) =>
      contact(A, { transport: "udp", port: 123, protocol: "ntp", kind: "outside", peerId: null, address, firstAt });
    const ward = new Ward().add(pump(A)).talk(time("203.0.113.5"), time("198.51.100.9", LATER));
    expect(ward.learn(LATER).unusual(A)).toEqual([]);
  });

  test("may use any port given out at random once it used one", () => {
    const ward = new Ward()
      .add(pump(A))
      .talk(contact(A, { port: 50_123 }), contact(A, { port: 61_000, firstAt: LATER }));
    expect(ward.learn(LATER).unusual(A)).toEqual([]);
  });

  test("knows a partner by its address from before it was known as a device, and the other way round", () => {
    const silent = contact(A, { peerId: null, address: "10.0.0.9" });
    const known = contact(A, { peerId: "dev-nine", address: "10.0.0.9", firstAt: LATER });
    expect(new Ward().add(pump(A)).talk(silent, known).learn(LATER).unusual(A)).toEqual([]);
    const nine = pump("dev-nine", { model: "Other", ips: ["10.0.0.9"] });
    const ward = new Ward()
      .add(pump(A))
      .add(nine)
      .talk({ ...known, firstAt: START }, { ...silent, firstAt: LATER });
    expect(ward.learn(LATER).unusual(A)).toEqual([]);
  });

  test("knows a partner by its address when it is taken for another device after all", () => {
    const met = contact(A, { peerId: "dev-behind-router", address: "10.9.0.9" });
    const again = contact(A, { peerId: "dev-on-link", address: "10.9.0.9", firstAt: LATER });
    expect(new Ward().add(pump(A)).talk(met, again).learn(LATER).unusual(A)).toEqual([]);
  });

  test("that is no medical one has no habits", () => {
    const ward = new Ward().add(pump(A, { class: "workstation", medical: false })).talk(contact(A));
    expect(ward.learn(LATER).habits.of(A)).toBeUndefined();
  });

  test("that wasn't seen doing it again for long is forgiven, and told of anew when it does", () => {
    const odd = contact(A, { port: 22, firstAt: LATER });
    const ward = new Ward().add(pump(A)).talk(contact(A), odd).learn(LATER);
    ward.learn(LATER + DEVIATION_KEPT_MICROS + 1);
    expect(ward.unusual(A)).toEqual([]);
    ward.talk({ ...odd, firstAt: LATER + 2 * DEVIATION_KEPT_MICROS, lastAt: LATER + 2 * DEVIATION_KEPT_MICROS });
    expect(ward.learn(LATER + 2 * DEVIATION_KEPT_MICROS).unusual(A)).toHaveLength(1);
  });
});

describe("devices of one model", () => {
  test("make one profile of what each of them does", () => {
    const ward = new Ward()
      .add(pump(A))
      .add(pump(B))
      .talk(contact(A), contact(B, { port: 22 }))
      .learn(LATER);
    const { profiles } = ward.habits.unkept();
    expect(profiles.map(({ key, profile }) => [key, profile.services().map(({ port }) => port)])).toEqual([
      ["model Hospira / Plum A+", [22, 2575]],
    ]);
  });

  test("may each do what another of them was learnt to do", () => {
    const ward = new Ward()
      .add(pump(A))
      .add(pump(B))
      .talk(contact(A), contact(B, { firstAt: LATER }));
    expect(ward.learn(LATER).unusual(B)).toEqual([]);
  });

  test("that come later start from what the model does, and learn nothing of their own", () => {
    const ward = new Ward().add(pump(A)).add(pump(B), LATER).talk(contact(A));
    ward.talk(contact(B, { firstAt: LATER }), contact(B, { port: 22, firstAt: LATER + HOUR }));
    expect(ward.learn(LATER + DAY).unusual(B)).toEqual(["service: client 22 dev-engine"]);
  });

  test("that come while the model is learnt learn for their whole time", () => {
    const ward = new Ward()
      .add(pump(A))
      .add(pump(B), START + 6 * DAY)
      .talk(contact(A));
    ward.talk(contact(B, { port: 22, firstAt: START + 12 * DAY }), contact(B, { port: 23, firstAt: START + 14 * DAY }));
    expect(ward.learn(START + 15 * DAY).unusual(B)).toEqual(["service: client 23 dev-engine"]);
  });

  test("whose model isn't known learn for themselves", () => {
    const [first, second] = [pump(A, { model: null }), pump(B, { model: null })];
    expect(profileKey(first)).not.toBe(profileKey(second));
    const ward = new Ward()
      .add(first)
      .add(second)
      .talk(contact(A), contact(B), contact(B, { port: 22, firstAt: START }));
    ward.talk(contact(A, { port: 22, firstAt: LATER }));
    expect(ward.learn(LATER).unusual(A)).toEqual(["service: client 22 dev-engine"]);
  });
});

describe("nothing becomes unusual by", () => {
  test("a model that becomes known after the device was learnt", () => {
    const ward = new Ward()
      .add(pump(B))
      .add(pump(A, { model: null }))
      .talk(contact(A, { port: 22 }), contact(B));
    ward.learn(LATER);
    ward.devices = [pump(A), pump(B)];
    ward.learn(LATER + DAY);
    expect([ward.unusual(A), ward.unusual(B)]).toEqual([[], []]);
    expect(ward.habits.unkept().goneProfiles).toEqual(["device dev-a"]);
  });

  test("a device that is taken for another model", () => {
    const ward = new Ward()
      .add(pump(A))
      .add(pump(B, { model: "Plum 360" }))
      .talk(contact(A, { port: 22 }), contact(B));
    ward.learn(LATER);
    ward.devices = [pump(A, { model: "Plum 360" }), pump(B, { model: "Plum 360" })];
    ward.learn(LATER + HOUR);
    ward.talk(contact(A, { port: 80, firstAt: LATER + DAY }));
    expect(ward.learn(LATER + 2 * DAY).unusual(A)).toEqual([]);
  });

  test("two devices that turn out to be one", () => {
    const ward = new Ward().add(pump(A, { model: null })).add(pump(B, { model: null }));
    ward.talk(contact(A), contact(B, { port: 22 })).learn(LATER);
    ward.devices = [pump(A, { model: null, aliases: [B] })];
    ward.contacts = [contact(A), contact(A, { port: 22, firstAt: LATER + HOUR })];
    expect(ward.learn(LATER + HOUR).unusual(A)).toEqual([]);
    expect(ward.habits.unkept().goneDevices).toEqual([B]);
  });

  test("a partner that turns out to be another device", () => {
    const ward = new Ward().add(pump(A)).talk(contact(A)).learn(LATER);
    ward.devices = [pump(A), pump("dev-merged", { class: "server", medical: false, aliases: ["dev-engine"] })];
    ward.contacts = [contact(A, { peerId: "dev-merged", address: "10.0.0.99", firstAt: LATER + HOUR })];
    expect(ward.learn(LATER + HOUR).unusual(A)).toEqual([]);
  });

  test("one client more of who serves many, or of a server of medical equipment", () => {
    const asks = (id: string, peer: number, firstAt = START) =>
      contact(id, { side: "server", port: 104, peerId: `dev-${peer}`, address: `10.0.0.${peer}`, firstAt });
    const archive = pump(B, { class: "imaging-archive", maker: "Sectra", model: "PACS" });
    const ward = new Ward().add(pump(A)).add(archive);
    for (let peer = 1; peer <= 8; peer++) ward.talk(asks(A, peer));
    ward.talk(asks(A, 50, LATER), asks(B, 1), asks(B, 51, LATER));
    expect([ward.learn(LATER).unusual(A), ward.unusual(B)]).toEqual([[], []]);
  });

  test("a clock that jumps forward while a device is learnt", () => {
    const ward = new Ward()
      .add(pump(A))
      .talk(contact(A))
      .learn(START + DAY);
    const jump = 300 * DAY;
    ward.habits.clockJumped(jump, START + DAY + jump);
    ward.talk(contact(A, { port: 22, firstAt: START + jump + 5 * DAY }));
    expect(ward.learn(START + jump + 6 * DAY).unusual(A)).toEqual([]);
    ward.talk(contact(A, { port: 23, firstAt: START + jump + 9 * DAY }));
    expect(ward.learn(START + jump + 9 * DAY).unusual(A)).toEqual(["service: client 23 dev-engine"]);
  });
});

describe("a clock that is set back", () => {
  const BACK = 3000 * DAY;

  test("doesn't make a device learn for years, nor one that was learnt forget", () => {
    const heard = { model: null, lastSeenAt: START + BACK };
    const ward = new Ward().add(pump(A, heard), START + BACK - 30 * DAY);
    ward.add(pump(B, heard), START + BACK).talk(contact(A), contact(B));
    ward.learn(START + BACK);
    ward.habits.clockJumped(-BACK, START);
    ward.talk(contact(A, { port: 22, firstAt: START + HOUR }));
    ward.talk(contact(B, { port: 22, firstAt: START + DAY }), contact(B, { port: 23, firstAt: START + 8 * DAY }));
    ward.learn(START + 9 * DAY);
    expect([ward.unusual(A), ward.unusual(B)]).toEqual([
      ["service: client 22 dev-engine"],
      ["service: client 23 dev-engine"],
    ]);
  });

  test("lets what was found meanwhile be forgiven in time", () => {
    const ward = new Ward().add(pump(A)).talk(contact(A)).learn(LATER);
    ward.talk(contact(A, { port: 22, firstAt: LATER + BACK })).learn(LATER + BACK);
    expect(ward.unusual(A)).toHaveLength(1);
    ward.habits.clockJumped(-BACK, LATER);
    ward.contacts = [contact(A)];
    expect(ward.learn(LATER + 61 * DAY).unusual(A)).toEqual([]);
  });

  test("doesn't make news of what has a time to come", () => {
    const ward = new Ward().add(pump(A), START + BACK);
    ward.talk(contact(A, { firstAt: START + BACK }));
    ward.clockSetAt = START;
    expect(ward.learn(START + HOUR).unusual(A)).toEqual([]);
    expect(ward.habits.learnsUntil(A)).toBeLessThanOrEqual(START + HOUR + LEARN);
  });
});

describe("merges", () => {
  const stranger = (peerId: string) => contact(A, { peerId, firstAt: LATER, lastAt: LATER + HOUR });

  test("leave no second copy of what was found unusual", () => {
    const ward = new Ward().add(pump(A)).talk(contact(A), stranger("dev-x")).learn(LATER);
    ward.devices = [pump(A), pump("dev-y", { medical: false, class: "server", aliases: ["dev-x"] })];
    ward.contacts = [contact(A), stranger("dev-y")];
    expect(ward.learn(LATER + HOUR).unusual(A)).toEqual(["peer: client 2575 dev-y"]);
  });

  test("are followed too when as many were undone meanwhile", () => {
    const named = (alias: string) => pump("dev-new", { medical: false, class: "server", aliases: [alias] });
    const ward = new Ward().add(pump(A)).add(named("dev-z")).talk(contact(A)).learn(LATER);
    ward.devices = [pump(A), named("dev-engine")];
    ward.contacts = [contact(A, { peerId: "dev-new", address: "10.0.0.99", firstAt: LATER + HOUR })];
    expect(ward.learn(LATER + HOUR).unusual(A)).toEqual([]);
  });
});

describe("bounds", () => {
  test("keep what a device that talks to everybody leaves behind small", () => {
    const ward = new Ward().add(pump(A));
    for (let peer = 0; peer < 20_000; peer++)
      ward.talk(contact(A, { peerId: `dev-${peer}`, port: peer % 3000, firstAt: START + peer }));
    ward.learn(START + DAY);
    const [profile] = ward.habits.unkept().profiles;
    expect(JSON.stringify(profile?.profile.services()).length).toBeLessThan(100_000);
    expect(profile?.profile.merged).toBeGreaterThan(100);
  });

  test("keep the first of many deviations, and say that there were more", () => {
    const ward = new Ward().add(pump(A)).talk(contact(A));
    for (let peer = 0; peer < 5000; peer++) ward.talk(contact(A, { peerId: `dev-${peer}`, firstAt: LATER + peer }));
    ward.learn(LATER + DAY);
    expect([ward.unusual(A).length, ward.habits.of(A)?.moreDeviations]).toEqual([64, true]);
    expect(ward.unusual(A)[0]).toContain("dev-0");
  });

  test("hold when everything is broad already, and more is learnt", () => {
    const profile = new Profile();
    const learn = (side: "client" | "server", place: "inside" | "outside" | "group", port: number, peer: number) =>
      profile.learn({ side, transport: "tcp", port, protocol: null, place, peer: `dev-${peer}`, alsoPeer: null });
    for (let port = 1; port <= 129; port++)
      for (const place of ["inside", "outside", "group"] as const)
        for (let peer = 0; peer < 40; peer++) learn("client", place, port, peer);
    for (let port = 1; port <= 100; port++) for (let peer = 0; peer < 10; peer++) learn("server", "inside", port, peer);
    const named = profile.services().flatMap(({ peers }) => peers.filter(({ peer }) => !peer.startsWith("any ")));
    expect(named.length).toBeLessThanOrEqual(512);
  });

  test("hold for a device that calls itself something else every time", () => {
    const ward = new Ward().add(pump(A)).talk(contact(A)).learn(START);
    for (let index = 0; index < 4000; index++) {
      ward.devices = [pump(A), pump(B, { model: `Model ${index}` })];
      if (index === 0) ward.since.set(B, START);
      ward.learn(START + HOUR + index * 10_000_000);
    }
    expect(ward.habits.unkept().profiles.length).toBeLessThanOrEqual(3000);
    expect(ward.habits.unkept().profiles.map(({ model }) => model)).toContain("Plum A+");
  });

  test("are widened by what is long gone: invented devices don't keep others out for ever", () => {
    const ward = new Ward();
    for (let index = 0; index < 2000; index++) ward.add(pump(`dev-p${index}`, { model: null }));
    const late = START + 91 * DAY;
    ward.learn(START).add(pump("dev-real", { model: null, lastSeenAt: late }), late);
    ward.devices = ward.devices.map((one) => (one.id === "dev-p7" ? { ...one, lastSeenAt: late } : one));
    ward.learn(late);
    expect(ward.habits.of("dev-real")).toBeDefined();
    expect(ward.habits.of("dev-p7")).toBeDefined();
    expect(ward.habits.unkept().goneDevices.length).toBeGreaterThan(1900);
  });

  test("hold for devices too: one too many is not learnt, and nothing is unusual about it", () => {
    const ward = new Ward();
    for (let index = 0; index < 2001; index++) ward.add(pump(`dev-p${index}`, { model: null }));
    ward.learn(START).talk(contact("dev-p2000", { firstAt: LATER }));
    ward.learn(LATER);
    expect(ward.habits.of("dev-p2000")).toBeUndefined();
    expect(ward.habits.of("dev-p1999")).toBeDefined();
  });
});

const anyContact = fc
  .record({
    id: fc.constantFrom(A, B),
    side: fc.constantFrom("client" as const, "server" as const, "unknown" as const),
    transport: fc.constantFrom("tcp" as const, "udp" as const),
    port: fc.constantFrom(22, 80, 2575, 50_000, 60_000),
    kind: fc.constantFrom("inside" as const, "outside" as const, "group" as const),
    peer: fc.integer({ min: 1, max: 60 }),
    hours: fc.integer({ min: 0, max: 24 * 20 }),
  })
  .map(({ id, side, transport, port, kind, peer, hours }): Contact => {
    const address = kind === "inside" ? `10.0.0.${peer}` : kind === "group" ? `224.0.0.${peer}` : `198.51.${peer}.7`;
    const peerId = kind === "inside" ? `dev-${peer}` : null;
    return contact(id, { side, transport, port, kind, peerId, address, firstAt: START + hours * HOUR });
  });

test("the same contacts give the same habits, whether told at once or bit by bit", () => {
  fc.assert(
    fc.property(fc.array(anyContact, { maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (contacts, steps) => {
      const ward = () => new Ward().add(pump(A)).add(pump(B), START + 3 * DAY);
      const end = START + 21 * DAY;
      const once = ward();
      once.talk(...contacts).learn(end);
      const slowly = ward();
      for (let step = 1; step <= steps; step++) {
        const now = START + (21 * DAY * step) / steps;
        slowly.contacts = contacts.filter(({ firstAt }) => firstAt <= now);
        slowly.learn(now);
      }
      const [all, bits] = [once, slowly].map(({ habits }) => {
        const { devices, profiles } = habits.unkept();
        return JSON.stringify([devices, profiles.map(({ profile, ...rest }) => [rest, profile.services()])]);
      });
      expect(bits).toBe(all);
    }),
    { numRuns: 200 },
  );
});

test("what was learnt never becomes unusual, whatever else happens", () => {
  fc.assert(
    fc.property(fc.array(anyContact, { maxLength: 80 }), (contacts) => {
      const early = contacts.filter(({ deviceId, firstAt }) => deviceId === A && firstAt < START + LEARN);
      const again = early.map((one) => ({ ...one, firstAt: LATER, lastAt: LATER }));
      const ward = new Ward().add(pump(A)).talk(...early, ...again);
      expect(ward.learn(LATER).unusual(A)).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test("habits read back go on where they were", () => {
  const ward = new Ward()
    .add(pump(A))
    .talk(contact(A), contact(A, { port: 22, firstAt: LATER }))
    .learn(LATER);
  const { devices, profiles, wardSince } = ward.habits.unkept();
  const again = new Habits(LEARN, { devices, profiles, wardSince });
  expect([again.wardLearntAt, again.learnsUntil(A)]).toEqual([START + LEARN, START + LEARN]);
  expect(again.unkept().devices).toEqual([]);
});
