/** What a MAC address itself tells: group, local, random, virtual router. Lower-case text with colons. */

/** Addresses that stand for a role shared by several routers: VRRP (RFC 9568), HSRP v1/v2, GLBP (Cisco). */
const VIRTUAL_ROUTER = [
  "00:00:5e:00:01:",
  "00:00:5e:00:02:",
  "00:00:0c:07:ac:",
  "00:00:0c:9f:f",
  "00:07:b4:00:",
  "00:05:73:a0:0",
] as const;

/**
 * Locally administered blocks that stay the same for years: hypervisors, containers, docks
 * (QEMU/KVM, Xen, Docker, VirtualBox host-only, Microsoft failover clusters).
 */
const STABLE_LOCAL = [
  "52:54:00:",
  "02:42:",
  "0a:00:27:",
  "02:bf:",
  "02:01:",
  "02:02:",
  "fe:54:00:",
  "02:00:4c:4f:4f:50",
] as const;

const firstByte = (mac: string) => Number.parseInt(mac.slice(0, 2), 16);

export const isGroupMac = (mac: string): boolean => (firstByte(mac) & 1) !== 0;
export const isZeroMac = (mac: string): boolean => mac === "00:00:00:00:00:00";
export const isLocalMac = (mac: string): boolean => (firstByte(mac) & 2) !== 0;
export const isVirtualRouterMac = (mac: string): boolean => VIRTUAL_ROUTER.some((prefix) => mac.startsWith(prefix));

/** Shaped like the random addresses that phones and laptops use: local, individual, of no stable block. */
export const isRandomisedMac = (mac: string): boolean =>
  isLocalMac(mac) && !isGroupMac(mac) && !STABLE_LOCAL.some((prefix) => mac.startsWith(prefix));

/** True for an address that one network card can own. */
export const isCardMac = (mac: string): boolean => !isGroupMac(mac) && !isZeroMac(mac) && !isVirtualRouterMac(mac);

/** So many zero bytes of six are no card's: real ones have a maker's number and a running one. */
const MANY_ZEROES = 4;
/** The first blocks ever assigned (Xerox, 00:00:00 to 00:00:09): empty and invented addresses begin so, hardly a device. */
const FIRST_BLOCKS = /^00:00:0[0-9]:/;

/** True for an address that somebody wrote rather than a card carries: 00:11:22:33:44:55, 00:00:00:12:34:56. */
export function isMadeUpMac(mac: string): boolean {
  if (FIRST_BLOCKS.test(mac)) return true;
  const bytes = mac.split(":").map((text) => Number.parseInt(text, 16));
  if (bytes.filter((byte) => byte === 0).length >= MANY_ZEROES) return true;
  const step = bytes[1]! - bytes[0]!;
  return bytes.every((byte, at) => at === 0 || byte - bytes[at - 1]! === step);
}
