/** Devices whose kind never gives addresses or routes for others. */
import type { Device } from "../identify/device.ts";

const END_CLASSES: ReadonlySet<string> = new Set([
  "workstation",
  "laptop",
  "thin-client",
  "printer",
  "scanner",
  "phone",
  "voip",
  "tablet",
  "camera",
  "av",
  "badge-reader",
  "ups",
]);

export const isEndDevice = ({ class: kind, medical }: Device): boolean =>
  END_CLASSES.has(kind) || (medical && kind !== "medical-gateway" && kind !== "imaging-archive");
