/** Clinical data in clear goes to an address outside the hospital. */
import { isPublicUnicast } from "./internet-egress.ts";
import { defineRule } from "./rule.ts";

export default defineRule({
  id: "unencrypted-clinical-data-leaves-site",
  title: "Clinical data leaves the site without encryption",
  severity: "high",
  about: "device",
  advice:
    "Stop this connection at the firewall unless somebody can say what it is for, and tell information governance: patient data may have been readable on its way.",
  references: ["UK GDPR, article 32", "NHS guidance on protecting connected medical devices, step 3"],
  judge: ({ devices }) =>
    devices.flatMap((device) => {
      const evidence = device.evidence.filter(({ attribute }) => attribute === "wardtap.clinical");
      const protocols = new Set(evidence.map(({ value }) => value));
      const services = new Set(
        device.services
          .filter(({ protocol }) => protocol !== null && protocols.has(protocol))
          .map(({ transport, port }) => `${transport}/${port}`),
      );
      const outside = device.peers.filter(
        (peer) => peer.remote !== null && isPublicUnicast(peer.remote) && services.has(peer.service),
      );
      if (outside.length === 0) return [];
      return [
        {
          deviceId: device.id,
          certainty: "confirmed" as const,
          why: `It sent or received clinical messages in clear with ${outside.map((peer) => `${peer.remote} (${peer.service})`).join(", ")}.`,
          evidence,
          firstSeenAt: Math.min(...evidence.map((piece) => piece.firstSeenAt)),
          lastSeenAt: Math.max(...evidence.map((piece) => piece.lastSeenAt)),
        },
      ];
    }),
});
