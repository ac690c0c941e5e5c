/** The habit of one device and the profile it shares: what is kept of them, under which keys, what is held against them. */
import type { Device } from "../identify/device.ts";
import type { Profile } from "./profile.ts";
import type { Use } from "./use.ts";

const DAY_MICROS = 24 * 3600 * 1_000_000;
/** Deviations kept per device; beyond it `moreDeviations` says that there were more. */
const MAX_DEVIATIONS = 64;
/** A deviation that wasn't seen for so long is forgotten; when it comes back it is told again. */
export const DEVIATION_KEPT_MICROS = 60 * DAY_MICROS;

/** Something a device did for the first time after its learning time. */
export interface Deviation extends Use {
  /** The outside address itself, where `peer` is its network. */
  address: string | null;
  /** It had never spoken with this peer at all, or not over a service it has. */
  isNewPeer: boolean;
  /** It had never offered or used this service. */
  isNewService: boolean;
  /** Microseconds. */
  firstSeenAt: number;
  lastSeenAt: number;
}

export interface DeviceHabit {
  deviceId: string;
  /** Key of the profile it learns into and is held against. */
  profile: string;
  /** Microseconds: when it began to be learnt. */
  since: number;
  /** It became another model while it was known: it learns for the whole time again, whatever that model does. */
  again: boolean;
  /** The longest time it was silent while others were heard. Microseconds. */
  longestPause: number;
  deviations: Deviation[];
  moreDeviations: boolean;
}

export interface ProfileHabit {
  key: string;
  maker: string | null;
  /** null: the profile of one device whose model isn't known. */
  model: string | null;
  class: string;
  /** Microseconds: when the first of its devices began to be learnt. */
  since: number;
  profile: Profile;
}

export const ownKey = (deviceId: string) => `device ${deviceId}`;

/**
 * Devices of one maker and model do the same work, so they learn together. Where the model isn't known a device learns
 * for itself: one class of one maker holds products that do quite different things.
 */
export const profileKey = ({ id, maker, model }: Pick<Device, "id" | "maker" | "model">): string =>
  maker !== null && model !== null ? modelKey(maker, model) : ownKey(id);
export const modelKey = (maker: string, model: string): string => `model ${maker} / ${model}`;

export const dayOf = (at: number) => Math.floor(at / DAY_MICROS);

export const isSame = (deviation: Deviation, use: Use): boolean =>
  deviation.port === use.port &&
  deviation.side === use.side &&
  deviation.transport === use.transport &&
  (deviation.peer === use.peer || deviation.peer === use.alsoPeer || deviation.alsoPeer === use.peer);

/** One more of them changes nothing any more. */
export const isFull = ({ deviations, moreDeviations }: DeviceHabit): boolean =>
  moreDeviations && deviations.length >= MAX_DEVIATIONS;

export function addDeviation(habit: DeviceHabit, deviation: Deviation): void {
  if (habit.deviations.some((one) => isSame(one, deviation))) return;
  if (habit.deviations.length >= MAX_DEVIATIONS) habit.moreDeviations = true;
  else habit.deviations.push(deviation);
}
