/** Who did what about a finding and when, as its tap keeps it, and what was asked from here. */
import type { FindingDetail } from "../api/shapes-detail.ts";
import { Said } from "./said.tsx";
import { When } from "./when.tsx";
import { actionWords, stepWords } from "./words.ts";

const ASKED = { waiting: "waiting for the tap", done: "done", refused: "refused by the tap", withdrawn: "taken back" };

export function FindingHistory({ detail, now }: { detail: FindingDetail; now: number }) {
  const { finding, history, asked } = detail;
  return (
    <>
      <ol class="wt-plain-list wt-history">
        {history.map((step) => (
          <li key={`${step.at} ${step.what}`}>
            <When at={step.at} now={now} as="exact" /> <strong>{stepWords(step.what)}</strong>
            {step.by !== null && (
              <>
                {" "}
                by <Said text={step.by} max={120} />
              </>
            )}
            {step.why !== null && (
              <>
                : <Said text={step.why} max={1000} />
              </>
            )}
          </li>
        ))}
        <li>
          <When at={finding.firstSeenAt} now={now} as="exact" /> <strong>First seen</strong>
        </li>
      </ol>
      {asked.length > 0 && (
        <details class="wt-finding">
          <summary>What was asked from this console</summary>
          <ol class="wt-plain-list wt-history">
            {asked.map((work) => (
              <li key={work.id}>
                <When at={work.askedAt} now={now} as="exact" /> <strong>{actionWords(work.action)}</strong>, asked by{" "}
                <Said text={work.by} max={120} />: {ASKED[work.state]}
                {work.message !== "" && (
                  <>
                    {" "}
                    (<Said text={work.message} max={500} />)
                  </>
                )}
              </li>
            ))}
          </ol>
        </details>
      )}
    </>
  );
}
