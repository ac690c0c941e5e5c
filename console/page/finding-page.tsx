/** One finding: what was seen, when, how often, between whom, in which protocol, what to do, and who works on it. */
import type { FindingDetail } from "../api/shapes-detail.ts";
import { useAsked, useChanged } from "./asked.ts";
import { EvidenceTable } from "./evidence-table.tsx";
import { FindingHistory } from "./finding-history.tsx";
import { FindingWork } from "./finding-work.tsx";
import { Block, DeviceName, Fact, NotThere, TextFact } from "./parts.tsx";
import { Reference } from "./reference.tsx";
import { addressOf } from "./route.ts";
import { Said } from "./said.tsx";
import type { PageState } from "./state.ts";
import { Tag } from "./tag.tsx";
import { VulnerabilityList } from "./vulnerabilities.tsx";
import { When } from "./when.tsx";
import { certaintyTag, certaintyWords, count, findingStateWords, severityTag } from "./words.ts";

const MAX_TEXT = 2000;
const MAX_RELATED_SHOWN = 50;

export function FindingPage({ registerId, state, now }: { registerId: string; state: PageState; now: number }) {
  const changed = useChanged(state.findings, state.work);
  const asked = useAsked<FindingDetail>(`api/findings/${encodeURIComponent(registerId)}`, changed);
  if (asked.phase !== "there")
    return (
      <>
        <h1 class="nhsuk-heading-l">Finding</h1>
        <NotThere asked={asked} />
      </>
    );
  return <Known detail={asked.answer} state={state} now={now} />;
}

function Known({ detail, state, now }: { detail: FindingDetail; state: PageState; now: number }) {
  const { finding, evidence, vulnerabilities } = detail;
  const pieces = evidence.length + detail.evidenceLeftOut;
  return (
    <>
      <div class="wt-intro wt-intro--column">
        <p class="wt-crumbs">
          <a href={addressOf("findings")}>Findings</a> ›{" "}
          <a href={addressOf(`findings?rule=${encodeURIComponent(finding.rule)}`)}>all of this kind</a>
        </p>
        <h1 class="nhsuk-heading-l">
          <Said text={finding.title || finding.rule} max={200} />
        </h1>
        <div class="wt-badges">
          <Tag {...severityTag(finding.severity)} />
          <Tag {...certaintyTag(finding.certainty)} />
          <Tag words={findingStateWords(finding.state)} colour={finding.state === "open" ? "red" : "grey"} />
        </div>
      </div>
      <div class="wt-columns">
        <Block id="seen" title="What was seen">
          <p class="wt-lead">
            <Said text={finding.why} max={MAX_TEXT} />
          </p>
          <Facts detail={detail} state={state} now={now} />
        </Block>
        <Block id="advice" title="What to do">
          <p class="wt-lead">
            <Said text={finding.advice} max={MAX_TEXT} />
          </p>
          <References addresses={detail.references} />
          <FindingWork detail={detail} tap={state.taps.get(finding.tapId)} now={now} />
        </Block>
      </div>
      {vulnerabilities.length > 0 && (
        <Block id="vulnerabilities" title="Known vulnerabilities" count={String(vulnerabilities.length)}>
          <VulnerabilityList vulnerabilities={vulnerabilities} />
        </Block>
      )}
      <Block id="evidence" title="Evidence" count={count(pieces, "piece")}>
        <EvidenceTable evidence={evidence} total={pieces} labelledBy="evidence-heading" now={now} />
      </Block>
      <Block id="history" title="History of the work">
        <FindingHistory detail={detail} now={now} />
      </Block>
    </>
  );
}

function Facts({ detail, state, now }: { detail: FindingDetail; state: PageState; now: number }) {
  const { finding, device, between, evidence, times } = detail;
  const named = new Set(between.map((each) => each.device?.deviceId));
  const related = detail.related.filter(({ deviceId }) => !named.has(deviceId));
  const protocols = [...new Set(evidence.map(({ protocol }) => protocol).filter(Boolean))];
  return (
    <dl class="wt-facts">
      {device && (
        <Fact name="Device">
          <DeviceName device={device} />
        </Fact>
      )}
      {between.length > 0 && (
        <Fact name={device ? "Between it and" : "Between"}>
          <ul class="wt-plain-list">
            {between.slice(0, MAX_RELATED_SHOWN).map((each) => (
              <li key={`${each.device?.deviceId} ${each.remote} ${each.service}`}>
                {each.device ? <DeviceName device={each.device} /> : <Said text={each.remote ?? "outside"} max={80} />}{" "}
                <span class="wt-quiet">
                  over <Said text={each.service} max={60} />
                </span>
              </li>
            ))}
            {between.length > MAX_RELATED_SHOWN && (
              <li class="wt-quiet">and {between.length - MAX_RELATED_SHOWN} more</li>
            )}
          </ul>
        </Fact>
      )}
      {related.length > 0 && (
        <Fact name={device ? "Other devices" : "Devices"}>
          <ul class="wt-plain-list">
            {related.slice(0, MAX_RELATED_SHOWN).map((each) => (
              <li key={each.deviceId}>
                <DeviceName device={each} />
              </li>
            ))}
            {related.length > MAX_RELATED_SHOWN && (
              <li class="wt-quiet">and {related.length - MAX_RELATED_SHOWN} more</li>
            )}
          </ul>
        </Fact>
      )}
      {protocols.length > 0 && (
        <Fact name={protocols.length === 1 ? "Protocol" : "Protocols"}>
          <Said text={protocols.join(", ")} />
        </Fact>
      )}
      <Fact name="First seen">
        <When at={finding.firstSeenAt} now={now} /> (<When at={finding.firstSeenAt} now={now} as="exact" />)
      </Fact>
      <Fact name="Last seen">
        <When at={finding.lastSeenAt} now={now} /> (<When at={finding.lastSeenAt} now={now} as="exact" />)
      </Fact>
      {times !== null && times > 1 && <Fact name="Came back">{count(times - 1, "time")}</Fact>}
      <Fact name="How sure">
        <Said text={certaintyWords(finding.certainty)} />
      </Fact>
      <TextFact name="Heard by" text={state.taps.get(finding.tapId)?.name || finding.tapId} />
      <Fact name="Ids">
        <span class="wt-mono">
          <Said text={finding.rule} /> · <Said text={finding.findingId} />
        </span>
      </Fact>
    </dl>
  );
}

function References({ addresses }: { addresses: string[] }) {
  if (addresses.length === 0) return null;
  return (
    <>
      <h3 class="nhsuk-heading-s">References</h3>
      <ul class="wt-plain-list wt-references">
        {addresses.map((address) => (
          <li key={address}>
            <Reference text={address} />
          </li>
        ))}
      </ul>
    </>
  );
}
