/** A medical device talks to addresses outside the hospital. */
import { defineRule } from "./rule.ts";

const MAX_NAMED = 5;

export default defineRule({
  id: "internet-egress",
  title: "A medical device talks to the internet",
  severity: "medium",
  about: "device",
  advice:
    "Ask the maker whether this connection is needed, and for what. Allow just that one at the firewall, and nothing else.",
  references: ["NHS guidance on protecting connected medical devices, steps 3 and 4"],
  judge: ({ devices }) =>
    devices.flatMap((device) => {
      if (!device.medical) return [];
      const outside = device.peers.filter((peer) => peer.remote !== null && isPublicUnicast(peer.remote));
      if (outside.length === 0) return [];
      const named = outside.slice(0, MAX_NAMED).map((peer) => `${peer.remote} (${peer.service})`);
      return [
        {
          deviceId: device.id,
          certainty: "confirmed" as const,
          why: `It talks to ${named.join(", ")}${outside.length > MAX_NAMED ? ` and ${outside.length - MAX_NAMED} more` : ""}.`,
          evidence: [],
          firstSeenAt: device.firstSeenAt,
          lastSeenAt: device.lastSeenAt,
        },
      ];
    }),
});

/** A peer without a device may also be a silent address of the hospital's own, or a group. */
export function isPublicUnicast(ip: string): boolean {
  if (ip.includes(":")) return /^[23]/.test(ip);
  const [a = 0, b = 0] = ip.split(".").map(Number);
  if (a === 0 || a === 10 || a === 127 || a >= 224) return false;
  return !(
    (a === 172 && b >= 16 && b <= 31) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    (a === 100 && b >= 64 && b <= 127)
  );
}
