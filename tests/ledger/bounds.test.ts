import { expect, test } from "vitest";
import { BOUNDS, MAX_AGED_OUT_PER_WRITE, MAX_PERIOD_AGE_DAYS } from "../../agent/ledger/bounds.ts";
import { type RowChange, rowKey } from "../../agent/ledger/rows.ts";
import { isoMicros } from "../../agent/time.ts";
import { clock, NOON_MICROS, opened, temporaryFolder } from "./support.ts";

const HOUR = 3600 * 1_000_000;
const DAY = 24 * HOUR;
const period = (at: number, frames = 1): RowChange => {
  const hourAt = isoMicros(at);
  return { kind: "period", key: rowKey("dev-1", hourAt), body: { deviceId: "dev-1", hourAt, frames } };
};
const evidence = (n: number, deviceId = "dev-1"): RowChange => ({
  kind: "evidence",
  key: rowKey(deviceId, "dhcp", "name", n),
  body: { deviceId, n, firstSeenAt: isoMicros(NOON_MICROS + n) },
});
const count = (length: number) => Array.from({ length }, (_, n) => n);

test("hours older than the limit go, and are counted", () => {
  const ledger = opened();
  const old = NOON_MICROS - MAX_PERIOD_AGE_DAYS * DAY;
  ledger.write([period(old - 2 * HOUR), period(old - HOUR), period(old), period(NOON_MICROS)]);
  expect(ledger.list("period").map(({ body }) => body.hourAt)).toEqual([isoMicros(old), isoMicros(NOON_MICROS)]);
  expect(ledger.drops()).toMatchObject({ periodsDropped: 2, unsent: 2 });
});

test("what the console had acknowledged isn't counted as unsent", () => {
  const path = `${temporaryFolder()}/ledger.db`;
  const ledger = opened(path);
  ledger.write([period(NOON_MICROS - HOUR), period(NOON_MICROS)]);
  ledger.ackedRevision = 1;
  ledger.close();
  const later = opened(path, { clock: () => clock() + (MAX_PERIOD_AGE_DAYS + 1) * DAY });
  later.write([period(NOON_MICROS + (MAX_PERIOD_AGE_DAYS + 1) * DAY)]);
  expect(later.drops()).toMatchObject({ periodsDropped: 2, unsent: 1 });
});

test("a clock that leaps far ahead can't empty the ledger at a stroke", () => {
  const path = `${temporaryFolder()}/ledger.db`;
  const hours = MAX_AGED_OUT_PER_WRITE + 300;
  const ledger = opened(path);
  ledger.write(count(hours).map((n) => period(NOON_MICROS - n * HOUR)));
  ledger.close();
  const mad = opened(path, { clock: () => clock() + 5000 * DAY });
  mad.write([period(NOON_MICROS + 5000 * DAY)]);
  expect(mad.count("period")).toBe(hours + 1 - MAX_AGED_OUT_PER_WRITE);
});

test("of one device's evidence the first seen goes first, and other devices keep theirs", () => {
  const ledger = opened();
  const most = BOUNDS.evidence.perDevice ?? 0;
  ledger.write([evidence(1, "dev-10"), ...count(most).map((n) => evidence(n))]);
  expect(ledger.drops().evidenceDropped).toBe(0);
  ledger.write([evidence(most), evidence(most + 1)]);
  const held = ledger.list("evidence", "dev-1").map(({ body }) => Number(body.n));
  expect(held.sort((a, b) => a - b)).toEqual(count(most).map((n) => n + 2));
  expect(ledger.list("evidence", "dev-10")).toHaveLength(1);
  expect(ledger.drops().evidenceDropped).toBe(2);
});

test("revisions go on rising after the highest rows have gone", () => {
  const ledger = opened();
  const most = BOUNDS.evidence.perDevice ?? 0;
  ledger.write(count(most).map((n) => evidence(n + 10)));
  // The newest written is the first seen, so it goes at once.
  expect(ledger.write([evidence(0)]).revision).toBe(most + 1);
  expect(ledger.write([evidence(most + 99)]).revision).toBe(most + 2);
});

test("devices past the limit are turned away and counted, and those known can still change", () => {
  const ledger = opened();
  const device = (n: number, body = {}): RowChange => ({ kind: "device", key: `dev-${n}`, body });
  ledger.write(count(BOUNDS.device.total).map((n) => device(n)));
  expect(ledger.write([device(-1), device(7, { maker: "Hospira" })])).toMatchObject({ written: 1, refused: 1 });
  expect(ledger.count("device")).toBe(BOUNDS.device.total);
  expect(ledger.drops().rowsRefused).toBe(1);
  ledger.remove("device", "dev-0", isoMicros(NOON_MICROS));
  expect(ledger.write([device(-1)])).toMatchObject({ written: 1, refused: 0 });
});

test("tombstones are bounded too: the oldest goes", () => {
  const ledger = opened();
  const most = BOUNDS.tombstone.total;
  ledger.write(
    count(most + 5).flatMap((n) => [
      { kind: "finding", key: `f${n}`, body: {} },
      { kind: "tombstone", key: rowKey("finding", `f${n}`), body: { kind: "finding", key: `f${n}`, at: "" } },
    ]),
  );
  expect(ledger.count("tombstone")).toBe(most);
  expect(ledger.get("tombstone", rowKey("finding", "f4"))).toBeUndefined();
  expect(ledger.drops().tombstonesDropped).toBe(5);
});
