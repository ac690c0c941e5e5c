/** Contacts and devices of a small ward for tests of habits: named is only what matters. */
import type { Accepted } from "../../agent/behaviour/accepted.ts";
import type { Remembered } from "../../agent/behaviour/habit-store.ts";
import { Habits } from "../../agent/behaviour/habits.ts";
import type { Contact } from "../../agent/identify/contacts.ts";
import type { Device } from "../../agent/identify/device.ts";
import type { Rhythm } from "../../agent/identify/rhythm.ts";
import { device } from "../findings/given.ts";

export const HOUR = 3600 * 1_000_000;
export const DAY = 24 * HOUR;
export const START = 1_760_000_000_000_000;
export const LEARN = 7 * DAY;

export const pump = (id: string, more: Partial<Device> = {}): Device =>
  device({
    id,
    class: "infusion-pump",
    medical: true,
    criticality: "life-sustaining",
    maker: "Hospira",
    model: "Plum A+",
    firstSeenAt: START,
    lastSeenAt: START,
    ...more,
  });

export const contact = (deviceId: string, more: Partial<Contact> = {}): Contact => ({
  deviceId,
  side: "client",
  transport: "tcp",
  port: 2575,
  protocol: "hl7",
  kind: "inside",
  peerId: "dev-engine",
  // Another partner than the usual one isn't met at its address.
  address: more.peerId === undefined ? "10.0.0.2" : null,
  answered: true,
  firstAt: START,
  lastAt: more.firstAt ?? START,
  ...more,
});

/** A ward whose habits are asked: each device is heard from `since` on. */
export class Ward {
  readonly habits: Habits;
  devices: Device[] = [];
  contacts: Contact[] = [];
  readonly since = new Map<string, number>();
  readonly pauses = new Map<string, number>();
  clockSetAt = Number.NEGATIVE_INFINITY;

  constructor(remembered: Remembered = {}, accepted: readonly Accepted[] = []) {
    this.habits = new Habits(LEARN, remembered, accepted);
  }

  add(one: Device, since = START): this {
    this.devices.push(one);
    this.since.set(one.id, since);
    return this;
  }

  talk(...contacts: Contact[]): this {
    this.contacts.push(...contacts);
    return this;
  }

  learn(now: number): this {
    const rhythms = new Map<string, Rhythm>();
    for (const [id, firstAt] of this.since)
      rhythms.set(id, { firstAt, lastAt: now, longestPause: this.pauses.get(id) ?? 0 });
    const contactsOf = (ids: ReadonlySet<string>) => this.contacts.filter(({ deviceId }) => ids.has(deviceId));
    this.habits.learn({ devices: this.devices, rhythms, contactsOf, now, clockSetAt: this.clockSetAt });
    return this;
  }

  /** "new-peer|new-service side port peer", as recorded for one device. */
  unusual(id: string): string[] {
    return (this.habits.of(id)?.deviations ?? []).map(
      ({ side, port, peer, isNewPeer, isNewService }) =>
        `${[isNewPeer ? "peer" : "", isNewService ? "service" : ""].filter(Boolean).join("+")}: ${side} ${port} ${peer}`,
    );
  }
}
