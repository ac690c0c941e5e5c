/** The best short name of a device. */
import type { DeviceView } from "../api/shapes.ts";
import { classWords } from "../class-words.ts";

/** What it calls itself, else its maker and model, else its class and an address. Device-given: show it by Said. */
export function nameOf(device: DeviceView): string {
  const made = [device.maker, device.model].filter(Boolean).join(" ");
  return device.names[0] || made || `${classWords(device.class)} ${device.ips[0] ?? device.macs[0] ?? ""}`.trim();
}
