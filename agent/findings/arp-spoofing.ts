/** One card keeps telling others that the gateway's address, or those of several hosts, are its own. */
import { contestsOf, gatewayAddresses, grouped } from "./contests.ts";
import { seen } from "./from-evidence.ts";
import { defineRule, hearsAnswers, type Verdict } from "./rule.ts";

/** Other hosts whose addresses it takes, where none is a gateway's. One alone may be a wrong setting. */
const MIN_VICTIMS = 2;

export default defineRule({
  id: "arp-spoofing",
  title: "A device takes the place of others on the network (ARP spoofing)",
  severity: "high",
  about: "device",
  advice:
    "Find this device now and unplug it: it can read and change what the others send. If it is a known tool of the network team, let them say so and mark this a false alarm. Ask for ARP inspection on the switch.",
  references: ["MITRE ATT&CK T1557.002", "RFC 826"],
  judge(context) {
    // Whose questions aren't heard seems to answer unasked.
    if (!hearsAnswers(context)) return [];
    const gateways = gatewayAddresses(context.devices);
    const forced = grouped(contestsOf(context, "forced"), ({ device }) => device.id);
    return [...forced].flatMap(([deviceId, claims]): Verdict[] => {
      // A router that answers for itself has every right to.
      const taken = claims.filter(({ ip, other }) => gateways.has(ip) || other.ips.includes(ip));
      const victims = new Set(taken.map(({ other }) => other.id));
      const ofGateway = taken.some(({ ip }) => gateways.has(ip));
      if (!ofGateway && victims.size < MIN_VICTIMS) return [];
      return [
        {
          deviceId,
          relatedDeviceIds: [...victims].sort(),
          certainty: "likely",
          why: `Again and again, and without being asked, it tells others that ${ofGateway ? "the gateway's address is" : "the addresses of other hosts are"} its own.`,
          ...seen(taken.map(({ evidence }) => evidence)),
        },
      ];
    });
  },
});
