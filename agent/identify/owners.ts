/** Which device an address belongs to. */
import type { HostKey } from "../observe/observation.ts";
import { hostKeyText } from "./facts.ts";
import type { Group } from "./groups.ts";

export class OwnerIndex {
  readonly #byHost = new Map<string, string>();
  readonly #byMac = new Map<string, string>();
  readonly #byIp = new Map<string, string>();

  /** `ids` are those of the groups, in their order. */
  constructor(groups: readonly Group[], ids: readonly string[]) {
    groups.forEach((group, index) => {
      const id = ids[index]!;
      for (const mac of group.macs) this.#byMac.set(mac, id);
      for (const ip of group.ips) {
        for (const vlan of group.vlans) {
          const place = `${vlan} ${ip}`;
          if (!this.#byIp.has(place)) this.#byIp.set(place, id);
        }
        if (!this.#byIp.has(ip)) this.#byIp.set(ip, id);
      }
      for (const host of group.hosts) this.#byHost.set(host.key, id);
    });
  }

  /** undefined for a host that is no device. */
  idOf(host: HostKey): string | undefined {
    const exact = this.#byHost.get(hostKeyText(host));
    if (exact !== undefined) return exact;
    if (host.ip === null) return host.mac === null ? undefined : this.#byMac.get(host.mac);
    return this.#byIp.get(`${host.vlan} ${host.ip}`) ?? this.#byIp.get(host.ip);
  }
}
