/** One device at its own address: what it is and why, what was heard of it, whom it talks to, what is wrong with it. */
import type { DeviceDetail } from "../api/shapes-detail.ts";
import { useAsked, useChanged } from "./asked.ts";
import { DeviceFacts } from "./device-facts.tsx";
import { nameOf } from "./device-name.ts";
import { Peers, Services } from "./device-network.tsx";
import { History, Hours } from "./device-past.tsx";
import { DeviceReasons } from "./device-reasons.tsx";
import { EvidenceTable } from "./evidence-table.tsx";
import { FindingCard } from "./findings.tsx";
import { Block, More, NotThere } from "./parts.tsx";
import { addressOf } from "./route.ts";
import { Said } from "./said.tsx";
import type { PageState } from "./state.ts";
import { Tag } from "./tag.tsx";
import { VulnerabilityList } from "./vulnerabilities.tsx";
import { count, criticalityTag } from "./words.ts";

export function DevicePage({ registerId, state, now }: { registerId: string; state: PageState; now: number }) {
  const changed = useChanged(state.devices.get(registerId), state.findings);
  const asked = useAsked<DeviceDetail>(`api/devices/${encodeURIComponent(registerId)}`, changed);
  if (asked.phase !== "there")
    return (
      <>
        <h1 class="nhsuk-heading-l">Device</h1>
        <NotThere asked={asked} />
      </>
    );
  return <Known detail={asked.answer} state={state} now={now} />;
}

function Known({ detail, state, now }: { detail: DeviceDetail; state: PageState; now: number }) {
  // The live side may have heard it since.
  const device = state.devices.get(detail.device.registerId) ?? detail.device;
  const { totals, vulnerabilities } = detail;
  return (
    <>
      <div class="wt-intro wt-intro--column">
        <p class="wt-crumbs">
          <a href={addressOf("#devices")}>Devices</a>
        </p>
        <h1 class="nhsuk-heading-l">
          <Said text={nameOf(device)} max={120} />
        </h1>
        <div class="wt-badges">
          {device.medical && <Tag words="Medical" colour="blue" />}
          {device.criticality !== null && <Tag {...criticalityTag(device.criticality)} />}
        </div>
      </div>
      <div class="wt-columns">
        <Block id="identity" title="What it is">
          <DeviceFacts device={device} tap={state.taps.get(device.tapId)} now={now} />
        </Block>
        <div class="wt-column">
          <Block id="device-findings" title="Findings" count={count(totals.findings, "finding")}>
            {detail.findings.length === 0 && <p class="wt-none">None.</p>}
            <ul class="wt-finding-list">
              {detail.findings.map((finding) => (
                <li key={finding.registerId}>
                  <FindingCard finding={finding} now={now} />
                </li>
              ))}
            </ul>
            <More total={totals.findings} shown={detail.findings.length} />
          </Block>
          <DeviceReasons detail={detail} />
        </div>
      </div>
      {vulnerabilities.length > 0 && (
        <Block id="vulnerabilities" title="Known vulnerabilities" count={String(vulnerabilities.length)}>
          <VulnerabilityList vulnerabilities={vulnerabilities} />
        </Block>
      )}
      <Block id="device-evidence" title="Evidence" count={count(totals.evidence, "piece")}>
        <EvidenceTable
          evidence={detail.evidence}
          total={totals.evidence}
          labelledBy="device-evidence-heading"
          now={now}
        />
      </Block>
      <div class="wt-columns">
        <Services detail={detail} now={now} />
        <Peers detail={detail} now={now} />
      </div>
      <div class="wt-columns">
        <History detail={detail} now={now} />
        <Hours detail={detail} />
      </div>
    </>
  );
}
