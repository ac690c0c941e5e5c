/** Habits and profiles in memory, with what of them is not in the ledger yet. */
import type { DeviceHabit, ProfileHabit } from "./habit.ts";

/** What has changed since the last time it was asked for, and was not yet `kept`. */
export interface Unkept {
  devices: DeviceHabit[];
  profiles: ProfileHabit[];
  /** Ids and keys that are no more. */
  goneDevices: string[];
  goneProfiles: string[];
  wardSince: number | null;
}

/** As read back from the ledger. */
export interface Remembered {
  devices?: readonly DeviceHabit[];
  profiles?: readonly ProfileHabit[];
  wardSince?: number | null;
}

export class HabitStore {
  readonly devices = new Map<string, DeviceHabit>();
  readonly profiles = new Map<string, ProfileHabit>();
  /** Microseconds: when the ward began to be learnt; null before anybody was heard. */
  wardSince: number | null;
  readonly #changedDevices = new Set<string>();
  readonly #changedProfiles = new Set<string>();

  constructor({ devices = [], profiles = [], wardSince = null }: Remembered) {
    this.wardSince = wardSince;
    for (const profile of profiles) this.profiles.set(profile.key, profile);
    for (const habit of devices) if (this.profiles.has(habit.profile)) this.devices.set(habit.deviceId, habit);
  }

  /** The profile that the device is held against. */
  profileOf(habit: DeviceHabit | undefined): ProfileHabit | undefined {
    return habit && this.profiles.get(habit.profile);
  }

  putDevice(habit: DeviceHabit): void {
    this.devices.set(habit.deviceId, habit);
    this.#changedDevices.add(habit.deviceId);
  }

  putProfile(profile: ProfileHabit): void {
    this.profiles.set(profile.key, profile);
    this.#changedProfiles.add(profile.key);
  }

  dropDevice(deviceId: string): void {
    this.devices.delete(deviceId);
    this.#changedDevices.add(deviceId);
  }

  dropProfile(key: string): void {
    this.profiles.delete(key);
    this.#changedProfiles.add(key);
  }

  unkept(): Unkept {
    const devices = [...this.#changedDevices].map((id) => this.devices.get(id));
    const profiles = [...this.#changedProfiles].map((key) => this.profiles.get(key));
    return {
      devices: devices.filter((habit) => habit !== undefined),
      profiles: profiles.filter((profile) => profile !== undefined),
      goneDevices: [...this.#changedDevices].filter((id) => !this.devices.has(id)),
      goneProfiles: [...this.#changedProfiles].filter((key) => !this.profiles.has(key)),
      wardSince: this.wardSince,
    };
  }

  /** What `unkept` gave is durable. */
  kept(): void {
    this.#changedDevices.clear();
    this.#changedProfiles.clear();
  }
}
