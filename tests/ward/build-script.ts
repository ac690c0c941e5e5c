/** The shell commands that lay a ward's cables: namespaces, veth pairs, the bridge and its mirror port. */

/** A host of the ward; it sits on the ward's bridge, or behind a router that does. */
export interface HostSpec {
  /** Lower case, unique; names the namespace `wt-<pid>-<name>`. */
  readonly name: string;
  readonly mac: string;
  /** What the host's programs see as their host name. */
  readonly hostname?: string;
  /** Fixed address with prefix length; absent when it asks by DHCP. */
  readonly address?: string;
  readonly gateway?: string;
  /** Not on the bridge but on its own cable to this router; `routerAddress` is the router's end. */
  readonly behind?: { readonly router: string; readonly routerAddress: string };
  /** Forwards IPv4 between its interfaces. */
  readonly forwards?: boolean;
}

/** The mirror port's name inside the tap's namespace. */
export const MIRROR = "mirror";
const BRIDGE = "br0";
/** A host on top of these is refused: a ward is small, and interface names stay short. */
const MAX_HOSTS = 160;
/** Bridges never forward 01:80:C2:00:00:0x unless told: bit 14 is LLDP (IEEE 802.1AB, 7.1). */
const FORWARD_LLDP = 0x4000;
/** Namespaces of the ward itself. */
const OWN_NAMES = new Set(["br", "tap"]);

/** Throws for host lists that could not be built or would reach a shell unquoted. */
export function checkHosts(hosts: readonly HostSpec[]): void {
  if (hosts.length > MAX_HOSTS) throw new Error(`a ward holds ${MAX_HOSTS} hosts at most, not ${hosts.length}`);
  const names = new Set<string>();
  const macs = new Set<string>();
  for (const host of hosts) {
    if (!/^[a-z][a-z0-9-]{0,10}$/.test(host.name) || OWN_NAMES.has(host.name) || names.has(host.name))
      throw new Error(`host name "${host.name}" is taken, reserved or not 1-11 of a-z 0-9 -`);
    names.add(host.name);
    if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(host.mac)) throw new Error(`${host.name}: "${host.mac}" is no MAC`);
    if (macs.has(host.mac)) throw new Error(`${host.name}: MAC ${host.mac} is taken`);
    macs.add(host.mac);
    for (const address of [host.address, host.gateway, host.behind?.routerAddress])
      if (address !== undefined && !/^[0-9.]+(\/\d+)?$/.test(address))
        throw new Error(`${host.name}: "${address}" is no IPv4 address`);
    if (host.behind && !hosts.some((other) => other.name === host.behind?.router && other.forwards))
      throw new Error(`${host.name}: its router "${host.behind.router}" is not among the hosts`);
  }
}

/**
 * Builds everything with all host links down, so that the ward is silent until a host is plugged in.
 *
 * The bridge forgets addresses at once (ageing time 0) and snoops no multicast, so it floods each frame to every port
 * but the one it came by: the mirror port hears each frame exactly once. That needs no kernel module beyond bridge and
 * veth (tc's mirred and matchall are often missing). Hosts hear frames for others too and drop them, as on a hub.
 */
export function bridgeScript(prefix: string, hosts: readonly HostSpec[]): string {
  const bridge = `${prefix}-br`;
  const tap = `${prefix}-tap`;
  const lines = [
    ...[bridge, tap, ...hosts.map((host) => `${prefix}-${host.name}`)].map((namespace) => `ip netns add ${namespace}`),
    noIpv6(bridge),
    noIpv6(tap),
    `ip -n ${bridge} link add name ${BRIDGE} address 02:00:00:00:00:01 type bridge ageing_time 0 mcast_snooping 0 stp_state 0 forward_delay 0 group_fwd_mask ${FORWARD_LLDP}`,
    `ip -n ${bridge} link add name p-mirror type veth peer name ${MIRROR} netns ${tap}`,
    `ip -n ${bridge} link set p-mirror master ${BRIDGE}`,
    noOffload(bridge, "p-mirror"),
    noOffload(tap, MIRROR),
    `ip -n ${tap} link set ${MIRROR} arp off multicast off`,
    `ip -n ${tap} link set ${MIRROR} up`,
    `ip -n ${bridge} link set p-mirror up`,
    ...hosts.flatMap((host) => hostCable(prefix, host)),
    `ip -n ${bridge} link set ${BRIDGE} up`,
  ];
  return lines.join("\n");
}

/** Brings one host's cable up, with address and default route where they are fixed. */
export function plugScript(prefix: string, host: HostSpec): string {
  const namespace = `${prefix}-${host.name}`;
  const lines = [`ip -n ${namespace} link set lo up`, `ip -n ${namespace} link set eth0 up`];
  if (host.address) lines.push(`ip -n ${namespace} addr add ${host.address} dev eth0`);
  if (host.gateway) lines.push(`ip -n ${namespace} route add default via ${host.gateway}`);
  return lines.join("\n");
}

/** Takes the bridge itself down: its ports stay, and nothing is forwarded any more. */
export const unplugScript = (prefix: string) => `ip -n ${prefix}-br link set ${BRIDGE} down`;

function hostCable(prefix: string, host: HostSpec): string[] {
  const own = `${prefix}-${host.name}`;
  const port = `p-${host.name}`;
  const far = `${prefix}-${host.behind ? host.behind.router : "br"}`;
  const lines = [
    `ip -n ${far} link add name ${port} type veth peer name eth0 address ${host.mac} netns ${own}`,
    noOffload(far, port),
    noOffload(own, "eth0"),
  ];
  if (host.behind) lines.push(`ip -n ${far} addr add ${host.behind.routerAddress} dev ${port}`);
  else lines.push(`ip -n ${far} link set ${port} master ${BRIDGE}`);
  lines.push(`ip -n ${far} link set ${port} up`);
  if (host.forwards) lines.push(`ip netns exec ${own} sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'`);
  return lines;
}

/** Without this a port greets its neighbours (duplicate address detection, MLD) and the mirror would not be silent. */
const noIpv6 = (namespace: string) =>
  `ip netns exec ${namespace} sh -c 'for f in /proc/sys/net/ipv6/conf/*/disable_ipv6; do [ ! -e "$f" ] || echo 1 > "$f"; done'`;

/** Offloads hand over frames larger than any wire carries, and checksums that are not filled in. */
const noOffload = (namespace: string, port: string) =>
  `ip netns exec ${namespace} ethtool -K ${port} tx off rx off sg off tso off gso off gro off lro off >/dev/null 2>&1 || ip netns exec ${namespace} ethtool -K ${port} tx off tso off gso off gro off >/dev/null`;
