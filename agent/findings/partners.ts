/** With whom a device speaks a service: the other devices that a finding about it concerns. */
import type { Device } from "../identify/device.ts";

export type Service = Device["services"][number];

/** "tcp/445", as peers name it. */
export const nameOf = ({ transport, port }: Service) => `${transport}/${port}`;

/** Ids of the devices it speaks these services with, sorted. */
export function partners(device: Device, services: readonly Service[]): string[] {
  const names = new Set(services.map(nameOf));
  const ids = device.peers
    .filter((peer) => peer.deviceId !== null && names.has(peer.service))
    .map((peer) => peer.deviceId!);
  return [...new Set(ids)].sort();
}
