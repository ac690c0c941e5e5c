/** One host looks who is there: by ARP, or by the same port at many addresses. */
import { defineRule, hearsAnswers } from "./rule.ts";

const MIN_HOSTS = 25;
const MAX_ANSWERED_SHARE = 0.5;

export default defineRule({
  id: "address-scan",
  title: "Host sweep",
  severity: "medium",
  about: "device",
  advice: "Find out who sweeps the network and why. A planned sweep must leave medical devices out.",
  references: ["MITRE ATT&CK T1018"],
  judge: ({ fanOuts, tap }) =>
    (hearsAnswers({ tap }) ? fanOuts : [])
      .filter(
        ({ kind, tried, answered }) => kind === "hosts" && tried >= MIN_HOSTS && answered <= tried * MAX_ANSWERED_SHARE,
      )
      .map(({ deviceId, ip, port, tried, answered, firstSeenAt, lastSeenAt }) => ({
        key: deviceId === null ? `${port} ${ip}` : String(port),
        ...(deviceId === null ? { about: "network" as const } : {}),
        deviceId,
        certainty: "confirmed" as const,
        why: `It looked for ${tried} different addresses ${port === 0 ? "by ARP" : `on port ${port}`} in a short time; ${answered} answered.`,
        evidence: [],
        firstSeenAt,
        lastSeenAt,
      })),
});
