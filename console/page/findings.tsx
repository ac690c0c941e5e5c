/** Findings: the worst open ones first, each with why and what to do. */
import { useMemo, useState } from "preact/hooks";
import type { DeviceView, FindingView } from "../api/shapes.ts";
import { severityRank } from "../severity.ts";
import { nameOf } from "./device-name.ts";
import { Pager } from "./pager.tsx";
import { addressOf, findingAddress } from "./route.ts";
import { Said } from "./said.tsx";
import { deviceOf, type PageState } from "./state.ts";
import { Tag } from "./tag.tsx";
import { When } from "./when.tsx";
import { certaintyWords, count, findingStateWords, severityTag } from "./words.ts";

const FINDINGS_A_PAGE = 5;

const byUrgency = (a: FindingView, b: FindingView) =>
  severityRank(a.severity) - severityRank(b.severity) || (a.firstSeenAt < b.firstSeenAt ? 1 : -1);

interface Props {
  state: PageState;
  now: number;
  openDevice: (registerId: string) => void;
}

export function Findings({ state, now, openDevice }: Props) {
  const [closedToo, setClosedToo] = useState(false);
  const [wanted, setPage] = useState(0);
  const { findings, ready } = state;
  const listed = useMemo(
    () => [...findings.values()].filter((finding) => closedToo || finding.state === "open").sort(byUrgency),
    [findings, closedToo],
  );
  const page = Math.max(0, Math.min(wanted, Math.ceil(listed.length / FINDINGS_A_PAGE) - 1));
  const shown = listed.slice(page * FINDINGS_A_PAGE, (page + 1) * FINDINGS_A_PAGE);
  return (
    <section class="wt-block wt-findings" id="findings" aria-labelledby="findings-heading">
      <div class="wt-block__head">
        <h2 class="nhsuk-heading-m" id="findings-heading">
          Findings <span class="wt-count">{count(listed.length, closedToo ? "finding" : "open finding")}</span>
        </h2>
        {findings.size > 0 && (
          <label class="wt-toggle">
            <input
              type="checkbox"
              checked={closedToo}
              onChange={(event) => setClosedToo(event.currentTarget.checked)}
            />
            <span>Show closed ones too</span>
          </label>
        )}
      </div>
      {ready && listed.length === 0 && (
        <div class="wt-empty">
          <p>
            <strong>Nothing is open.</strong> Known security gaps are listed here, worst first, as the taps come upon
            them.
          </p>
        </div>
      )}
      <ul class="wt-finding-list">
        {shown.map((finding) => (
          <li key={`${finding.tapId} ${finding.findingId}`}>
            <FindingCard
              finding={finding}
              device={deviceOf(state, finding.tapId, finding.deviceId)}
              now={now}
              openDevice={openDevice}
            />
          </li>
        ))}
      </ul>
      {findings.size > 0 && (
        <p class="wt-all">
          <a href={addressOf("findings")}>All findings by kind</a>
        </p>
      )}
      <Pager of="findings" page={page} size={FINDINGS_A_PAGE} total={listed.length} go={setPage} />
    </section>
  );
}

interface CardProps {
  finding: FindingView;
  /** Undefined where the finding is about no device, or the page is already about it. */
  device?: DeviceView | undefined;
  now: number;
  openDevice?: (registerId: string) => void;
}

export function FindingCard({ finding, device, now, openDevice }: CardProps) {
  return (
    <details class="wt-finding">
      <summary>
        <Tag {...severityTag(finding.severity)} />{" "}
        {finding.state !== "open" && <Tag words={findingStateWords(finding.state)} colour="grey" />}{" "}
        <span class="wt-finding__title">
          <Said text={finding.title} />
        </span>
        {device && (
          <span class="wt-quiet">
            {" "}
            <Said text={nameOf(device)} max={80} />
          </span>
        )}
      </summary>
      <div class="wt-finding__body">
        <p>
          <strong>Why:</strong> <Said text={finding.why} max={1000} />
        </p>
        <p>
          <strong>What to do:</strong> <Said text={finding.advice} max={1000} />
        </p>
        <p class="wt-quiet">
          <Said text={certaintyWords(finding.certainty)} /> · first seen <When at={finding.firstSeenAt} now={now} /> ·
          last seen <When at={finding.lastSeenAt} now={now} /> · rule <Said text={finding.rule} />
        </p>
        <p>
          <a href={findingAddress(finding.registerId)}>Work on this finding</a>
        </p>
        {device && openDevice && (
          <button type="button" class="wt-text-button" onClick={() => openDevice(device.registerId)}>
            Show the device
          </button>
        )}
      </div>
    </details>
  );
}
