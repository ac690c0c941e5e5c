/** Clinical data in clear goes to an address outside the hospital. */
import type { Device } from "../identify/device.ts";
import { isPublicUnicast } from "./internet-egress.ts";
import { outsideEnds, outsideWords } from "./outside.ts";
import { nameOf } from "./partners.ts";
import { defineRule } from "./rule.ts";
import { spanOfTalks, talksOf } from "./talks.ts";

export default defineRule({
  id: "unencrypted-clinical-data-leaves-site",
  title: "Clinical data leaves the site without encryption",
  severity: "high",
  about: "device",
  advice:
    "Stop this connection at the firewall unless somebody can say what it is for, and tell information governance: patient data may have been readable on its way.",
  references: ["UK GDPR, article 32", "NHS guidance on protecting connected medical devices, step 3"],
  judge(context) {
    const found = context.devices.flatMap((device) => {
      const leaving = leavingOf(device);
      return leaving.outside.length === 0 ? [] : [{ device, ...leaving }];
    });
    const talks = talksOf(
      context,
      found.map(({ device }) => device),
    );
    return found.map(({ device, evidence, services, outside }) => {
      const contacts = (talks.get(device.id) ?? []).filter(
        ({ peerId, address, transport, port }) =>
          peerId === null && address !== null && isPublicUnicast(address) && services.has(`${transport}/${port}`),
      );
      return {
        deviceId: device.id,
        certainty: "confirmed" as const,
        why: `It sent or received clinical messages in clear with ${outsideWords(outside)}.`,
        evidence,
        ...outsideEnds(outside),
        ...spanOfTalks(device, contacts, evidence),
      };
    });
  },
});

/** Services that carried clinical messages in clear, and who outside they were spoken with. */
function leavingOf(device: Device) {
  const evidence = device.evidence.filter(({ attribute }) => attribute === "wardtap.clinical");
  const protocols = new Set(evidence.map(({ value }) => value));
  const services = new Set(
    device.services.filter(({ protocol }) => protocol !== null && protocols.has(protocol)).map(nameOf),
  );
  const outside = device.peers.filter(
    (peer) => peer.remote !== null && isPublicUnicast(peer.remote) && services.has(peer.service),
  );
  return { evidence, services, outside };
}
