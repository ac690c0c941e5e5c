/** What the page knows, and how each message from the console changes it: pure, so that it is tested without a browser. */

import type { DeviceView, FeedItem, FeedMessage, FindingView, TapView } from "../api/shapes.ts";
import type { WorkView } from "../api/shapes-detail.ts";

/** Lines of the feed kept; older ones go. */
export const MAX_FEED_LINES = 200;
/** Devices and findings kept each; what comes beyond is counted in `notShown` and the page says so. */
export const MAX_DEVICES = 20_000;
const MAX_FINDINGS = 20_000;
/** A device that came after the page was opened is marked as new for so long. */
export const NEW_FOR_MS = 10_000;

export interface PageState {
  /** False until the console has told everything once. */
  ready: boolean;
  version: string;
  taps: ReadonlyMap<string, TapView>;
  /** By register id. */
  devices: ReadonlyMap<string, DeviceView>;
  /** By tap id and finding id. */
  findings: ReadonlyMap<string, FindingView>;
  /** Newest first. */
  feed: readonly FeedItem[];
  /** What was asked of taps and isn't answered yet, by its id. */
  work: ReadonlyMap<string, WorkView>;
  /** Register id → when it came, in milliseconds of the page's clock. */
  arrivals: ReadonlyMap<string, number>;
  notShown: number;
}

export const EMPTY_STATE: PageState = {
  ready: false,
  version: "",
  taps: new Map(),
  devices: new Map(),
  findings: new Map(),
  feed: [],
  work: new Map(),
  arrivals: new Map(),
  notShown: 0,
};

/** Tap ids hold no space, so neither pair can be taken for another. */
const pair = (tapId: string, id: string) => `${tapId} ${id}`;

/** Register ids by tap and device id, remembered for as long as the device map lives. */
const indexes = new WeakMap<ReadonlyMap<string, DeviceView>, Map<string, string>>();

/** The device a tap calls `deviceId`; undefined when the register doesn't show it. */
export function deviceOf(state: PageState, tapId: string, deviceId: string | null): DeviceView | undefined {
  if (deviceId === null) return undefined;
  const registerId = indexOf(state.devices).get(pair(tapId, deviceId));
  return registerId === undefined ? undefined : state.devices.get(registerId);
}

function indexOf(devices: ReadonlyMap<string, DeviceView>): Map<string, string> {
  let index = indexes.get(devices);
  if (!index) {
    index = new Map();
    for (const { tapId, deviceId, registerId } of devices.values()) index.set(pair(tapId, deviceId), registerId);
    indexes.set(devices, index);
  }
  return index;
}

/**
 * The state after `messages`, in their order; `now` is the page's clock in milliseconds.
 * Maps are copied once per call and only when touched, so a batch of thousands stays cheap.
 * A message of a type this page doesn't know changes nothing.
 */
export function reduce(state: PageState, messages: readonly FeedMessage[], now: number): PageState {
  let next: PageState = withoutOldArrivals(state, now);
  const fresh = new Set<unknown>();
  /** The map under `key`, safe to change: a copy the first time, the same one after that. */
  const open = <K extends "taps" | "devices" | "findings" | "work" | "arrivals">(key: K) => {
    if (!fresh.has(next[key])) {
      next = { ...next, [key]: new Map<string, unknown>(next[key]) };
      fresh.add(next[key]);
    }
    return next[key] as PageState[K] extends ReadonlyMap<string, infer V> ? Map<string, V> : never;
  };
  for (const message of messages) {
    switch (message.type) {
      case "state":
        next = fromState(next, message.state, now);
        break;
      case "tap":
        open("taps").set(message.tap.tapId, message.tap);
        break;
      case "tap-gone": {
        // It left the line, not the ward: it stays in view and says so.
        const tap = next.taps.get(message.tapId);
        if (tap) open("taps").set(message.tapId, { ...tap, connected: false });
        break;
      }
      case "device": {
        const { registerId } = message.device;
        const known = next.devices.has(registerId);
        if (!known && next.devices.size >= MAX_DEVICES) {
          next = { ...next, notShown: next.notShown + 1 };
          break;
        }
        if (!known) open("arrivals").set(registerId, now);
        open("devices").set(registerId, message.device);
        indexes.get(next.devices)?.set(pair(message.device.tapId, message.device.deviceId), registerId);
        break;
      }
      case "device-gone":
        if (next.devices.has(message.registerId)) open("devices").delete(message.registerId);
        break;
      case "seen":
        for (const { deviceId, lastSeenAt } of message.devices) {
          const device = deviceOf(next, message.tapId, deviceId);
          if (device && device.lastSeenAt < lastSeenAt)
            open("devices").set(device.registerId, { ...device, lastSeenAt });
        }
        break;
      case "finding": {
        const key = pair(message.finding.tapId, message.finding.findingId);
        if (!next.findings.has(key) && next.findings.size >= MAX_FINDINGS)
          next = { ...next, notShown: next.notShown + 1 };
        else open("findings").set(key, message.finding);
        break;
      }
      case "work":
        if (message.work.state === "waiting") open("work").set(message.work.id, message.work);
        else open("work").delete(message.work.id);
        break;
      case "feed":
        // The console repeats lines around a reconnect; numbers only rise.
        if (message.item.number > (next.feed[0]?.number ?? -1))
          next = { ...next, feed: [message.item, ...next.feed.slice(0, MAX_FEED_LINES - 1)] };
        break;
    }
  }
  return next;
}

/** Everything anew. What wasn't there before a lost connection is marked as new; on the first load nothing is. */
function fromState(before: PageState, told: Extract<FeedMessage, { type: "state" }>["state"], now: number): PageState {
  const devices = new Map(told.devices.slice(0, MAX_DEVICES).map((device) => [device.registerId, device]));
  const arrivals = new Map(before.arrivals);
  if (before.ready) for (const id of devices.keys()) if (!before.devices.has(id)) arrivals.set(id, now);
  const findings = told.findings.slice(0, MAX_FINDINGS);
  return {
    ready: true,
    version: told.version,
    taps: new Map(told.taps.map((tap) => [tap.tapId, tap])),
    devices,
    findings: new Map(findings.map((finding) => [pair(finding.tapId, finding.findingId), finding])),
    feed: told.feed.slice(0, MAX_FEED_LINES),
    work: new Map(told.work.map((work) => [work.id, work])),
    arrivals,
    notShown: Math.max(0, told.devices.length - MAX_DEVICES) + Math.max(0, told.findings.length - MAX_FINDINGS),
  };
}

function withoutOldArrivals(state: PageState, now: number): PageState {
  const kept = [...state.arrivals].filter(([, at]) => isNew(at, now));
  return kept.length === state.arrivals.size ? state : { ...state, arrivals: new Map(kept) };
}

/** Whether something that came at `arrivedAt` is still to be marked. */
export const isNew = (arrivedAt: number | undefined, now: number): boolean =>
  arrivedAt !== undefined && now - arrivedAt < NEW_FOR_MS;

/** Lines about the same thing, the newest of which stands for all. */
export interface FeedLine {
  item: FeedItem;
  /** Older ones like it, newest first. */
  like: FeedItem[];
}
/** Lines about the same are one when they came within so long of each other. */
const FOLD_MS = 10 * 60_000;

/** The feed with lines of one group folded, so that one finding on a whole ward doesn't push the rest out of sight. */
export function foldFeed(feed: readonly FeedItem[]): FeedLine[] {
  const lines: FeedLine[] = [];
  const groups = new Map<string, FeedLine>();
  for (const item of feed) {
    const line = item.group === null ? undefined : groups.get(item.group);
    if (line && Date.parse(line.item.at) - Date.parse(item.at) <= FOLD_MS) {
      line.like.push(item);
      continue;
    }
    const begun = { item, like: [] };
    lines.push(begun);
    if (item.group !== null) groups.set(item.group, begun);
  }
  return lines;
}
