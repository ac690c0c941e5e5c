/** Which devices the table shows, and in which order: pure, quick enough for the whole register at every change. */
import type { DeviceView } from "../api/shapes.ts";
import { classWords } from "../class-words.ts";

export const SORTS = {
  class: "What it is",
  maker: "Maker and model",
  name: "Name",
  address: "Address",
  confidence: "Sure",
  firstSeenAt: "First seen",
  lastSeenAt: "Last seen",
  openFindings: "Findings",
} as const;
export type SortBy = keyof typeof SORTS;

export interface Order {
  by: SortBy;
  descending: boolean;
}
/** Newest first: what has just been plugged in stands on top, and rows keep their place while traffic goes on. */
export const FIRST_ORDER: Order = { by: "firstSeenAt", descending: true };

/** A column is first sorted the way that people look for: times, sureness and findings from the top. */
export const startsDescending = (by: SortBy): boolean =>
  by === "firstSeenAt" || by === "lastSeenAt" || by === "confidence" || by === "openFindings";

export interface Filter {
  /** Words that must all be found; a MAC may be written with or without separators. */
  search: string;
  /** Empty text: any. */
  class: string;
  tapId: string;
  medical: "" | "yes" | "no";
  findings: "" | "open";
}
export const NO_FILTER: Filter = { search: "", class: "", tapId: "", medical: "", findings: "" };

const texts = new WeakMap<DeviceView, string>();

/** Everything a person may search for, in small letters. */
function textOf(device: DeviceView): string {
  let text = texts.get(device);
  if (text === undefined) {
    const { maker, model, version, serial, os, names, macs, ips, roles, why } = device;
    const plainMacs = macs.map((mac) => mac.replaceAll(":", ""));
    const made = [maker, model, version, serial, os].map((part) => part ?? "");
    text = [classWords(device.class), device.class, ...made, ...names, ...macs, ...plainMacs, ...ips, ...roles, why]
      .join("\n")
      .toLowerCase();
    texts.set(device, text);
  }
  return text;
}

const ADDRESS_WITH_DASHES = /^(?:[0-9a-f]{2}-){5}[0-9a-f]{2}$/;

/** The devices that pass, in order. Equal ones stay in the order of their register ids, so rows never swap by chance. */
export function listDevices(devices: Iterable<DeviceView>, filter: Filter, order: Order): DeviceView[] {
  const words = filter.search
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => (ADDRESS_WITH_DASHES.test(word) ? word.replaceAll("-", ":") : word));
  const passes = (device: DeviceView) =>
    (filter.class === "" || device.class === filter.class) &&
    (filter.tapId === "" || device.tapId === filter.tapId) &&
    (filter.medical === "" || device.medical === (filter.medical === "yes")) &&
    (filter.findings === "" || device.openFindings > 0) &&
    words.every((word) => textOf(device).includes(word));
  const keyed = [...devices].filter(passes).map((device) => ({ device, key: sortKey(device, order.by) }));
  const sign = order.descending ? -1 : 1;
  keyed.sort((a, b) => sign * compare(a.key, b.key) || (a.device.registerId < b.device.registerId ? -1 : 1));
  return keyed.map(({ device }) => device);
}

const compare = (a: string | number, b: string | number) => (a < b ? -1 : a > b ? 1 : 0);
/** Sorts after every name: what isn't known belongs at the end of the alphabet. */
const LAST = "\u{10ffff}";

function sortKey(device: DeviceView, by: SortBy): string | number {
  switch (by) {
    case "class":
      return classWords(device.class).toLowerCase();
    case "maker":
      return [device.maker ?? LAST, device.model ?? LAST].join(" ").toLowerCase();
    case "name":
      return (device.names[0] ?? LAST).toLowerCase();
    case "address":
      return addressKey(device.ips[0] ?? device.macs[0]);
    default:
      return device[by];
  }
}

/** IPv4 by number rather than by letter; everything else after it. */
function addressKey(address: string | undefined): string {
  if (address === undefined) return LAST;
  const parts = address.split(".");
  return parts.length === 4 ? parts.map((part) => part.padStart(3, "0")).join(".") : `x${address}`;
}

/** How many devices there are of each class, by plain words. */
export function classCounts(devices: Iterable<DeviceView>): { class: string; words: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const device of devices) counts.set(device.class, (counts.get(device.class) ?? 0) + 1);
  return [...counts]
    .map(([name, count]) => ({ class: name, words: classWords(name), count }))
    .sort((a, b) => compare(a.words, b.words));
}
