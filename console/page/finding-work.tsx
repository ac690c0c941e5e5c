/** Working a finding: what waits for the tap, what may be done now, and who asks. */
import { useState } from "preact/hooks";
import type { TapView } from "../api/shapes.ts";
import type { FindingAction, FindingDetail, WorkView } from "../api/shapes-detail.ts";
import { send } from "./asked.ts";
import { Fact, TextFact } from "./parts.tsx";
import { Said } from "./said.tsx";
import { When } from "./when.tsx";
import { actionWords } from "./words.ts";
import { WorkForm } from "./work-form.tsx";

/** What leads on from each state; a state of a newer tap allows everything, and the tap has the last word. */
const NEXT: Readonly<Record<string, FindingAction[]>> = {
  open: ["acknowledge", "accept", "resolve", "false-alarm"],
  acknowledged: ["accept", "resolve", "false-alarm", "reopen"],
  accepted: ["accept", "resolve", "false-alarm", "reopen"],
  resolved: ["reopen"],
  "false-alarm": ["reopen"],
};
const ALL: FindingAction[] = ["acknowledge", "accept", "resolve", "false-alarm", "reopen"];

export function FindingWork(props: { detail: FindingDetail; tap: TapView | undefined; now: number }) {
  const { detail, tap, now } = props;
  const { finding, work, asked } = detail;
  const waiting = asked.filter(({ state }) => state === "waiting").reverse();
  const [last] = asked;
  return (
    <div class="wt-work">
      <h3 class="nhsuk-heading-s" id="work-heading">
        Work on it
      </h3>
      {work && finding.state !== "open" && (
        <dl class="wt-facts">
          <Fact name="By">
            <Said text={work.by ?? "nobody named"} max={120} /> <When at={work.at} now={now} />
          </Fact>
          <TextFact name="Because" text={work.reason} />
          <TextFact name="Done instead" text={work.control} />
          <TextFact name="Answers for it" text={work.owner} />
          {work.reviewAt !== null && (
            <Fact name="Comes up again">
              <When at={work.reviewAt} now={now} as="exact" />
            </Fact>
          )}
        </dl>
      )}
      <div role="status">
        {waiting.map((each) => (
          <Waiting key={each.id} work={each} isAway={tap?.connected !== true} now={now} />
        ))}
        {last?.state === "refused" && (
          <p class="wt-note wt-note--bad">
            The tap refused to {actionWords(last.action).toLowerCase()}: <Said text={last.message} max={500} />
          </p>
        )}
      </div>
      <WorkForm
        key={`${finding.state} ${asked.length}`}
        registerId={finding.registerId}
        actions={Object.hasOwn(NEXT, finding.state) ? (NEXT[finding.state] ?? ALL) : ALL}
      />
    </div>
  );
}

function Waiting({ work, isAway, now }: { work: WorkView; isAway: boolean; now: number }) {
  const [problem, setProblem] = useState("");
  async function takeBack() {
    const said = await send<WorkView>("DELETE", `api/work/${encodeURIComponent(work.id)}`);
    setProblem("problem" in said ? said.problem : "");
  }
  return (
    <div class="wt-note">
      <p>
        <strong>Waiting for the tap:</strong> {actionWords(work.action).toLowerCase()}, asked by{" "}
        <Said text={work.by} max={120} /> <When at={work.askedAt} now={now} />.{" "}
        {isAway && "The tap isn’t connected; it is done as soon as it is back."}
      </p>
      {isAway && (
        <button type="button" class="wt-text-button" onClick={takeBack}>
          Take it back
        </button>
      )}
      {problem !== "" && <p role="alert">{problem}</p>}
    </div>
  );
}
