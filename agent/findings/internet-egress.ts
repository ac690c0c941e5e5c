/** A medical device talks to addresses outside the hospital. */
import { outsideEnds, outsideWords } from "./outside.ts";
import { defineRule } from "./rule.ts";
import { spanOfTalks, talksOf } from "./talks.ts";

export default defineRule({
  id: "internet-egress",
  title: "A medical device talks to the internet",
  severity: "medium",
  about: "device",
  advice:
    "Ask the maker whether this connection is needed, and for what. Allow just that one at the firewall, and nothing else.",
  references: ["NHS guidance on protecting connected medical devices, steps 3 and 4"],
  judge(context) {
    const medical = context.devices.filter((device) => device.medical);
    const talks = talksOf(context, medical);
    return medical.flatMap((device) => {
      const outside = device.peers.filter((peer) => peer.remote !== null && isPublicUnicast(peer.remote));
      if (outside.length === 0) return [];
      const contacts = (talks.get(device.id) ?? []).filter(
        ({ peerId, address }) => peerId === null && address !== null && isPublicUnicast(address),
      );
      return [
        {
          deviceId: device.id,
          certainty: "confirmed" as const,
          why: `It talks to ${outsideWords(outside)}.`,
          evidence: [],
          ...outsideEnds(outside),
          ...spanOfTalks(device, contacts, []),
        },
      ];
    });
  },
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
