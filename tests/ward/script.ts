/** A day on the ward: devices arrive one after the other and then go about their routine. */
import { dialysis, ecgCart, monitor, plum360, plumA, ventilator } from "./hosts/bedside.ts";
import { CANARIES, NAME_SERVER, type WardDevice } from "./hosts/device.ts";
import { engine } from "./hosts/hl7.ts";
import { archive, ct, ultrasound } from "./hosts/imaging.ts";
import { accessSwitch, addressServer, records, router, updates } from "./hosts/network.ts";
import { camera, phone, printer, workstation } from "./hosts/office.ts";
import { pause } from "./hosts/wait.ts";
import type { Ward, WardOptions } from "./ward.ts";

/** The last device is there after this share of the day, or after the longest arrival time, whichever is sooner. */
const ARRIVAL_SHARE = 0.8;
const MAX_ARRIVAL_SECONDS = 25;
const MAX_DAY_SECONDS = 6 * 3600;
/** Between two rounds of routine, so that a long demo stays a quiet ward. */
const ROUND_MS = 6_000;

/** Everything that stands on the ward before the first device arrives. */
const infrastructure: readonly WardDevice[] = [
  router,
  addressServer(() => arrivals.map(({ host, ip }) => ({ mac: host.mac, ip }))),
  accessSwitch,
  records,
  updates,
  engine,
  archive,
];

/** In the order of their arrival. */
const arrivals: readonly WardDevice[] = [
  plum360,
  workstation,
  monitor,
  ct,
  printer,
  plumA,
  phone,
  ventilator,
  ecgCart,
  camera,
  ultrasound,
  dialysis,
];

/** Every host of the ward with what a tap should find out; `updates` is outside and no device. */
export const wardDevices: readonly WardDevice[] = [...infrastructure, ...arrivals];

/** What `buildWard` needs to know for this day. */
export const wardDayOptions: WardOptions = { hosts: wardDevices.map(({ host }) => host), nameserver: NAME_SERVER };

/** Made-up people's data on this ward's wire: none of it may appear in any output. */
export const forbiddenText: readonly string[] = Object.values(CANARIES);

export interface WardDay {
  /** How long, in seconds. The arrivals are spread over it (over 25 s at most); then comes routine until its end. */
  readonly seconds: number;
  /** Ends the day early; the promise resolves. */
  readonly signal?: AbortSignal;
  readonly onArrival?: (device: WardDevice) => void;
  /** Hears of a device whose programs failed, and the day goes on without it. Absent: the day rejects. */
  readonly onTrouble?: (device: WardDevice, error: unknown) => void;
}

/** Runs the day on a ward built with `wardDayOptions`. Rejects when a program failed, unless `onTrouble` is there. */
export async function runWardDay(ward: Ward, day: WardDay): Promise<void> {
  const { signal, onArrival, onTrouble } = day;
  const seconds = Math.min(day.seconds, MAX_DAY_SECONDS);
  const startedAt = performance.now();
  const dayEnds = startedAt + seconds * 1000;
  const step = (Math.min(seconds * ARRIVAL_SHARE, MAX_ARRIVAL_SECONDS) * 1000) / arrivals.length;
  const until = (at: number) => sleepUntil(at, signal);
  const attempt = async (device: WardDevice, what: Promise<void> | undefined) => {
    try {
      await what;
      return true;
    } catch (error) {
      // Whoever ended the day may have ended the programs as well.
      if (signal?.aborted) return false;
      if (!onTrouble) throw error;
      onTrouble(device, error);
      return false;
    }
  };

  for (const device of infrastructure) {
    if (signal?.aborted) return;
    if (await attempt(device, device.arrive(ward))) onArrival?.(device);
  }
  for (const [index, device] of arrivals.entries()) {
    await until(startedAt + index * step);
    if (signal?.aborted) return;
    if (await attempt(device, device.arrive(ward))) onArrival?.(device);
  }
  const busy = wardDevices.filter((device) => device.routine);
  for (let turn = 0; performance.now() < dayEnds && !signal?.aborted; turn++) {
    await until(Math.min(dayEnds, performance.now() + ROUND_MS / busy.length));
    const device = busy[turn % busy.length];
    if (device && performance.now() < dayEnds && !signal?.aborted) await attempt(device, device.routine?.(ward));
  }
}

async function sleepUntil(at: number, signal?: AbortSignal): Promise<void> {
  while (performance.now() < at && !signal?.aborted) await pause(Math.min(200, at - performance.now()));
}
