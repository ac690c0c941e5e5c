/** The groups that devices are made of: built card by card, joined with reasons, looked up by MAC and address. */
import type { Card } from "./cards.ts";
import type { HostFact, ReportedFact } from "./facts.ts";

export interface Group {
  /** "mac <mac> <vlan>", "ip <ip> <vlan> <first seen>", "reported <identity>". */
  anchor: string;
  /** Every anchor that would name this group, earliest first. */
  anchors: string[];
  hosts: HostFact[];
  reported: ReportedFact | null;
  macs: string[];
  ips: string[];
  vlans: number[];
  /** Carries other hosts' traffic. */
  isRouter: boolean;
  /** Why its parts are taken for one device. */
  reasons: string[];
  firstAt: number;
}

export class GroupSet {
  readonly #groups = new Set<Group>();
  readonly #byMac = new Map<string, Group>();
  /** The same address in several VLANs is several devices. */
  readonly #byAddress = new Map<string, Group[]>();

  hasMac = (mac: string): boolean => this.#byMac.has(mac);
  ofMac = (mac: string): Group | undefined => this.#byMac.get(mac);

  /** Who owns the address: in this VLAN, or, heard through a router, the only one that has it anywhere. */
  ownerOf(ip: string, vlan: number): Group | undefined {
    const owners = this.#byAddress.get(ip) ?? [];
    return owners.find((group) => group.vlans.includes(vlan)) ?? (owners.length === 1 ? owners[0] : undefined);
  }

  addCard(card: Card, hosts: HostFact[], owned: string[], isRouter: boolean): void {
    this.#keep({
      anchor: "",
      anchors: macAnchors(card),
      hosts,
      reported: null,
      macs: [card.mac],
      ips: owned,
      vlans: [...card.vlans],
      isRouter,
      reasons: owned.length > 1 ? ["one network card"] : [],
      firstAt: card.firstAt,
    });
  }

  addByAddress(hosts: HostFact[], reason: string): void {
    const first = Math.min(...hosts.map((host) => host.firstAt));
    const { ip, vlan } = hosts[0]!;
    this.#keep({
      anchor: "",
      anchors: [`ip ${ip} ${vlan} ${first}`],
      hosts,
      reported: null,
      macs: [],
      ips: [ip!],
      vlans: [...new Set(hosts.map((host) => host.vlan))],
      isRouter: false,
      reasons: [reason],
      firstAt: first,
    });
  }

  addReported(reported: ReportedFact): void {
    this.#keep({
      anchor: "",
      anchors: [`reported ${reported.reported}`],
      hosts: [],
      reported,
      macs: [],
      ips: [],
      vlans: [],
      isRouter: false,
      reasons: ["reported by a gateway"],
      firstAt: reported.firstAt,
    });
  }

  /** One more address that turned out to be the group's own. */
  addAddress(group: Group, host: HostFact): void {
    group.hosts.push(host);
    if (!group.ips.includes(host.ip!)) group.ips.push(host.ip!);
    this.#index(group, host.ip!);
  }

  /** Another card of the same device: one that is a group already is merged, one never heard is noted. */
  joinMac(mac: string, other: string, reason: string): void {
    const mine = this.#byMac.get(mac);
    const theirs = this.#byMac.get(other);
    if (mine === undefined || mine === theirs) return;
    if (theirs === undefined) {
      mine.macs.push(other);
      this.#byMac.set(other, mine);
    } else this.#merge(mine, theirs, reason);
  }

  sorted(): Group[] {
    for (const group of this.#groups) {
      group.anchor = group.anchors[0]!;
      group.macs.sort();
      group.ips.sort();
      group.vlans.sort((a, b) => a - b);
    }
    return [...this.#groups].sort((a, b) => a.firstAt - b.firstAt || (a.anchor < b.anchor ? -1 : 1));
  }

  #keep(group: Group): void {
    this.#groups.add(group);
    for (const mac of group.macs) this.#byMac.set(mac, group);
    for (const ip of group.ips) this.#index(group, ip);
  }

  #index(group: Group, ip: string): void {
    const owners = this.#byAddress.get(ip) ?? [];
    if (!owners.includes(group)) owners.push(group);
    this.#byAddress.set(ip, owners);
  }

  #merge(a: Group, b: Group, reason: string): void {
    const [into, from] = a.firstAt <= b.firstAt ? [a, b] : [b, a];
    into.anchors.push(...from.anchors);
    into.hosts.push(...from.hosts);
    into.macs.push(...from.macs);
    into.vlans = [...new Set([...into.vlans, ...from.vlans])];
    into.isRouter ||= from.isRouter;
    into.reasons.push(...from.reasons, reason);
    this.#groups.delete(from);
    for (const mac of from.macs) this.#byMac.set(mac, into);
    for (const ip of from.ips) {
      if (!into.ips.includes(ip)) into.ips.push(ip);
      this.#byAddress.set(
        ip,
        (this.#byAddress.get(ip) ?? []).filter((group) => group !== from),
      );
      this.#index(into, ip);
    }
  }
}

/** One anchor per VLAN, the VLAN heard first in front. */
function macAnchors(card: Card): string[] {
  const first = (vlan: number) =>
    Math.min(...card.hosts.filter((host) => host.vlan === vlan).map((host) => host.firstAt));
  return [...card.vlans].sort((a, b) => first(a) - first(b) || a - b).map((vlan) => `mac ${card.mac} ${vlan}`);
}
