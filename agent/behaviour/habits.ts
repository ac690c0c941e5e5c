/** Habits of medical devices: learnt for a while from whom they talk to, kept per model, then held against them. */
import type { Contact } from "../identify/contacts.ts";
import type { Device } from "../identify/device.ts";
import type { Rhythm } from "../identify/rhythm.ts";
import type { Accepted } from "./accepted.ts";
import { stepClock } from "./clock-step.ts";
import { forgetAbsent, forgetUnused, isAbsent } from "./forget.ts";
import {
  addDeviation,
  DEVIATION_KEPT_MICROS,
  type Deviation,
  type DeviceHabit,
  dayOf,
  isFull,
  isSame,
  modelKey,
  ownKey,
  type ProfileHabit,
  profileKey,
} from "./habit.ts";
import { HabitStore, type Remembered, type Unkept } from "./habit-store.ts";
import { followMerges } from "./merge.ts";
import { Profile } from "./profile.ts";
import { serviceKey, type Use, useOf } from "./use.ts";

/** Devices with habits; beyond it none is begun for a further device, so nothing is found unusual about it. */
const MAX_DEVICES = 2000;
/** Made to be asked by other equipment, also by equipment that comes later. */
const SERVERS: ReadonlySet<string> = new Set(["medical-gateway", "central-station", "imaging-archive"]);

export interface Heard {
  devices: readonly Device[];
  rhythms: ReadonlyMap<string, Rhythm>;
  /** Contacts of these devices, from as far back as is known. */
  contactsOf: (deviceIds: ReadonlySet<string>) => readonly Contact[];
  /** Microseconds. */
  now: number;
  /** When the clock was last set: what was heard by then has times that mean nothing. Microseconds. */
  clockSetAt?: number;
}

export class Habits {
  readonly learnMicros: number;
  readonly #store: HabitStore;
  readonly #accepted: ReadonlyMap<string, Accepted>;
  #aliases: ReadonlyMap<string, string> = new Map();

  /** `accepted`: MUD files that stand for what is usual for their models, learnt or not. */
  constructor(learnMicros: number, remembered: Remembered = {}, accepted: readonly Accepted[] = []) {
    this.learnMicros = learnMicros;
    this.#accepted = new Map(accepted.map((one) => [modelKey(one.maker, one.model).toLowerCase(), one]));
    this.#store = new HabitStore(remembered);
  }

  of(deviceId: string): DeviceHabit | undefined {
    return this.#store.devices.get(deviceId);
  }

  /** Whether an accepted MUD file says what this device may do. */
  isFenced(deviceId: string): boolean {
    const habit = this.#store.devices.get(deviceId);
    return habit !== undefined && this.#acceptedFor(habit) !== undefined;
  }

  /** Until when what this device does is learnt. Microseconds; Infinity for one without habits. */
  learnsUntil(deviceId: string): number {
    const habit = this.#store.devices.get(deviceId);
    const profile = this.#store.profileOf(habit);
    if (habit === undefined || profile === undefined) return Number.POSITIVE_INFINITY;
    // A further device of a model that is known by then starts from what the model does.
    const startsKnown = !habit.again && habit.since >= profile.since + this.learnMicros;
    return startsKnown ? habit.since : habit.since + this.learnMicros;
  }

  /** Until when the ward itself is learnt: who is first heard later is new to it. Microseconds. */
  get wardLearntAt(): number {
    return (this.#store.wardSince ?? Number.POSITIVE_INFINITY) + this.learnMicros;
  }

  /**
   * The clock went by so much (negative: back) although no such time was listened to: what is being learnt moves along,
   * and so learns for its whole time. What was learnt stays learnt, and nothing was seen later than now.
   */
  clockJumped(by: number, now: number): void {
    stepClock(this.#store, this.learnMicros, by, now);
  }

  /** Pure but for its own state: the same contacts give the same habits, whether told at once or bit by bit. */
  learn({ devices, rhythms, contactsOf, now, clockSetAt = Number.NEGATIVE_INFINITY }: Heard): void {
    this.#store.wardSince ??= devices.reduce<number | null>(
      (first, { firstSeenAt }) => Math.max(clockSetAt, Math.min(first ?? firstSeenAt, firstSeenAt)),
      null,
    );
    this.#followMerges(devices);
    const medical = devices.filter(({ medical }) => medical);
    if (this.#store.devices.size >= MAX_DEVICES) forgetAbsent(this.#store, devices, now);
    for (const device of medical) this.#follow(device, rhythms.get(device.id), clockSetAt, now);
    forgetUnused(this.#store);
    const known = new Set(medical.filter(({ id }) => this.#store.devices.has(id)).map(({ id }) => id));
    if (known.size === 0) return;
    const deviceAt = addressBook(devices);
    const uses = contactsOf(known)
      .map((contact) => ({ contact, use: useOf(contact, deviceAt) }))
      .filter((one): one is { contact: Contact; use: Use } => one.use !== null)
      .sort((a, b) => a.contact.firstAt - b.contact.firstAt || (orderOf(a) < orderOf(b) ? -1 : 1));
    for (const { contact, use } of uses) this.#meet(contact, use, now);
    for (const id of known) this.#forgetOld(id, now);
  }

  /** What is not in the ledger yet. */
  unkept(): Unkept {
    return this.#store.unkept();
  }

  /** What `unkept` gave is durable. */
  kept(): void {
    this.#store.kept();
  }

  #followMerges(devices: readonly Device[]): void {
    const nowNamed = new Map(devices.flatMap(({ id, aliases }) => aliases.map((alias) => [alias, id] as const)));
    const before = this.#aliases;
    if (nowNamed.size === before.size && [...nowNamed].every(([alias, id]) => before.get(alias) === id)) return;
    this.#aliases = nowNamed;
    followMerges(this.#store, nowNamed);
  }

  /** Begins a device's habit, or keeps up with what it is taken for now. */
  #follow(device: Device, rhythm: Rhythm | undefined, clockSetAt: number, now: number): void {
    const key = profileKey(device);
    let habit = this.#store.devices.get(device.id);
    if (habit === undefined) {
      if (rhythm === undefined || this.#store.devices.size >= MAX_DEVICES || isAbsent(device, now)) return;
      const { id: deviceId } = device;
      const since =
        clockSetAt > Number.NEGATIVE_INFINITY ? Math.min(Math.max(rhythm.firstAt, clockSetAt), now) : rhythm.firstAt;
      habit = { deviceId, profile: key, since, again: false, longestPause: 0, deviations: [], moreDeviations: false };
      this.#store.putDevice(habit);
    } else if (habit.profile !== key) this.#becomes(habit, device, key, now);
    const profile = this.#profileFor(device, key, habit.since);
    if (habit.since < profile.since) {
      profile.since = habit.since;
      this.#store.putProfile(profile);
    }
    if (rhythm !== undefined && rhythm.longestPause > habit.longestPause) {
      habit.longestPause = rhythm.longestPause;
      this.#store.putDevice(habit);
    }
  }

  /** The device is taken for another model, or its model became known: nothing it did before becomes unusual by that. */
  #becomes(habit: DeviceHabit, device: Device, key: string, now: number): void {
    const before = this.#store.profiles.get(habit.profile);
    const target = this.#store.profiles.get(key);
    const isLearnt = now >= this.learnsUntil(habit.deviceId);
    const isOwn = habit.profile === ownKey(habit.deviceId);
    habit.profile = key;
    this.#store.putDevice(habit);
    if (!isOwn || before === undefined) {
      habit.since = now;
      habit.again = true;
      return;
    }
    const startsKnown = target !== undefined && habit.since >= target.since + this.learnMicros;
    if (isLearnt || !startsKnown) {
      const into = this.#profileFor(device, key, habit.since);
      if (into.profile.include(before.profile)) this.#store.putProfile(into);
    }
    this.#store.dropProfile(before.key);
  }

  #profileFor({ maker, model, class: deviceClass }: Device, key: string, since: number): ProfileHabit {
    let profile = this.#store.profiles.get(key);
    if (profile === undefined) {
      const named = maker === null ? null : model;
      profile = { key, maker, model: named, class: deviceClass, since, profile: new Profile() };
      this.#store.putProfile(profile);
    }
    return profile;
  }

  #meet(contact: Contact, use: Use, now: number): void {
    const habit = this.#store.devices.get(contact.deviceId);
    const held = this.#store.profileOf(habit);
    if (habit === undefined || held === undefined) return;
    const before = habit.deviations.find((one) => isSame(one, use));
    if (before !== undefined) this.#seenAgain(habit, before, contact);
    else if (!this.#isUsual(habit, held, contact, use, now)) {
      this.#deviate(habit, held, contact, use, now);
    }
  }

  #seenAgain(habit: DeviceHabit, deviation: Deviation, { firstAt, lastAt }: Contact): void {
    if (dayOf(lastAt) > dayOf(deviation.lastSeenAt)) this.#store.putDevice(habit);
    deviation.firstSeenAt = Math.min(deviation.firstSeenAt, firstAt);
    deviation.lastSeenAt = Math.max(deviation.lastSeenAt, lastAt);
  }

  /** True too when it becomes usual by this. */
  #isUsual(habit: DeviceHabit, held: ProfileHabit, contact: Contact, use: Use, now: number): boolean {
    const { class: deviceClass, profile } = held;
    // Groups are nobody: a system update changes them, and they are learnt for ever.
    const firstAt = Math.min(contact.firstAt, now);
    const isLearning = firstAt < this.learnsUntil(habit.deviceId) || use.place === "group";
    const accepted = use.place === "group" ? undefined : this.#acceptedFor(habit);
    if (accepted !== undefined && !accepted.allows({ ...use, address: contact.address })) return false;
    if (isLearning && profile.learn(use)) this.#store.putProfile(held);
    if (isLearning || accepted !== undefined || profile.covers(use)) return true;
    // One client more of what is there to be asked by many.
    const isOneMore = use.side === "server" && use.place === "inside" && profile.hasService(use);
    return isOneMore && (SERVERS.has(deviceClass) || profile.isShared(use));
  }

  #deviate(habit: DeviceHabit, held: ProfileHabit, { address, firstAt, lastAt }: Contact, use: Use, now: number): void {
    if (isFull(habit) || use.side === "unknown" || now - lastAt > DEVIATION_KEPT_MICROS) return;
    const usual = this.#acceptedFor(habit) ?? held.profile;
    const met = { ...use, address };
    const hasService = usual.hasService(met);
    addDeviation(habit, {
      ...met,
      isNewPeer: hasService || !usual.hasPeer(met),
      isNewService: !hasService,
      firstSeenAt: Math.min(firstAt, now),
      lastSeenAt: Math.min(lastAt, now),
    });
    this.#store.putDevice(habit);
  }

  #acceptedFor({ profile }: DeviceHabit): Accepted | undefined {
    return this.#accepted.size === 0 ? undefined : this.#accepted.get(profile.toLowerCase());
  }

  #forgetOld(id: string, now: number): void {
    const habit = this.#store.devices.get(id);
    if (habit === undefined) return;
    const accepted = this.#acceptedFor(habit);
    const kept = habit.deviations.filter(
      (one) => now - one.lastSeenAt <= DEVIATION_KEPT_MICROS && accepted?.allows(one) !== true,
    );
    if (kept.length === habit.deviations.length) return;
    habit.deviations = kept;
    if (kept.length === 0) habit.moreDeviations = false;
    this.#store.putDevice(habit);
  }
}

const orderOf = ({ contact: { deviceId, lastAt }, use }: { contact: Contact; use: Use }) =>
  `${deviceId} ${serviceKey(use)} ${use.peer} ${lastAt}`;

/** Asked only for peers that weren't heard since the start, so it is made when the first of them is met. */
function addressBook(devices: readonly Device[]): (address: string) => string | undefined {
  let book: Map<string, string> | undefined;
  return (address) => {
    book ??= new Map(devices.flatMap(({ id, ips }) => ips.map((ip) => [ip, id] as const)));
    return book.get(address);
  };
}
