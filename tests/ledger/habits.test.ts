/** Habits in the ledger: read back as they were, unchanged by repetition, and never believed when damaged. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { DEVIATION_KEPT_MICROS } from "../../agent/behaviour/habit.ts";
import { showDevice } from "../../agent/ledger/commands.ts";
import { habitChanges, habitsFromLedger } from "../../agent/ledger/habits.ts";
import { deviceChanges } from "../../agent/ledger/presenter.ts";
import { contact, DAY, pump, START, Ward } from "../behaviour/support.ts";
import { NOON, opened } from "./support.ts";

const LATER = START + 8 * DAY;
const ward = () => {
  const one = new Ward().add(pump("dev-a")).add(pump("dev-b", { model: null }));
  one.talk(contact("dev-a"), contact("dev-b", { port: 22 }), contact("dev-a", { port: 80, firstAt: LATER }));
  return one.learn(LATER);
};

test("what was learnt and found unusual is read back", () => {
  const ledger = opened();
  const { habits } = ward();
  const unkept = habits.unkept();
  ledger.write(habitChanges(unkept, NOON));
  const read = habitsFromLedger(ledger);
  expect(read.wardSince).toBe(START);
  expect(read.devices).toMatchObject([
    { deviceId: "dev-a", since: START, deviations: [{ port: 80, isNewService: true, firstSeenAt: LATER }] },
    { deviceId: "dev-b", since: START, deviations: [] },
  ]);
  const services = (profiles: typeof unkept.profiles) =>
    profiles.map(({ key, profile }) => [key, profile.services()]).sort();
  expect(services([...(read.profiles ?? [])])).toEqual(services(unkept.profiles));
});

test("the same habits cost no revision, nor does traffic within a day", () => {
  const ledger = opened();
  const learnt = ward();
  ledger.write(habitChanges(learnt.habits.unkept(), NOON));
  const revision = ledger.revision();
  learnt.contacts = learnt.contacts.map((one) => ({ ...one, lastAt: one.lastAt + 3_600_000_000 }));
  learnt.learn(LATER + 3_600_000_000);
  expect(ledger.write(habitChanges(learnt.habits.unkept(), NOON)).revision).toBe(revision);
});

test("what is no more leaves a tombstone", () => {
  const ledger = opened();
  const learnt = ward();
  ledger.write(habitChanges(learnt.habits.unkept(), NOON));
  learnt.habits.kept();
  learnt.devices = [pump("dev-a", { aliases: ["dev-b"] })];
  learnt.learn(LATER + DAY);
  ledger.write(habitChanges(learnt.habits.unkept(), NOON));
  expect(ledger.list("tombstone").map(({ body }) => body.key)).toEqual(["device dev-b", "profile device%20dev-b"]);
});

test("a deviation is forgiven in the ledger too", () => {
  const ledger = opened();
  const learnt = ward().learn(LATER + DEVIATION_KEPT_MICROS + DAY);
  ledger.write(habitChanges(learnt.habits.unkept(), NOON));
  expect(habitsFromLedger(ledger).devices?.[0]?.deviations).toEqual([]);
});

test("show tells in plain words what a device usually does and what is new", () => {
  const ledger = opened();
  ledger.write(deviceChanges(pump("dev-a"), ledger));
  ledger.write(habitChanges(ward().habits.unkept(), NOON));
  const text = showDevice(ledger, "dev-a");
  for (const line of [
    /Learnt since 2025-10-09 .* UTC, together with all Hospira Plum A\+/,
    /asks others on tcp\/2575 \(hl7\): 10\.0\.0\.2/,
    /New on 2025-10-17 .*: asks others on tcp\/80 .*: 10\.0\.0\.2/,
  ])
    expect(text).toMatch(line);
  ledger.write(
    ["profile model%20Hospira%20/%20Plum%20A+", "device dev-a"].map((key) => ({ kind: "habit", key, body: {} })),
  );
  expect(showDevice(ledger, "dev-a")).toContain("dev-a");
});

test("rows that somebody spoilt are left out, whatever is in them", () => {
  fc.assert(
    fc.property(
      fc.record(
        {
          what: fc.constantFrom("ward", "device", "profile", "other"),
          profile: fc.anything(),
          deviceId: fc.anything(),
          since: fc.oneof(fc.constant(NOON), fc.anything()),
          services: fc.anything(),
          deviations: fc.anything(),
        },
        { requiredKeys: ["what"] },
      ),
      (body) => {
        const rows = [{ kind: "habit" as const, key: "x", revision: 1, version: 1, body: { ...body } }];
        const read = habitsFromLedger({ iterate: () => rows.values() });
        expect([read.devices, read.profiles]).toEqual([[], []]);
      },
    ),
  );
});
