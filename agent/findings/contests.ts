/** Addresses that two cards claim in turn, and what explains it: what the rules about claimed addresses share. */
import type { Device, DeviceEvidence } from "../identify/device.ts";
import { isVirtualRouterMac } from "../identify/mac.ts";
import type { RuleContext } from "./rule.ts";

export interface Contest {
  ip: string;
  /** The claimant this is told of, and the other one. */
  device: Device;
  other: Device;
  evidence: DeviceEvidence;
}

/** Claims in turn (`contested`), or told to others unasked (`forced`), one for each side that was heard. */
export function contestsOf({ devices }: Pick<RuleContext, "devices">, what: "contested" | "forced"): Contest[] {
  const byMac = new Map<string, Device>();
  for (const device of devices) for (const mac of device.macs) byMac.set(mac, device);
  const sharing = membersOf(devices);
  return devices.flatMap((device) =>
    device.evidence.flatMap((evidence) => {
      if (evidence.attribute !== `wardtap.address.${what}`) return [];
      const [ip = "", mac = ""] = evidence.value.split(" ");
      const members = sharing.get(ip);
      const other = byMac.get(mac) ?? members?.values().next().value;
      if (other === undefined || other === device || device.macs.some(isVirtualRouterMac)) return [];
      // A group of routers hands its address around, and so may one of whose group nothing else was heard. Who forces it
      // on others and is no member is another matter.
      const isHandedAround = members === undefined ? isVirtualRouterMac(mac) : what === "contested";
      return isHandedAround || members?.has(device) ? [] : [{ ip, device, other, evidence }];
    }),
  );
}

/** Shared address → routers that say so. */
function membersOf(devices: readonly Device[]): ReadonlyMap<string, ReadonlySet<Device>> {
  const members = new Map<string, Set<Device>>();
  for (const device of devices) {
    for (const { attribute, value } of device.evidence) {
      if (!SHARED.includes(attribute)) continue;
      const held = members.get(value);
      if (held === undefined) members.set(value, new Set([device]));
      else held.add(device);
    }
  }
  return members;
}

const SHARED: readonly string[] = ["vrrp.ip_addr", "hsrp.virt_ip"];

/** Addresses that a group of routers shares on purpose. */
export const sharedByRouters = (devices: readonly Device[]): ReadonlySet<string> => new Set(membersOf(devices).keys());

/** Addresses that hosts were given as their router's. */
export function gatewayAddresses(devices: readonly Device[]): ReadonlySet<string> {
  const routers = devices.filter(({ evidence }) =>
    evidence.some(({ attribute, value }) => attribute === "wardtap.ra" && value === "router"),
  );
  return new Set([...valuesOf(devices, ["dhcp.option.router"]), ...valuesOf(routers, ["icmpv6.nd.ns.source"])]);
}

function valuesOf(devices: readonly Device[], attributes: readonly string[]): Set<string> {
  const values = new Set<string>();
  for (const { evidence } of devices)
    for (const { attribute, value } of evidence) if (attributes.includes(attribute)) values.add(value);
  return values;
}

/** Items by key, in the order in which keys first came. */
export function grouped<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}
