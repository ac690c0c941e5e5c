/** Where the header's GPIO lines start in the kernel's numbering: Linux Documentation/admin-guide/gpio/sysfs.rst. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { LightsUnavailable } from "./driver.ts";

export const SYSFS_GPIO = "/sys/class/gpio";

/** Chips that own the 40-pin header: Pi 0-3, Pi 4, Pi 5. Others (expander, power) must never be driven. */
export const HEADER_CHIPS = ["pinctrl-bcm2835", "pinctrl-bcm2711", "pinctrl-rp1"] as const;

/** More chips than this are not looked at; a Pi has two to ten. */
const MAX_CHIPS = 64;

export interface HeaderChip {
  label: string;
  /** Kernel number of BCM line 0. It differs by board, kernel and overlay: 0, 458, 512, 571 ... */
  base: number;
  lines: number;
}

/** Finds the header's chip under `root`; says why not where there is none. */
export function findHeaderChip(root: string = SYSFS_GPIO): HeaderChip | LightsUnavailable {
  let names: string[];
  try {
    names = readdirSync(root).filter((name) => name.startsWith("gpiochip"));
  } catch {
    return { unavailable: "No lights: this machine has no GPIO that wardtap can use (no sysfs GPIO in the kernel)." };
  }
  for (const name of names.sort().slice(0, MAX_CHIPS)) {
    const label = read(root, name, "label");
    if (!HEADER_CHIPS.some((known) => known === label)) continue;
    const base = wholeNumber(read(root, name, "base"));
    const lines = wholeNumber(read(root, name, "ngpio"));
    if (base !== undefined && lines !== undefined) return { label, base, lines };
  }
  return { unavailable: "No lights: none of this machine's GPIO chips is a Raspberry Pi header." };
}

/** Empty where the file can't be read: chips may go while we look. */
function read(root: string, chip: string, file: string): string {
  try {
    return readFileSync(join(root, chip, file), "latin1").trim();
  } catch {
    return "";
  }
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}
