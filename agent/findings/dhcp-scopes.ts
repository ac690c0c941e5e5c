/** Who gives addresses by DHCP, on which link, of which network, with which router and name servers. */
import type { Device, DeviceEvidence } from "../identify/device.ts";
import { spanOf } from "./span.ts";

export interface Scope {
  /** VLAN it is heard in, or undefined when a relay asks the server. */
  link: number | undefined;
  /** Through which relay. */
  relay: string | undefined;
  net: string | undefined;
  router: string | undefined;
  dns: string | undefined;
}

export interface DhcpServer {
  device: Device;
  /** What it calls itself. */
  serverIds: readonly string[];
  scopes: readonly Scope[];
  evidence: DeviceEvidence[];
  firstSeenAt: number;
}

export function dhcpServers(devices: readonly Device[]): DhcpServer[] {
  return devices.flatMap((device) => {
    const evidence = device.evidence.filter(({ attribute }) => attribute === "wardtap.dhcp.scope");
    if (evidence.length === 0) return [];
    const ids = device.evidence.filter(({ attribute }) => attribute === "dhcp.option.dhcp_server_id");
    return [
      {
        device,
        serverIds: ids.map(({ value }) => value),
        scopes: evidence.map(({ value }) => scopeIn(value)),
        evidence,
        firstSeenAt: spanOf(evidence).firstSeenAt,
      },
    ];
  });
}

/** "link 20 net 10.0.0.0/24 router 10.0.0.1 dns 10.0.0.2,10.0.0.3", as the dissector writes it. */
function scopeIn(text: string): Scope {
  const words = text.split(" ");
  const after = (word: string) => (words.includes(word) ? words[words.indexOf(word) + 1] : undefined);
  const link = after("link");
  return {
    link: link === undefined ? undefined : Number(link),
    relay: after("relay"),
    net: after("net"),
    router: after("router"),
    dns: after("dns"),
  };
}

/** What one server gives and the other gives otherwise; what only one of the two gives is no difference. */
export function differences(a: Scope, b: Scope): string[] {
  const words = { net: "addresses of another network", router: "another router", dns: "other name servers" };
  return (Object.keys(words) as (keyof typeof words)[])
    .filter((field) => a[field] !== undefined && b[field] !== undefined && a[field] !== b[field])
    .map((field) => words[field]);
}
