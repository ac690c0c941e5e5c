/** One device as the rules see it: its evidence, services and makers, with named look-ups. */
import { organisationOf } from "../knowledge/oui.ts";
import type { DeviceEvidence, DevicePeer, DeviceService } from "./device.ts";
import type { Group } from "./groups.ts";
import { isMadeUpMac, isRandomisedMac } from "./mac.ts";

export class DeviceView {
  readonly group: Group;
  readonly evidence: readonly DeviceEvidence[];
  readonly services: readonly DeviceService[];
  readonly peers: readonly DevicePeer[];
  #organisations: string[] | undefined;
  #values: Map<string, string[]> | undefined;

  constructor(
    group: Group,
    evidence: readonly DeviceEvidence[],
    services: readonly DeviceService[],
    peers: readonly DevicePeer[],
  ) {
    this.group = group;
    this.evidence = evidence;
    this.services = services;
    this.peers = peers;
  }

  /** Asked by every rule of every device: the evidence is sorted by attribute once. */
  values(attribute: string): readonly string[] {
    if (this.#values === undefined) {
      this.#values = new Map();
      for (const piece of this.evidence) {
        const same = this.#values.get(piece.attribute);
        if (same === undefined) this.#values.set(piece.attribute, [piece.value]);
        else same.push(piece.value);
      }
    }
    return this.#values.get(attribute) ?? [];
  }

  has(attribute: string, value?: string): boolean {
    const values = this.values(attribute);
    return value === undefined ? values.length > 0 : values.includes(value);
  }

  /** Answers requests of this protocol, proven by content. */
  serves(protocol: string): boolean {
    return this.services.some((service) => service.side === "server" && service.protocol === protocol);
  }

  uses(protocol: string): boolean {
    return this.services.some((service) => service.side === "client" && service.protocol === protocol);
  }

  /** Registered owners of its MAC addresses, as the IEEE spells them; an invented address has none. */
  get organisations(): string[] {
    this.#organisations ??= [
      ...new Set(
        this.group.macs
          .filter((mac) => !isMadeUpMac(mac))
          .map(organisationOf)
          .filter((name) => name !== null),
      ),
    ].sort();
    return this.#organisations;
  }

  get hasRandomisedMac(): boolean {
    return this.group.macs.length > 0 && this.group.macs.every(isRandomisedMac);
  }
}
