/** What the kernel says of a network interface: is it there, is it up, what did it carry. Linux, /sys/class/net. */
import { existsSync, readFileSync } from "node:fs";
import { CaptureError } from "./source.ts";

const ROOT = "/sys/class/net";
const FLAG_UP = 0x1;
const FLAG_LOOPBACK = 0x8;
/** The kernel's own limit (IFNAMSIZ), without its closing zero. */
const MAX_NAME_LENGTH = 15;

/** Counters since the interface was made. */
export interface InterfaceCounts {
  received: number;
  /** Frames the network card had no room for: they are in no other counter. */
  missed: number;
  transmitted: number;
}

/**
 * Throws CaptureError, saying what to do, for an interface that is missing or switched off. A port without a cable
 * is fine: capture starts and waits for one.
 */
export const checkInterface = (name: string): void => {
  if (!isInterfaceName(name))
    throw new CaptureError(`${JSON.stringify(name)} cannot be the name of a network interface`);
  if (!existsSync(ROOT)) return;
  const flags = readFlags(name);
  if (flags === null)
    throw new CaptureError(`there is no network interface ${name}; \`ip link\` lists those there are`);
  if ((flags & FLAG_UP) === 0) {
    throw new CaptureError(`network interface ${name} is down; switch it on with \`ip link set ${name} up\``);
  }
};

/** The name becomes part of a path and of a command line. */
export const isInterfaceName = (name: string): boolean =>
  name.length > 0 &&
  name.length <= MAX_NAME_LENGTH &&
  /^[^\s\p{C}/:-][^\s\p{C}/:]*$/u.test(name) &&
  name !== "." &&
  name !== "..";

/** Frames sent by this interface since it was made, whoever sent them; null when it is gone. */
export const readTransmitted = (name: string): number | null => readNumber(name, "statistics/tx_packets");

/** True when the interface is switched on and a cable with something live at its other end is in it; null when gone. */
export const readLinkUp = (name: string): boolean | null => {
  const flags = readFlags(name);
  if (flags === null) return null;
  // The kernel refuses to tell the carrier of an interface that is switched off.
  return (flags & FLAG_UP) !== 0 && readNumber(name, "carrier") === 1;
};

export const isLoopback = (name: string): boolean => ((readFlags(name) ?? 0) & FLAG_LOOPBACK) !== 0;

/** Null when the interface is gone. */
export const readCounts = (name: string): InterfaceCounts | null => {
  const received = readNumber(name, "statistics/rx_packets");
  const missed = readNumber(name, "statistics/rx_missed_errors");
  const transmitted = readTransmitted(name);
  if (received === null || missed === null || transmitted === null) return null;
  return { received, missed, transmitted };
};

/** The longest packet the interface takes, in bytes; null when it is gone. */
export const readMtu = (name: string): number | null => readNumber(name, "mtu");

const readFlags = (name: string): number | null => readNumber(name, "flags");

const readNumber = (name: string, file: string): number | null => {
  if (!isInterfaceName(name)) return null;
  try {
    const value = Number(readFileSync(`${ROOT}/${name}/${file}`, "latin1"));
    return Number.isFinite(value) ? value : null;
  } catch {
    return null;
  }
};
