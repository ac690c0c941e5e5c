/** Reported equipment that is heard itself too, or can't be told from who reports it, is one device with that. */
import type { Facts, HostFact, ReportedFact } from "./facts.ts";
import { hostKeyText } from "./facts.ts";
import type { Group, GroupSet } from "./groups.ts";

const BACNET = "bacnet ";
/** Numbers a BACnet device once in the whole network (ASHRAE 135, 12.11.1). */
const INSTANCE = "bacapp.instance_number";

export function addReported(facts: Facts, groups: GroupSet): void {
  const instances = instanceOwners(groups.sorted());
  const stations = stationsBehind(facts);
  for (const reported of facts.reported.values()) {
    const own = heardItself(reported, groups, instances);
    if (own !== undefined) attach(own, reported, "reported by a gateway too");
    else if (reported.reported.startsWith(BACNET) && stations.get(hostKeyText(reported.by)) === 1) {
      // A controller that routes for one station only is most often both: its field bus is an inner one.
      const router = ownerOf(reported, groups);
      if (router !== undefined) attach(router, reported, "the only station behind its own BACnet network");
      else groups.addReported(reported);
    } else groups.addReported(reported);
  }
}

function heardItself(
  reported: ReportedFact,
  groups: GroupSet,
  instances: ReadonlyMap<string, Group>,
): Group | undefined {
  const mac = macOfEui64(reported.reported);
  const byMac = mac === undefined ? undefined : groups.ofMac(mac);
  if (byMac !== undefined) return byMac;
  for (const { attribute, value } of reported.evidence.values()) {
    const owner = attribute === INSTANCE ? instances.get(value) : undefined;
    if (owner !== undefined) return owner;
  }
  return undefined;
}

const ownerOf = ({ by }: ReportedFact, groups: GroupSet): Group | undefined =>
  (by.mac === null ? undefined : groups.ofMac(by.mac)) ?? (by.ip === null ? undefined : groups.ownerOf(by.ip, by.vlan));

/** "0012210A0B0C", "001221FFFE0A0B0C" → "00:12:21:0a:0b:0c"; undefined for another identity. */
export function macOfEui64(identity: string): string | undefined {
  const match = /^([0-9A-F]{6})(?:FFF[EF])?([0-9A-F]{6})$/.exec(identity);
  return match === null ? undefined : `${match[1]}${match[2]}`.toLowerCase().match(/../g)!.join(":");
}

function instanceOwners(groups: readonly Group[]): Map<string, Group> {
  const owners = new Map<string, Group>();
  const twice = new Set<string>();
  for (const group of groups) {
    for (const host of group.hosts) {
      for (const { attribute, value } of host.evidence.values()) {
        if (attribute !== INSTANCE) continue;
        if (owners.has(value) && owners.get(value) !== group) twice.add(value);
        owners.set(value, group);
      }
    }
  }
  for (const value of twice) owners.delete(value);
  return owners;
}

/** Reporting host → BACnet stations behind it. */
function stationsBehind(facts: Facts): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { reported, by } of facts.reported.values()) {
    if (!reported.startsWith(BACNET)) continue;
    const key = hostKeyText(by);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** What was reported counts as said by the device; traffic is none. */
function attach(group: Group, reported: ReportedFact, reason: string): void {
  const host: HostFact = {
    key: `reported ${reported.reported}`,
    mac: null,
    vlan: 0,
    ip: null,
    sentFrames: 0,
    sentBytes: 0,
    receivedFrames: 0,
    receivedBytes: 0,
    ttl: 0,
    firstAt: reported.firstAt,
    lastAt: reported.lastAt,
    presentAt: reported.lastAt,
    longestPause: 0,
    evidence: reported.evidence,
  };
  group.hosts.push(host);
  if (!group.reasons.includes(reason)) group.reasons.push(reason);
}
