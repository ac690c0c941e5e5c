/** One host tries many ports of another. */
import { defineRule, hearsAnswers } from "./rule.ts";

const MIN_PORTS = 15;
const MAX_ANSWERED_SHARE = 0.5;

export default defineRule({
  id: "port-scan",
  title: "Port scan",
  severity: "medium",
  about: "device",
  advice: "Find out who scans and why. Scans have stopped medical devices: a planned one must leave them out.",
  references: ["MITRE ATT&CK T1046"],
  judge: ({ fanOuts, tap }) =>
    (hearsAnswers({ tap }) ? fanOuts : [])
      .filter(
        ({ kind, tried, answered }) => kind === "ports" && tried >= MIN_PORTS && answered <= tried * MAX_ANSWERED_SHARE,
      )
      .map(({ deviceId, ip, tried, answered, firstSeenAt, lastSeenAt }) => ({
        ...(deviceId === null ? { key: ip ?? "", about: "network" as const } : {}),
        deviceId,
        certainty: "confirmed" as const,
        why: `It tried ${tried} different ports of one host in a short time; ${answered} answered.`,
        evidence: [],
        firstSeenAt,
        lastSeenAt,
      })),
});
