/** A device asks for many long names, no two alike, below one domain: data may be carried inside them. */
import type { Device, DeviceEvidence } from "../identify/device.ts";
import { isLookupService } from "../knowledge/lookup-services.ts";
import { folded } from "./folded.ts";
import { matching, seen } from "./from-evidence.ts";
import { defineRule, type Verdict } from "./rule.ts";

const SIGNS = [{ attribute: "wardtap.dns.tunnel" }];

export default defineRule({
  id: "dns-tunnel-suspected",
  title: "Data may leave inside DNS questions",
  severity: "medium",
  about: "device",
  advice:
    "Ask who owns the domain, and what on this device asks for it. If nobody can say, block the domain at the resolver and have the device looked at: malware and hidden remote access use this road.",
  references: ["MITRE ATT&CK T1071.004", "MITRE ATT&CK T1048"],
  judge({ devices, strangers }) {
    const asking = devices.map((device) => ({ device, evidence: tunnels(device.evidence) }));
    const byClients = new Set(
      asking.filter(({ device }) => !isResolver(device)).flatMap(({ evidence }) => evidence.map(({ value }) => value)),
    );
    return [
      ...asking.flatMap(({ device, evidence }): Verdict[] => {
        // A resolver asks for those who ask it: where they were heard, they are told of.
        const own = isResolver(device) ? evidence.filter(({ value }) => !byClients.has(value)) : evidence;
        if (own.length === 0) return [];
        return [
          {
            deviceId: device.id,
            certainty: isResolver(device) ? "possible" : "likely",
            why: `${words(own)}${isResolver(device) ? " It answers names for others, so one of them may be behind it." : ""}`,
            ...seen(own),
          },
        ];
      }),
      ...folded(
        strangers.flatMap(({ ip, evidence }): Verdict[] => {
          const found = tunnels(evidence);
          if (found.length === 0) return [];
          return [
            {
              key: ip,
              about: "network",
              deviceId: null,
              certainty: "possible",
              why: `${ip}: ${words(found)}`,
              ...seen(found),
            },
          ];
        }),
      ),
    ];
  },
});

const tunnels = (evidence: readonly DeviceEvidence[]) =>
  matching(evidence, SIGNS).filter(({ value }) => !isLookupService(value));

const words = (evidence: readonly DeviceEvidence[]) =>
  `It asked for many long names, hardly two of them alike, below ${[...new Set(evidence.map(({ value }) => value))].sort().join(", ")}.`;

const isResolver = ({ evidence }: Device) =>
  evidence.some(({ attribute, value }) => attribute === "wardtap.role" && value === "dns-server");
