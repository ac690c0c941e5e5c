/** Every rule asked once: verdicts become findings with stable ids. */
import { createHash } from "node:crypto";
import { bundledKnowledge } from "../knowledge/advisories/bundled.ts";
import type { Finding } from "./finding.ts";
import { findingRules } from "./index.ts";
import { type RuleContext, signsOf, type TapFacts } from "./rule.ts";
import { marksOf } from "./work/widen.ts";

/** A judgement of this moment, before it meets what is held of it. */
export interface JudgedFinding extends Finding {
  key: string;
  marks: string[];
}

/** Sorted by id. The same rule on the same device (and key) always has the same id. */
export function judgeFindings(context: RuleContext): JudgedFinding[] {
  const knowledgeVersion = (context.advisories ?? bundledKnowledge()).digest;
  return findingRules
    .flatMap((rule) =>
      rule.judge(context).map(
        (verdict): JudgedFinding => ({
          id: findingId(rule.id, verdict.deviceId, verdict.key),
          rule: rule.id,
          severity: verdict.severity ?? rule.severity,
          certainty: verdict.certainty,
          state: "open",
          about: verdict.about ?? rule.about,
          deviceId: verdict.deviceId,
          relatedDeviceIds: verdict.relatedDeviceIds ?? [],
          title: rule.title,
          why: verdict.why,
          advice: verdict.advice ?? rule.advice,
          vulnerabilities: verdict.vulnerabilities ?? [],
          knowledgeVersion,
          evidence: verdict.evidence,
          ...(verdict.between === undefined ? {} : { between: verdict.between }),
          key: verdict.key ?? "",
          marks: marksOf(signsOf(verdict)),
          firstSeenAt: verdict.firstSeenAt,
          lastSeenAt: verdict.lastSeenAt,
        }),
      ),
    )
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Ids of findings about the tap that its ports have meanwhile proved wrong; whoever holds one open resolves it. */
export const findingsOver = (tap: readonly TapFacts[]): string[] =>
  findingRules.flatMap((rule) =>
    tap.filter((facts) => rule.isOver?.(facts) === true).map((facts) => findingId(rule.id, null, facts.interface)),
  );

export const findingId = (rule: string, deviceId: string | null, key: string | undefined): string =>
  `fnd-${createHash("sha256")
    .update(`${rule}\0${deviceId ?? ""}\0${key ?? ""}`)
    .digest("hex")
    .slice(0, 16)}`;
