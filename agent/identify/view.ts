/** One device as the rules see it: its evidence, services and makers, with named look-ups. */
import { organisationOf } from "../knowledge/oui.ts";
import type { DeviceEvidence, DevicePeer, DeviceService } from "./device.ts";
import type { Group } from "./groups.ts";
import { isRandomisedMac } from "./mac.ts";

export class DeviceView {
  readonly group: Group;
  readonly evidence: readonly DeviceEvidence[];
  readonly services: readonly DeviceService[];
  readonly peers: readonly DevicePeer[];
  #organisations: string[] | undefined;

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

  values(attribute: string): string[] {
    return this.evidence.filter((piece) => piece.attribute === attribute).map((piece) => piece.value);
  }

  has(attribute: string, value?: string): boolean {
    return this.evidence.some(
      (piece) => piece.attribute === attribute && (value === undefined || piece.value === value),
    );
  }

  /** Answers requests of this protocol, proven by content. */
  serves(protocol: string): boolean {
    return this.services.some((service) => service.side === "server" && service.protocol === protocol);
  }

  uses(protocol: string): boolean {
    return this.services.some((service) => service.side === "client" && service.protocol === protocol);
  }

  /** Registered owners of its MAC addresses, as the IEEE spells them. */
  get organisations(): string[] {
    this.#organisations ??= [...new Set(this.group.macs.map(organisationOf).filter((name) => name !== null))].sort();
    return this.#organisations;
  }

  get hasRandomisedMac(): boolean {
    return this.group.macs.length > 0 && this.group.macs.every(isRandomisedMac);
  }
}
