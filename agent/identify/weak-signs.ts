/** Evidence that no message gave: ports on which content stayed unknown, and addresses that only one product calls. */
import { portEntries } from "../knowledge/ports.ts";
import type { DeviceEvidence, DevicePeer, DeviceService } from "./device.ts";

/** Encryption hides the content: then the port is all there is. */
const HIDING: ReadonlySet<string> = new Set(["tls", "dtls"]);

/**
 * Addresses built into a product's firmware, whoever owns them: Contec CMS8000 and its rebrands call
 * 202.114.4.119 and .120 (CVE-2025-0626, CVE-2025-0683).
 */
const BUILT_IN: readonly (readonly [prefix: string, services: RegExp, value: string])[] = [
  [
    "202.114.4.",
    /^(?:tcp\/515|(?:tcp|udp)\/2049|tcp\/(?:2575|6\d{3}))$/,
    "contec-cms8000 202.114.4.0/24 (built-in address)",
  ],
];

/** Seen for as long as the device was: services have no times of their own. */
export function weakSigns(
  services: readonly DeviceService[],
  peers: readonly DevicePeer[],
  firstSeenAt: number,
  lastSeenAt: number,
): DeviceEvidence[] {
  const values = new Map<string, string>();
  for (const { transport, port, protocol, side } of services) {
    if (side === "unknown" || (protocol !== null && !HIDING.has(protocol))) continue;
    for (const { name } of portEntries(transport, port, side)) {
      const end = side === "server" ? "" : " client";
      values.set(`${name} ${transport}/${port}${end} (port only)`, "wardtap.port");
    }
  }
  for (const { remote, service } of peers) {
    if (remote === null) continue;
    for (const [prefix, known, value] of BUILT_IN)
      if (remote.startsWith(prefix) && known.test(service)) values.set(value, "wardtap.peer");
  }
  return [...values].map(([value, attribute]) => ({
    attribute,
    value,
    protocol: "none",
    count: 1,
    firstSeenAt,
    lastSeenAt,
    firstFrame: null,
  }));
}
