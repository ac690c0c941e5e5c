/** A device as other pages name it: its register id, and what people call it. */

import type { DeviceView } from "../api/shapes.ts";
import type { DeviceLink } from "../api/shapes-detail.ts";
import { nameOfDevice } from "./feed-text.ts";

export const linkOf = (device: DeviceView): DeviceLink => ({
  registerId: device.registerId,
  deviceId: device.deviceId,
  name: nameOfDevice(device),
  class: device.class,
  medical: device.medical,
});

/** Of a device that the register doesn't show. */
export const linkToUnknown = (deviceId: string): DeviceLink => ({
  registerId: null,
  deviceId,
  name: deviceId,
  class: "unknown",
  medical: false,
});
