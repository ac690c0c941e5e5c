/** How grave a vulnerability is for a device: by score, certainty and whether it is known to be exploited. */
import { worstScore } from "./affected-by.ts";
import type { Severity, Vulnerability } from "./finding.ts";

const ORDER: readonly Severity[] = ["info", "low", "medium", "high", "critical"];
/** CVSS 3.1, 5: qualitative severity rating scale. */
const CRITICAL = 9;
const HIGH = 7;
const MEDIUM = 4;

/** Not-affected is undefined. A score that nobody gave counts as medium. */
export function severityOf(vulnerability: Vulnerability): Severity | undefined {
  const score = vulnerability.scores.length === 0 ? MEDIUM : worstScore(vulnerability);
  switch (vulnerability.verdict) {
    case "confirmed":
      return raised(
        score >= CRITICAL ? "critical" : score >= HIGH ? "high" : score >= MEDIUM ? "medium" : "low",
        vulnerability.kev,
      );
    case "likely":
      return raised(score >= CRITICAL ? "high" : score >= MEDIUM ? "medium" : "low", vulnerability.kev);
    case "possible":
      return score >= HIGH || vulnerability.kev ? "low" : "info";
    case "not-affected":
      return undefined;
  }
}

/** The worst of all; undefined when none applies. */
export function worstSeverity(vulnerabilities: readonly Vulnerability[]): Severity | undefined {
  const rank = (one: Vulnerability) => ORDER.indexOf(severityOf(one) ?? ("" as Severity));
  return ORDER[vulnerabilities.reduce((worst, one) => Math.max(worst, rank(one)), -1)];
}

const raised = (severity: Severity, isExploited: boolean): Severity =>
  isExploited ? (ORDER[Math.min(ORDER.indexOf(severity) + 1, ORDER.length - 1)] as Severity) : severity;
