/** Devices whose kind never gives addresses or routes for others. */
import type { Device, DeviceClass } from "../identify/device.ts";

const END_CLASSES: ReadonlySet<DeviceClass> = new Set([
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

/** Medical servers: central stations give their monitors addresses, gateways and archives stand between networks. */
const SERVING: ReadonlySet<DeviceClass> = new Set(["central-station", "medical-gateway", "imaging-archive"]);

export const isEndDevice = ({ class: kind, medical }: Device): boolean =>
  END_CLASSES.has(kind) || (medical && !SERVING.has(kind));
