/** Clinical messages or images cross the network readable for anybody who listens. */
import { defineRule } from "./rule.ts";

const WORDS: Record<string, string> = { hl7: "HL7 messages", dicom: "DICOM images" };

export default defineRule({
  id: "unencrypted-clinical-data",
  title: "Clinical data is sent without encryption",
  severity: "medium",
  about: "device",
  advice:
    "Ask the maker whether the device can send over TLS (DICOM TLS, MLLP over TLS). Until then keep it and its server in a network segment of their own, and let nobody else into that segment.",
  references: ["NHS guidance on protecting connected medical devices, step 3", "DICOM PS3.15", "IHE ATNA"],
  judge: ({ devices }) =>
    devices.flatMap((device) => {
      const evidence = device.evidence.filter(({ attribute }) => attribute === "wardtap.clinical");
      if (evidence.length === 0) return [];
      const protocols = [...new Set(evidence.map(({ value }) => value))].sort();
      const ports = device.services.filter(
        (service) => service.protocol !== null && protocols.includes(service.protocol),
      );
      const partners = device.peers
        .filter(
          (peer) =>
            peer.deviceId !== null && ports.some((service) => peer.service === `${service.transport}/${service.port}`),
        )
        .map((peer) => peer.deviceId!);
      const what = protocols.map((protocol) => WORDS[protocol] ?? `${protocol} messages`).join(" and ");
      return [
        {
          deviceId: device.id,
          relatedDeviceIds: [...new Set(partners)].sort(),
          certainty: "confirmed" as const,
          why: `${what} that carry patient data were exchanged in clear${ports.length > 0 ? ` on ${[...new Set(ports.map((service) => `${service.transport}/${service.port}`))].join(", ")}` : ""}.`,
          evidence,
          firstSeenAt: Math.min(...evidence.map((piece) => piece.firstSeenAt)),
          lastSeenAt: Math.max(...evidence.map((piece) => piece.lastSeenAt)),
        },
      ];
    }),
});
